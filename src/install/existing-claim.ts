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
import { isFailure, type System } from '../system/system.ts';
import { positionAt, type Place } from '../text/source.ts';
import type { Claim, ConfigFile, EffectKind, ManagerName } from '../managers/claim.ts';
import type { MasterTarget } from '../managers/master-config.ts';
import { readGuest } from '../topology/guest-live.ts';
import type { Guest, LinkFacts } from '../topology/guest.ts';

export interface ExistingClaim {
  readonly master: string;
  /** "PATH:LINE". */
  readonly place: string;
  /** It does no more than ask for addresses: what an image's catch-all does to every NIC. Null: it does something else. */
  readonly asksFor: AsksFor | null;
}

export interface AsksFor {
  readonly dhcp4: boolean;
  readonly dhcp6: boolean;
  readonly ra: boolean;
}

/** Names that a master has in one image or another: predictable ones, by slot and by path, and the kernel's. */
const likelyNames = ['enp1s0', 'ens3', 'eth0'];

/** Where cloud-init's renderers write what would take a master of these names. */
export const writtenByCloudInit: readonly string[] = [
  '/etc/netplan/50-cloud-init.yaml',
  '/etc/network/interfaces.d/50-cloud-init',
  '/etc/network/interfaces.d/50-cloud-init.cfg', // older ones
  ...likelyNames.flatMap((name) => [
    `/etc/systemd/network/10-cloud-init-${name}.network`,
    `/etc/NetworkManager/system-connections/cloud-init-${name}.nmconnection`,
  ]),
];

/**
 * One claim for each master that is configured. With null (any guest) one that takes a master by some likely name. `ours`:
 * paths that are read as if they were not there.
 */
export function findExistingClaims(
  system: System,
  loaded: LoadedManagers,
  manager: ManagerName,
  masters: readonly MasterTarget[] | null,
  ours: ReadonlySet<string>,
): readonly ExistingClaim[] {
  const files = readFiles(system, loaded, manager, ours);
  const running = masters === null ? [] : readMasters(system);
  const claimOf = (name: string, mac: string | undefined, kind: MasterTarget['kind']): ExistingClaim | null =>
    judgeClaim(files, manager, running.find((link) => link.name === name) ?? factsOf(name, mac, kind));
  if (masters !== null) return masters.flatMap(({ name, mac, kind }) => claimOf(name, mac, kind) ?? []);
  return likelyNames.flatMap((name) => claimOf(name, undefined, 'net_failover') ?? []).slice(0, 1);
}

/** Of the manager, of those that it writes for, and of those that name and mark links for it. */
function readFiles(
  system: System,
  loaded: LoadedManagers,
  manager: ManagerName,
  ours: ReadonlySet<string>,
): ConfigurationFiles {
  const below = findManager(manager)?.lowersTo ?? [];
  const asked = described.filter(({ name, role }) => name === manager || below.includes(name) || role === 'names');
  const unasked = asked.filter(({ name, actsUnasked }) => actsUnasked === true && name !== manager);
  const managers = new Map(
    asked.flatMap(({ name }) => {
      const one = loaded.get(name);
      return one === undefined ? [] : [[name, one] as const];
    }),
  );
  const { files, context } = readFilesOf(createFileReader(system), managers);
  const notOurs = (list: readonly ConfigFile[]) => list.filter(({ path }) => !ours.has(path));
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
function readMasters(system: System): readonly LinkFacts[] {
  const guest = readGuest(system, unknownHost);
  const links = guest === null || isFailure(guest) ? [] : (guest.phases[0]?.links ?? []);
  return links.filter(({ role }) => role === 'master');
}

function factsOf(name: string, mac: string | undefined, kind: MasterTarget['kind']): LinkFacts {
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

function judgeClaim(files: ConfigurationFiles, manager: ManagerName, facts: LinkFacts): ExistingClaim | null {
  const guest: Guest = {
    groups: [{ kind: 'net_failover', mac: facts.mac }],
    phases: [{ name: 'boot', title: 'at boot', links: [{ ...facts, group: 0 }] }], // the one group of this guest
    host: unknownHost,
  };
  const { decisions } = judgeConfiguration(files, guest);
  const winners = decisions.flatMap(({ winners: some }) => some).filter(({ verdict }) => verdict === 'yes');
  // What a daemon does by default, without a line that says so, is nothing to keep; nor is what another manager leaves alone.
  const winner = winners.find(
    ({ manager: of, keys, effects }) =>
      findManager(of)?.role === 'configures' &&
      keys.length > 0 &&
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
  return { master: facts.name, place: printPlace(winner.place), asksFor };
}

/** A netplan definition can give a link its name too, by a .link file. */
function isOfOneDefinition(a: Claim, b: Claim): boolean {
  return a.loweredTo !== undefined && b.loweredTo !== undefined && a.place.source.path === b.place.source.path;
}

function printPlace({ source, span }: Place): string {
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
