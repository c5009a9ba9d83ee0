/**
 * Which configuration of an image may be the master's? Nobody knows there what the master will be called, so every file that
 * could take a physical Ethernet NIC counts: it is judged against a master with the very name, MAC or slot that it asks for.
 */
import { judgeConfiguration, type ConfigurationFiles, type JudgedConfiguration } from '../judgement/judge.ts';
import type { Claim, ManagerName, MatchKey } from '../managers/claim.ts';
import type { RestingNics } from '../managers/master-config.ts';
import type { HostFacts, LinkFacts } from '../topology/guest.ts';
import { claimsOn, guestOf, masterFacts, printPlace, type ExistingClaim } from './existing-claim.ts';

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
  const { named, ofDrivers } = candidatesIn(files, host);
  const byDriver = claimsOfAll(ofDrivers.map(({ facts }) => facts)).map((claim, index) =>
    // DHCP by such a file is asked for on the master by ours: nothing is lost
    claim === null || claim.asksFor !== null
      ? null
      : Object.assign({}, claim, { master: `a NIC with the driver ${ofDrivers[index]?.driver}` }),
  );
  for (const claim of [...claimsOfAll(named), ...ofFamilies.flat(), ...byDriver])
    if (claim !== null && !followed.has(claim.place) && !byPlace.has(claim.place)) byPlace.set(claim.place, claim);
  return { kept: [...byPlace.values()], catchAll: catchAlls[0] ?? null };
}

/**
 * NICs whose own profile is for use by hand: what is for any NIC must not bring them up. `untold`: places of such profiles that
 * tell their NIC by something else than a plain name or a MAC.
 */
export function findRestingNics(
  files: ConfigurationFiles,
  host: HostFacts,
): { readonly nics: RestingNics; readonly untold: readonly string[] } {
  const claims = judgedClaims(judgeConfiguration(files, guestOf([nicFacts(families[0][0])], host))).filter(
    ({ byHand }) => byHand === true,
  );
  const wordsOf = (claim: Claim, kinds: readonly MatchKey['on'][], form: RegExp) =>
    wordsIn(claim, kinds)
      .map((word) => word.replace(/^[|&]/, ''))
      .filter((word) => form.test(word));
  const namesOf = (claim: Claim) => wordsOf(claim, ['name'], /^[\w.:@*?-]+$/);
  const macsOf = (claim: Claim) => wordsOf(claim, ['mac', 'permanent-mac'], /^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$/i);
  const untold = claims.filter((claim) => namesOf(claim).length === 0 && macsOf(claim).length === 0);
  const macs = claims.flatMap(macsOf).map((mac) => mac.toLowerCase().replaceAll('-', ':'));
  return {
    nics: { names: [...new Set(claims.flatMap(namesOf))], macs: [...new Set(macs)] },
    untold: [...new Set(untold.map(({ place }) => printPlace(place)))],
  };
}

function judgedClaims({ decisions }: JudgedConfiguration): readonly Claim[] {
  return decisions.flatMap(({ winners, losers, passed }) =>
    winners.concat(
      losers.map(({ claim }) => claim),
      passed,
    ),
  );
}

interface Candidates {
  /** A master for each claim that asks for one, with what it asks for. */
  readonly named: readonly LinkFacts[];
  /** For each driver that some claim asks for and nothing beside: the master has another, but its slaves may have this one. */
  readonly ofDrivers: readonly { readonly driver: string; readonly facts: LinkFacts }[];
}

function candidatesIn(files: ConfigurationFiles, host: HostFacts): Candidates {
  const judged = judgeConfiguration(files, guestOf([nicFacts(families[0][0])], host));
  const virtual = namesOfVirtualDevices(judged.files);
  const claims = judgedClaims(judged);
  const byName = new Map<string, LinkFacts>();
  for (const facts of claims.flatMap((claim) => candidateFor(claim)))
    if (!virtual.has(facts.name) && !isVirtual(facts.name) && !byName.has(facts.name)) byName.set(facts.name, facts);
  const drivers = new Set(claims.flatMap((claim) => driversOf(claim)));
  const ofDrivers = [...drivers].map((driver) => ({
    driver,
    facts: { ...nicFacts(`enp0s${driver}`), driver, parentDriver: driver },
  }));
  return { named: [...byName.values()], ofDrivers };
}

/** Each name counts by itself: what a file asks for may be an altname of any NIC, and then it is a candidate of its own. */
function nicFacts(name: string, mac?: string): LinkFacts {
  return { ...masterFacts(name, mac, 'net_failover'), altnames: [] };
}

/** What a match asks for by keys of these kinds; what it excludes is left out. */
function wordsIn({ keys }: Claim, kinds: readonly MatchKey['on'][]): readonly string[] {
  return keys
    .filter(({ on }) => kinds.includes(on))
    .flatMap(({ value }) => value.split(/[\s,;]+/))
    .filter((word) => word !== '' && !word.startsWith('!'));
}

function driversOf(claim: Claim): readonly string[] {
  const isNamed = wordsIn(claim, ['name', 'mac', 'permanent-mac', 'path']).length > 0;
  return isNamed ? [] : wordsIn(claim, ['driver', 'parent-driver']).map(instanceOf);
}

/** Several names in one key are several candidates. */
function candidateFor(claim: Claim): readonly LinkFacts[] {
  const wordsOf = (...kinds: readonly MatchKey['on'][]) => wordsIn(claim, kinds);
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
