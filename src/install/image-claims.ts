/**
 * Which configuration of an image may be the master's? Nobody knows there what the master will be called, so every file that
 * could take a physical Ethernet NIC counts: it is judged against a master with the very name, MAC or slot that it asks for.
 */
import { judgeConfiguration, type ConfigurationFiles } from '../judgement/judge.ts';
import type { Claim, ManagerName, MatchKey } from '../managers/claim.ts';
import type { HostFacts, LinkFacts } from '../topology/guest.ts';
import { claimsOn, guestOf, masterFacts, type ExistingClaim } from './existing-claim.ts';

export interface ImageClaims {
  /** By a name, MAC or slot of their own, or doing more than asking for addresses: they stay as they are. */
  readonly kept: readonly ExistingClaim[];
  /** A catch-all that takes a master by whatever name, and only asks for addresses. */
  readonly catchAll: ExistingClaim | null;
}

/** Names that a master has in one image or another: predictable ones, by slot and by path, and the kernel's. */
const families = [
  ['enp1s0', 'ens3'],
  ['eth0', 'eth7'],
] as const;

/** `files`: of every manager that acts there, without ours. `manager` shall configure the master. */
export function findImageClaims(files: ConfigurationFiles, manager: ManagerName, host: HostFacts): ImageClaims {
  // A guest with such a NIC is a virtual machine: what systemd ships for containers (80-container-host0.network) is not for it.
  const known = {
    host: { ...host, virtualization: host.virtualization ?? 'kvm' },
    verdicts: ['yes', 'maybe'],
  } as const;
  const claimsOfAll = (links: readonly LinkFacts[]) => claimsOn(files, manager, links, known);
  const ofFamilies = families.map((names) => claimsOfAll(names.map((name) => nicFacts(name))));
  const catchAlls = ofFamilies.flatMap(([first, ...others]) =>
    first != null && first.asksFor !== null && others.every((claim) => claim?.place === first.place) ? first : [],
  );
  const followed = new Set(catchAlls.map(({ place }) => place));
  const byPlace = new Map<string, ExistingClaim>();
  for (const claim of [...claimsOfAll(candidatesIn(files, host)), ...ofFamilies.flat()])
    if (claim !== null && !followed.has(claim.place) && !byPlace.has(claim.place)) byPlace.set(claim.place, claim);
  return { kept: [...byPlace.values()], catchAll: catchAlls[0] ?? null };
}

/** A master for each claim that asks for one, with what it asks for. */
function candidatesIn(files: ConfigurationFiles, host: HostFacts): readonly LinkFacts[] {
  const judged = judgeConfiguration(files, guestOf([nicFacts(families[0][0])], host));
  const virtual = namesOfVirtualDevices(judged.files);
  const claims = judged.decisions.flatMap(({ winners, losers, passed }) =>
    winners.concat(
      losers.map(({ claim }) => claim),
      passed,
    ),
  );
  const byName = new Map<string, LinkFacts>();
  for (const facts of claims.flatMap((claim) => candidateFor(claim)))
    if (!virtual.has(facts.name) && !isVirtual(facts.name) && !byName.has(facts.name)) byName.set(facts.name, facts);
  return [...byName.values()];
}

/** Each name counts by itself: what a file asks for may be an altname of any NIC, and then it is a candidate of its own. */
function nicFacts(name: string, mac?: string): LinkFacts {
  return { ...masterFacts(name, mac, 'net_failover'), altnames: [] };
}

/** Several names in one key are several candidates. */
function candidateFor({ keys }: Claim): readonly LinkFacts[] {
  const wordsOf = (...kinds: readonly MatchKey['on'][]) =>
    keys
      .filter(({ on }) => kinds.includes(on))
      .flatMap(({ value }) => value.split(/[\s,;]+/))
      .filter((word) => word !== '' && !word.startsWith('!'));
  const names = wordsOf('name').map(instanceOf);
  const [mac] = wordsOf('mac', 'permanent-mac').map((word) => word.toLowerCase().replaceAll('-', ':'));
  const [path] = wordsOf('path').map(instanceOf);
  if (names.length === 0 && mac === undefined && path === undefined) return [];
  const named = names.length === 0 ? [`ens${mac ?? path}`] : names;
  const place = path === undefined ? {} : { idPath: path };
  return named.map((name) => Object.assign(nicFacts(name, mac), place));
}

/** A name that the pattern matches. fnmatch(3). */
function instanceOf(pattern: string): string {
  return pattern
    .replaceAll('*', '0')
    .replaceAll('?', '0')
    .replace(/\[!?(.)[^\]]*\]/g, '$1');
}

/** What .netdev files make, and so what netplan's bridges, bonds, VLANs … are lowered to. */
function namesOfVirtualDevices(files: ConfigurationFiles['files']): ReadonlySet<string> {
  const netdevs = [...files.values()].flat().filter(({ path }) => path.endsWith('.netdev'));
  return new Set(netdevs.flatMap(({ source }) => /^[ \t]*Name[ \t]*=[ \t]*(\S+)/m.exec(source.text)?.[1] ?? []));
}

/** The loopback, VLANs by their dot, and what bridges, containers, tunnels and radios are called everywhere. */
function isVirtual(name: string): boolean {
  return /^(?:lo|(?:br|bond|team|vlan|docker|veth|virbr|lxc|cni|tun|tap|wg|vxlan|gre|dummy|ifb|vrf|wlan|wwan|ppp|ib)-?\d*|wl[a-z]\w*|ww[a-z]\w*|.*[.:]\d+)$/.test(
    name,
  );
}
