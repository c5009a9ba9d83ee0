/**
 * Is a master configured already? Then its configuration is the user's to keep: with the slaves out of the way a static
 * address or a catch-all's DHCP is right as it is, and a lease stays the same lease. Asked of what the linter knows of
 * each manager.
 */
import { unknownHost } from '../topology/guest.ts';
import { ifupdown } from '../managers/ifupdown/manager.ts';
import { networkd } from '../managers/networkd/networkd.ts';
import { isFailure, type System } from '../system/system.ts';
import { fnmatch } from '../text/fnmatch.ts';
import { positionAt } from '../text/source.ts';
import { parseYamlTree, plainValue } from '../text/yaml-tree.ts';
import type { ConfigFile, EffectKind, Manager } from '../managers/claim.ts';
import type { MasterTarget } from '../managers/master-config.ts';
import { readGuest } from '../topology/guest-live.ts';
import type { Guest, LinkFacts } from '../topology/guest.ts';
import type { InstallManager } from '../inventory/managers-in-use.ts';
import { findNetplanFiles } from '../inventory/managers-in-use.ts';

export interface ExistingClaim {
  readonly master: string;
  /** "PATH:LINE", or a path. */
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

/** One claim for each master that is configured. With null (any guest) one that takes a master by some likely name. */
export function findExistingClaims(
  system: System,
  manager: InstallManager,
  masters: readonly MasterTarget[] | null,
  ours: ReadonlySet<string>,
): readonly ExistingClaim[] {
  const running = masters === null ? [] : readMasters(system);
  const claimOf = (name: string, mac: string | undefined, kind: MasterTarget['kind']): ExistingClaim | null => {
    const facts = running.find((link) => link.name === name) ?? factsOf(name, mac, kind);
    if (manager === 'netplan') return findNetplanClaim(system, facts, ours);
    if (manager === 'networkmanager') return findProfile(system, facts, ours);
    return judgeClaim(system, manager === 'networkd' ? networkd : ifupdown, facts, ours);
  };
  if (masters !== null) return masters.flatMap(({ name, mac, kind }) => claimOf(name, mac, kind) ?? []);
  return likelyNames.flatMap((name) => claimOf(name, undefined, 'net_failover') ?? []).slice(0, 1);
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

function judgeClaim(
  system: System,
  manager: Manager,
  facts: LinkFacts,
  ours: ReadonlySet<string>,
): ExistingClaim | null {
  const guest: Guest = {
    groups: [{ kind: 'net_failover', mac: facts.mac }],
    phases: [{ name: 'boot', title: 'at boot', links: [{ ...facts, group: 0 }] }], // the one group of this guest
    host: unknownHost,
  };
  const files = readFiles(system, manager).filter(({ path }) => !ours.has(path));
  const { decisions } = manager.judge(files, guest, { include: (glob) => expandGlob(system, glob) });
  const winner = decisions.flatMap(({ winners }) => winners).find(({ verdict }) => verdict === 'yes');
  if (winner === undefined) return null;
  const { source, span } = winner.place;
  const asks = (kind: EffectKind) => winner.effects.some((effect) => effect.kind === kind);
  const asksFor = winner.effects.every(({ kind }) => asking.has(kind))
    ? { dhcp4: asks('dhcp4'), dhcp6: asks('dhcp6'), ra: asks('ra') }
    : null;
  return { master: facts.name, place: `${source.path}:${positionAt(source, span.start).line}`, asksFor };
}

/** What a configuration that only asks for addresses does. */
const asking = new Set<EffectKind>(['dhcp4', 'dhcp6', 'ra', 'up', 'link-local6', 'wait-online', 'client-id']);

/** The files that a manager's daemon would read. */
function readFiles(system: System, manager: Manager): readonly ConfigFile[] {
  return manager.locations.flatMap(({ path, pattern, dropIns }) => {
    if (pattern === undefined) return readFile(system, path) ?? [];
    const names = system.list(path);
    if (isFailure(names)) return [];
    return [...names].sort().flatMap((name) => {
      if (dropIns === true && name.endsWith('.d')) {
        const inner = system.list(`${path}/${name}`);
        const parts = isFailure(inner) ? [] : [...inner].sort().filter((part) => part.endsWith('.conf'));
        return parts.flatMap((part) => readFile(system, `${path}/${name}/${part}`) ?? []);
      }
      return pattern.test(name) ? (readFile(system, `${path}/${name}`) ?? []) : [];
    });
  });
}

function readFile(system: System, path: string): ConfigFile | null {
  const link = system.readlink(path);
  const linkTarget = isFailure(link) ? undefined : link;
  const text = linkTarget === '/dev/null' ? '' : system.read(path);
  if (isFailure(text)) return null;
  const status = system.stat(path);
  const known = isFailure(status) ? undefined : status;
  return { source: { path, text }, path, mode: known?.mode, uid: known?.uid, linkTarget };
}

/** `source` of interfaces(5) names files by a pattern; patterns in directory names are seldom, and are not followed. */
function expandGlob(system: System, glob: string): readonly ConfigFile[] {
  const slash = glob.lastIndexOf('/');
  const names = system.list(glob.slice(0, slash) || '/');
  if (isFailure(names)) return [];
  return [...names]
    .filter((name) => fnmatch(glob.slice(slash + 1), name, { period: true }))
    .sort()
    .flatMap((name) => readFile(system, `${glob.slice(0, slash)}/${name}`) ?? []);
}

/** A definition of netplan(5) that takes the link, among the physical types; all keys of `match:` must hold. */
function findNetplanClaim(system: System, link: LinkFacts, ours: ReadonlySet<string>): ExistingClaim | null {
  for (const path of findNetplanFiles(system).filter((file) => !ours.has(file))) {
    const text = system.read(path);
    if (isFailure(text)) continue;
    const network = asMap(asMap(plainValue(parseYamlTree({ path, text }).root))['network']);
    for (const [id, definition] of Object.entries(asMap(network['ethernets']))) {
      const keys = asMap(definition);
      if (!takesLink(id, keys, link)) continue;
      const plain = Object.keys(keys).every((key) => askingKeys.has(key)) && !isPort(network, id);
      const asksFor = {
        dhcp4: isYes(keys['dhcp4']),
        dhcp6: isYes(keys['dhcp6']),
        ra: keys['accept-ra'] === undefined || isYes(keys['accept-ra']),
      };
      return { master: link.name, place: `${path}: ${id}`, asksFor: plain ? asksFor : null };
    }
  }
  return null;
}

const askingKeys = new Set(['match', 'dhcp4', 'dhcp6', 'accept-ra', 'optional', 'renderer', 'dhcp-identifier']);

/** YAML 1.1, as netplan reads it, has more words for true. */
function isYes(value: unknown): boolean {
  return value === true || /^(?:true|on|yes|y)$/i.test(String(value));
}

/** Something of another type is made of it: a bridge, bond, VRF or VLAN. */
function isPort(network: Readonly<Record<string, unknown>>, id: string): boolean {
  return Object.entries(network)
    .filter(([type]) => type !== 'ethernets')
    .flatMap(([, definitions]) => Object.values(asMap(definitions)).map(asMap))
    .some(({ interfaces, link }) => link === id || (Array.isArray(interfaces) && interfaces.includes(id)));
}

function takesLink(id: string, definition: Readonly<Record<string, unknown>>, link: LinkFacts): boolean {
  if (definition['match'] === undefined) return id === link.name;
  const match = asMap(definition['match']);
  const globs = (value: unknown) => (Array.isArray(value) ? value : [value]).map(String);
  const { name, macaddress, driver } = match;
  return (
    Object.keys(match).length > 0 &&
    (name === undefined || fnmatch(String(name), link.name)) &&
    (macaddress === undefined || String(macaddress).toLowerCase() === link.mac) &&
    (driver === undefined || globs(driver).some((glob) => fnmatch(glob, link.driver ?? '')))
  );
}

/** A profile that is bound to the link's name. */
function findProfile(system: System, link: LinkFacts, ours: ReadonlySet<string>): ExistingClaim | null {
  for (const root of ['/etc', '/run', '/usr/lib']) {
    const directory = `${root}/NetworkManager/system-connections`;
    const names = system.list(directory);
    if (isFailure(names)) continue;
    for (const name of names) {
      const path = `${directory}/${name}`;
      const text = ours.has(path) ? '' : system.read(path);
      if (isFailure(text)) continue;
      const bound = /^[ \t]*interface-name[ \t]*=[ \t]*(.*?)[ \t]*$/m.exec(text)?.[1];
      if (bound === link.name) return { master: link.name, place: path, asksFor: null };
    }
  }
  return null;
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
