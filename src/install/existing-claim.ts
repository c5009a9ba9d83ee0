/**
 * Is a master configured already? Then its configuration is the user's to keep: with the slaves out of the way a static
 * address or a catch-all's DHCP is right as it is, and a lease stays the same lease. Asked of the same judgement that the
 * linter makes.
 */
import { createFileReader } from '../judgement/file-reader.ts';
import { judgeConfiguration, type ConfigurationFiles } from '../judgement/judge.ts';
import { readFilesOf } from '../judgement/read-system.ts';
import { managers as described, findManager, type LoadedManagers } from '../managers/all.ts';
import { unknownHost } from '../topology/guest.ts';
import { readHostFacts } from '../inventory/host-facts.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { positionAt, type Place } from '../text/source.ts';
import type { Claim, ConfigFile, Decision, EffectKind, ManagerName, Verdict } from '../managers/claim.ts';
import type { MasterTarget } from '../managers/master-config.ts';
import { buildGuest, readGuestLinks, type GuestLinks } from '../topology/guest-live.ts';
import type { Guest, HostFacts, LinkFacts } from '../topology/guest.ts';

export interface ExistingClaim {
  readonly master: string;
  /** "PATH:LINE". */
  readonly place: string;
  /** It does no more than ask for addresses: what an image's catch-all does to every NIC. Null: it does something else. */
  readonly asksFor: AsksFor | null;
  /** The claim's: what the manager starts it by. */
  readonly startedAs?: string;
  /** It tells its manager to leave the master alone. */
  readonly leaves?: true;
  /** It turns on what is not known: what a command answers, or which links there will be. */
  readonly unsure?: true;
}

export interface AsksFor {
  readonly dhcp4: boolean;
  readonly dhcp6: boolean;
  readonly ra: boolean;
}

/** What cloud-init's renderers write for any NIC. */
export function isWrittenByCloudInit(path: string): boolean {
  return (
    path === '/etc/netplan/50-cloud-init.yaml' ||
    /^\/etc\/network\/interfaces\.d\/50-cloud-init(?:\.cfg)?$/.test(path) ||
    /^\/etc\/systemd\/network\/10-cloud-init-[^/]*\.(?:network|link)$/.test(path) ||
    /^\/etc\/NetworkManager\/system-connections\/cloud-init-[^/]*\.nmconnection$/.test(path)
  );
}

/** One claim for each of these masters that is configured. `ours`: paths that are read as if they were not there. `seen`: the links. */
export function findExistingClaims(
  system: System,
  loaded: LoadedManagers,
  manager: ManagerName,
  masters: readonly MasterTarget[],
  ours: (path: string) => boolean,
  seen: GuestLinks | null | Failure = readGuestLinks(system),
): readonly ExistingClaim[] {
  const files = readFilesWithout(system, loaded, [manager], ours);
  const running = mastersOf(seen);
  const links = masters.map(
    ({ name, mac, kind }) => running.find((link) => link.name === name) ?? masterFacts(name, mac, kind),
  );
  const host = readHostFacts(system, true);
  const sure = claimsOn(files, manager, links, { host, verdicts: ['yes'] });
  if (!sure.includes(null)) return sure.filter((claim) => claim !== null);
  const unsure = claimsOn(files, manager, links, { host, verdicts: ['maybe'] });
  return sure.map((claim, index) => claim ?? asUnsure(unsure[index] ?? null)).filter((claim) => claim !== null);
}

/** DHCP that may be asked for is asked for by our own file; beside a bridge, say, that may take the master, ours would be a second. */
function asUnsure(claim: ExistingClaim | null): ExistingClaim | null {
  return claim === null || claim.asksFor !== null || claim.leaves === true ? null : { ...claim, unsure: true };
}

/** Of these managers, of those that they write for, and of those that name and mark links for them. */
export function readFilesWithout(
  system: System,
  loaded: LoadedManagers,
  chosen: readonly ManagerName[],
  ours: (path: string) => boolean,
): ConfigurationFiles {
  const below = new Set(chosen.flatMap((name) => findManager(name)?.lowersTo ?? []));
  const asked = described.filter(({ name, role }) => chosen.includes(name) || below.has(name) || role === 'names');
  const unasked = asked.filter(({ name, actsUnasked }) => actsUnasked === true && !chosen.includes(name));
  const managers = new Map(
    asked.flatMap(({ name }) => {
      const one = loaded.get(name);
      return one === undefined ? [] : [[name, one] as const];
    }),
  );
  const { files, context } = readFilesOf(createFileReader(system), managers);
  const notOurs = (list: readonly ConfigFile[]) => list.filter(({ path }) => !ours(path));
  const actingIfWrittenFor = new Set(unasked.map(({ name }) => name));
  return {
    managers,
    files: new Map([...files].map(([name, list]) => [name, notOurs(list)])),
    acting: new Set([...managers.keys()].filter((name) => !actingIfWrittenFor.has(name))),
    actingIfWrittenFor,
    context: { include: (glob) => notOurs(context.include(glob)) },
  };
}

/** With udev's properties: a file before the master's own that asks for one it does not have is none that may take it. */
function mastersOf(seen: GuestLinks | null | Failure): readonly LinkFacts[] {
  const guest = seen === null || isFailure(seen) ? null : buildGuest(seen, unknownHost);
  return (guest?.phases[0]?.links ?? []).filter(({ role }) => role === 'master');
}

/** A master of which no more is known than this. */
export function masterFacts(name: string, mac: string | undefined, kind: MasterTarget['kind']): LinkFacts {
  return {
    role: 'master',
    group: 0,
    name,
    kernelName: undefined,
    altnames: undefined,
    mac,
    permanentMac: mac,
    driver: kind === 'netvsc' ? 'hv_netvsc' : 'net_failover',
    parentDriver: kind === 'netvsc' ? 'hv_netvsc' : 'virtio_net',
    kind: null,
    type: 'ether',
    idPath: undefined,
    properties: undefined,
    master: null,
  };
}

/** What is known of the machine, and which answers count: in an image a match that cannot be decided may be the master's. */
export interface Certainty {
  readonly host: HostFacts;
  readonly verdicts: readonly Verdict[];
}

/** What each of these masters is configured by, or null. `manager` shall configure them. */
export function claimsOn(
  files: ConfigurationFiles,
  manager: ManagerName,
  masters: readonly LinkFacts[],
  { host, verdicts }: Certainty,
): readonly (ExistingClaim | null)[] {
  const { decisions } = judgeConfiguration(files, guestOf(masters, host));
  // By group: a decision names the link as it will be called, also while a slave holds that name.
  const ofGroup = (group: number) => decisions.filter(({ link }) => link.group === group);
  return masters.map(({ name }, group) => claimOf(name, manager, ofGroup(group), verdicts));
}

/** A guest with these masters alone, each a group of its own. */
export function guestOf(masters: readonly LinkFacts[], host: HostFacts): Guest {
  return {
    groups: masters.map(({ mac }) => ({ kind: 'net_failover', mac })),
    phases: [
      { name: 'boot', title: 'at boot', links: masters.map((facts, group) => Object.assign({}, facts, { group })) },
    ],
    host,
  };
}

function claimOf(
  master: string,
  manager: ManagerName,
  decisions: readonly Decision[],
  verdicts: readonly Verdict[],
): ExistingClaim | null {
  const winners = decisions.flatMap(({ winners: some }) => some).filter(({ verdict }) => verdicts.includes(verdict));
  // What a daemon does by default, without a line that says so, is nothing to keep; nor is what another manager leaves alone.
  const winner = winners.find(
    ({ manager: of, byDefault, effects }) =>
      findManager(of)?.role === 'configures' &&
      byDefault !== true &&
      (of === manager || effects.some(({ kind }) => kind !== 'unmanaged')),
  );
  if (winner === undefined) return null;
  const effects = winners
    .filter((claim) => claim === winner || isOfOneDefinition(claim, winner))
    .flatMap((claim) => claim.effects);
  const asks = (kind: EffectKind) => effects.some((effect) => effect.kind === kind);
  const asksFor = effects.every(({ kind }) => asking.has(kind))
    ? { dhcp4: asks('dhcp4'), dhcp6: asks('dhcp6'), ra: asks('ra') }
    : null;
  const leaves = winner.effects.some(({ kind }) => kind === 'unmanaged');
  const { startedAs } = winner;
  return {
    master,
    place: printPlace(winner.place),
    asksFor,
    ...(startedAs === undefined ? {} : { startedAs }),
    ...(leaves ? { leaves } : {}),
  };
}

/** A netplan definition can give a link its name too, by a .link file. */
function isOfOneDefinition(a: Claim, b: Claim): boolean {
  return a.loweredTo !== undefined && b.loweredTo !== undefined && a.place.source.path === b.place.source.path;
}

export function printPlace({ source, span }: Place): string {
  return `${source.path}:${positionAt(source, span.start).line}`;
}

/** What a configuration that only asks for addresses does; a property only marks the link for others. */
const asking = new Set<EffectKind>([
  'dhcp4',
  'dhcp6',
  'ra',
  'up',
  'link-local6',
  'wait-online',
  'client-id',
  'property',
]);
