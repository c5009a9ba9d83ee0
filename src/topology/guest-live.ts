/** The guest as it runs, or as a copied tree shows it: sysfs and udev's database, and nothing is asked of a daemon. */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readTopology, type FailoverGroup, type LinkRole } from './failover-group.ts';
import type { Guest, HostFacts, LinkFacts } from './guest.ts';
import { nameOnAnotherSlot, livePhases, nothingIsNamed, type IsNamed } from './lifecycle.ts';
import { readAttribute, readClassLink, readLinkName } from './link.ts';

/** Null: the tree has links, but no failover group, or no sysfs at all. */
export function readGuest(system: System, host: HostFacts): Guest | null | Failure {
  const read = readGuestLinks(system);
  return read === null || isFailure(read) ? read : buildGuest(read, host);
}

export interface GuestLinks {
  readonly groups: readonly FailoverGroup[];
  readonly links: readonly LinkFacts[];
}

/**
 * The links as they are; null as for `readGuest`. Of more virtual ones than `crowd` those alone that another link is a port of,
 * and those that are asked for: a host of containers has thousands, and they say nothing of a failover group.
 */
export function readGuestLinks(system: System, asked: readonly string[] = []): GuestLinks | null | Failure {
  const topology = readTopology(system);
  if (isFailure(topology)) return topology.errno === 'ENOENT' ? null : topology;
  const { groups } = topology;
  if (groups.length === 0) return null;
  const passed = findCrowd(
    system,
    topology.links.filter(({ role }) => role === 'none').map(({ name }) => name),
  );
  for (const name of asked) passed.delete(name);
  const read = new Map<string, LinkFacts>();
  const byName = new Map(topology.links.map((role) => [role.name, role]));
  const visit = (role: LinkRole): void => {
    const facts = readLink(system, role, groups);
    read.set(role.name, facts);
    const above = facts.master === null || read.has(facts.master) ? undefined : byName.get(facts.master);
    if (above !== undefined && passed.has(above.name)) visit(above);
  };
  for (const role of topology.links) if (!passed.has(role.name)) visit(role);
  return { groups, links: topology.links.flatMap(({ name }) => read.get(name) ?? []) };
}

/** How many virtual links are looked at one by one. */
const crowd = 64;

/** The virtual ones among these, if they are many. */
export function findCrowd(system: System, names: readonly string[]): Set<string> {
  if (names.length <= crowd) return new Set();
  const virtual = names.filter((name) => {
    const link = readClassLink(system, name);
    return !isFailure(link) && link.parent === 'virtual';
  });
  return new Set(virtual.length > crowd ? virtual : []);
}

/** With the phases of its life. `isNamed`: as for `livePhases`. */
export function buildGuest({ groups, links }: GuestLinks, host: HostFacts, isNamed: IsNamed = nothingIsNamed): Guest {
  return {
    groups: groups.map(({ kind, mac }) => ({ kind, mac: mac === '' ? undefined : mac })),
    phases: livePhases(withPrimaries(links, groups, isNamed), isNamed),
    host,
  };
}

function readLink(system: System, { name, role }: LinkRole, groups: readonly FailoverGroup[]): LinkFacts {
  const index = groups.findIndex((group) => isOf(group, name, role, system));
  const group = groups[index];
  const attribute = (path: string) => {
    const value = readAttribute(system, name, path);
    return isFailure(value) ? undefined : value;
  };
  const mac = attribute('address')?.toLowerCase();
  const properties = readProperties(system, attribute('ifindex'));
  const parent = readLinkName(system, name, 'device/driver');
  const parentDriver = isFailure(parent) ? (parent.errno === 'ENOENT' ? null : undefined) : parent;
  const master = readLinkName(system, name, 'master');
  return {
    role,
    group: group === undefined ? null : index,
    name,
    // the kernel's own name stays where nothing renames; what it was before a rename is written nowhere
    kernelName: /^eth\d+$/.test(name) || parentDriver === null ? name : undefined,
    altnames: altnamesOf(name, properties),
    pciAddress: pciAddressOf(system, name),
    mac,
    // a group is a group because its permanent MACs are one: net/core/failover.c
    permanentMac:
      group !== undefined && group.mac !== '' ? group.mac : attribute('addr_assign_type') === '0' ? mac : undefined,
    driver: driverOf(role, group, parentDriver, properties),
    parentDriver,
    kind: group === undefined ? kindOf(attribute('uevent'), parentDriver) : null,
    type: typeOf(attribute('type'), attribute('uevent')),
    idPath: properties === undefined ? pciPathOf(system, name) : (properties.get('ID_PATH') ?? null),
    properties,
    master: isFailure(master) ? null : master,
  };
}

function isOf({ master, standby, primary, mac }: FailoverGroup, name: string, role: LinkRole['role'], system: System) {
  if ([master, standby, primary].includes(name)) return true;
  return role === 'pending' && readAttribute(system, name, 'address') === mac;
}

/** ethtool's driver, which udev noted; for a triple's links it follows from their roles. */
function driverOf(
  role: LinkRole['role'],
  group: FailoverGroup | undefined,
  parent: string | null | undefined,
  properties: ReadonlyMap<string, string> | undefined,
): string | undefined {
  if (group?.kind === 'net_failover' && role === 'master') return 'net_failover';
  // only virtio_net makes such pairs
  const made = group?.kind === 'net_failover' && role === 'standby' ? 'virtio_net' : undefined;
  return properties?.get('ID_NET_DRIVER') ?? parent ?? made;
}

/** udev's database: "E:KEY=VALUE" lines of /run/udev/data/nIFINDEX. */
function readProperties(system: System, ifindex: string | undefined): ReadonlyMap<string, string> | undefined {
  const text = ifindex === undefined ? undefined : system.read(`/run/udev/data/n${ifindex}`);
  if (text === undefined || isFailure(text)) return undefined;
  const pairs = [...text.matchAll(/^E:([^=\n]+)=(.*)$/gm)];
  return new Map(pairs.map(([, key = '', value = '']) => [key, value]));
}

/** ID_PATH as udev would find it (udev-builtin-path_id.c), for a NIC on the only PCI root above it. Else: not known. */
function pciPathOf(system: System, name: string): string | undefined {
  const link = readClassLink(system, name);
  if (isFailure(link) || !/(?:^|\/)devices\/pci[^/]*\/(?!.*\bpci[0-9a-f]+:)/.test(link.device)) return undefined;
  const address = pciAddressOf(system, name);
  return address === undefined ? undefined : `pci-${address}`;
}

function pciAddressOf(system: System, name: string): string | undefined {
  const link = readClassLink(system, name);
  if (isFailure(link)) return undefined;
  return /(?:^|\/)([0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(?:\/virtio\d+)?$/.exec(link.device)?.[1];
}

/**
 * Sysfs does not show alternative names. With systemd's own 99-default.link they are the names that udev found and did not
 * use (AlternativeNamesPolicy=database onboard slot path; systemd.link(5)). The MAC's name, of which 256 and later make
 * one too, goes to only one of the links of a group.
 */
function altnamesOf(name: string, properties: ReadonlyMap<string, string> | undefined): readonly string[] | undefined {
  if (properties?.get('ID_NET_LINK_FILE')?.endsWith('/99-default.link') !== true) return undefined;
  const keys = ['ID_NET_NAME_FROM_DATABASE', 'ID_NET_NAME_ONBOARD', 'ID_NET_NAME_SLOT', 'ID_NET_NAME_PATH'];
  return keys.flatMap((key) => properties.get(key) ?? []).filter((other) => other !== name);
}

function kindOf(uevent: string | undefined, parent: string | null | undefined): string | null | undefined {
  if (typeof parent === 'string') return null;
  return /^DEVTYPE=(.*)$/m.exec(uevent ?? '')?.[1];
}

/** DEVTYPE, else the ARPHRD name. */
function typeOf(arphrd: string | undefined, uevent: string | undefined): string | undefined {
  const devtype = /^DEVTYPE=(.*)$/m.exec(uevent ?? '')?.[1];
  return devtype ?? (arphrd === '1' ? 'ether' : arphrd === '772' ? 'loopback' : undefined);
}

/** A group's VF that is away now will come: it gets a likely name, and nothing is known of its driver. */
function withPrimaries(
  links: readonly LinkFacts[],
  groups: readonly FailoverGroup[],
  isNamed: IsNamed,
): readonly LinkFacts[] {
  const all = [...links];
  groups.forEach(({ master }, index) => {
    const ours = all.filter(({ group }) => group === index);
    const facts = ours.find(({ name }) => name === master);
    if (facts === undefined || ours.some(({ role }) => role === 'primary' || role === 'pending')) return;
    all.push({
      ...facts,
      role: 'primary',
      name: nameOnAnotherSlot(master, new Set(all.map(({ name }) => name)), isNamed),
      kernelName: undefined,
      altnames: [],
      pciAddress: undefined,
      driver: undefined,
      parentDriver: undefined,
      idPath: undefined,
      properties: undefined,
      master,
    });
  });
  return all;
}
