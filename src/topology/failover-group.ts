/**
 * Which netdevs form a failover group, and the role of every link. Reads /sys/class/net and nothing else.
 *
 * The kernel's own rule (drivers/net/net_failover.c, net/core/failover.c): virtio_net that was offered
 * VIRTIO_NET_F_STANDBY makes a master beside itself, on the same virtio device; of the master's two slaves the one with
 * that device is the standby, one on PCI the primary. A bond, bridge, team, VRF or OVS port has a `master` link too, but
 * its master sits on no virtio device. Hyper-V's netvsc is the two-netdev sibling: the synthetic NIC is the master itself
 * (drivers/net/hyperv/netvsc_drv.c).
 */
import { baseName } from '../text/base-name.ts';
import { type Failure, isFailure, type System } from '../system/system.ts';
import { netDirectory, readAttribute, readLinkName } from './link.ts';
import { byBytes, note, type Part, readPart } from './part.ts';

export type Role = 'master' | 'standby' | 'primary' | 'pending' | 'none';

export type GroupKind = 'net_failover' | 'netvsc';

/** The link that carries the traffic. */
export type Datapath = 'primary' | 'standby' | 'none';

export interface FailoverGroup {
  readonly kind: GroupKind;
  /** The MAC that all links of the group share, lower case, or empty if the master's could not be read. */
  readonly mac: string;
  readonly master: string;
  readonly standby: string | null;
  readonly primary: string | null;
  readonly datapath: Datapath;
}

export interface LinkRole {
  readonly name: string;
  readonly role: Role;
  /** What was seen that gives the role, in words; for `none` only what is odd, as another NIC's MAC. */
  readonly evidence: readonly string[];
}

/** A virtio NIC and a PCI NIC with one MAC that the kernel does not pair: the host does not offer VIRTIO_NET_F_STANDBY. */
export interface UnpairedNics {
  /** Lower case. */
  readonly mac: string;
  readonly virtio: string;
  readonly vf: string;
}

export interface Topology {
  readonly groups: readonly FailoverGroup[];
  readonly unpaired: readonly UnpairedNics[];
  /** Every link, in the order of their names. */
  readonly links: readonly LinkRole[];
  /** Entries that could not be read; what they would have said is missing above. */
  readonly unreadable: readonly Failure[];
}

/** Reads all links and sorts them into groups. A Failure: there is no readable /sys/class/net. */
export function readTopology(system: System): Topology | Failure {
  const names = system.list(netDirectory);
  if (isFailure(names)) return names;
  const unreadable: Failure[] = [];
  const parts = [...names].sort(byBytes).flatMap((name) => readPart(system, name, unreadable) ?? []);
  const groups = parts.flatMap((part) => groupOf(system, part, parts, unreadable) ?? []);
  const pending = findPending(system, parts, groups, unreadable);
  const pairs = groups.filter(
    ({ kind, master, primary }) =>
      kind === 'net_failover' || primary !== null || [...pending.values()].includes(master),
  );
  const unpaired = findUnpaired(system, parts, pending);
  return { groups: pairs, unpaired, links: parts.map((part) => roleOf(part, pairs, pending, unpaired)), unreadable };
}

function groupOf(system: System, part: Part, parts: readonly Part[], unreadable: Failure[]): FailoverGroup | null {
  if (part.as !== 'failover master' && part.as !== 'netvsc') return null;
  const master = part.link.name;
  const slave = (as: 'standby' | 'pci') =>
    parts.find((other) => other.as === as && other.master === master)?.link.name ?? null;
  const standby = slave('standby');
  const primary = slave('pci');
  const mac = readAttribute(system, master, 'address');
  if (isFailure(mac)) note(mac, unreadable);
  return {
    kind: part.as === 'netvsc' ? 'netvsc' : 'net_failover',
    mac: isFailure(mac) ? '' : mac.toLowerCase(),
    master,
    standby,
    primary,
    datapath: readDatapath(system, primary, part.as === 'netvsc' ? master : standby),
  };
}

/**
 * The kernel sends on the primary while it runs with carrier, else on the standby (net_failover_start_xmit). A netvsc
 * master is its own standby: the synthetic path. `carrier` answers EINVAL while a link is down.
 */
function readDatapath(system: System, primary: string | null, standby: string | null): Datapath {
  if (primary !== null && readAttribute(system, primary, 'carrier') === '1') return 'primary';
  if (standby !== null && readAttribute(system, standby, 'carrier') === '1') return 'standby';
  return 'none';
}

/** PCI netdevs with a master's MAC that nothing has enslaved, and that master. Reads no address where there is no group. */
function findPending(
  system: System,
  parts: readonly Part[],
  groups: readonly FailoverGroup[],
  unreadable: Failure[],
): ReadonlyMap<string, string> {
  const pending = new Map<string, string>();
  if (groups.length === 0) return pending;
  for (const part of parts) {
    if (part.as !== 'pci' || part.master !== null) continue;
    const address = readAttribute(system, part.link.name, 'address');
    if (isFailure(address)) {
      note(address, unreadable);
      continue;
    }
    const twin = groups.find(({ mac }) => mac !== '' && mac === address.toLowerCase());
    if (twin !== undefined) pending.set(part.link.name, twin.master);
  }
  return pending;
}

/**
 * Reads addresses only where there are NICs of both kinds. Ports of a bond have one MAC too, and are paired by it: they have
 * a master.
 */
function findUnpaired(
  system: System,
  parts: readonly Part[],
  pending: ReadonlyMap<string, string>,
): readonly UnpairedNics[] {
  const vfs = parts.filter((part) => part.as === 'pci' && part.master === null && !pending.has(part.link.name));
  const plain = parts.filter(({ as }) => as === 'plain virtio');
  if (vfs.length === 0 || plain.length === 0) return [];
  const macOf = ({ link }: Part) => {
    const address = readAttribute(system, link.name, 'address');
    return isFailure(address) ? '' : address.toLowerCase();
  };
  const byMac = new Map(plain.map((part) => [macOf(part), part.link.name]));
  return vfs.flatMap((part) => {
    const mac = macOf(part);
    const virtio = mac === '' ? undefined : byMac.get(mac);
    if (virtio === undefined || !isFailure(readLinkName(system, virtio, 'master'))) return [];
    return [{ mac, virtio, vf: part.link.name }];
  });
}

function roleOf(
  part: Part,
  groups: readonly FailoverGroup[],
  pending: ReadonlyMap<string, string>,
  unpaired: readonly UnpairedNics[],
): LinkRole {
  const { name, device } = part.link;
  const onPci = `PCI device ${baseName(device)}`;
  const none: LinkRole = { name, role: 'none', evidence: [] };
  switch (part.as) {
    case 'failover master':
      return { name, role: 'master', evidence: ['device/features bit 62', 'no phys_port_name', ...part.lowers] };
    case 'netvsc': {
      const group = groups.find(({ master }) => master === name);
      if (group === undefined) return none;
      const slave = group.primary === null ? [] : [`lower_${group.primary}`];
      return { name, role: 'master', evidence: ['device/driver hv_netvsc', ...slave] };
    }
    case 'standby': {
      const enslaved = part.master === null ? 'no master' : `master ${part.master}`;
      return { name, role: 'standby', evidence: ['device/features bit 62', 'phys_port_name sby', enslaved] };
    }
    case 'pci': {
      const twin = pending.get(name);
      if (twin !== undefined) return { name, role: 'pending', evidence: [`address of ${twin}`, 'no master', onPci] };
      const group = groups.find(({ primary }) => primary === name);
      const beside = unpaired.find(({ vf }) => vf === name);
      if (beside !== undefined) return { ...none, evidence: [`address of ${beside.virtio}`, 'no master', onPci] };
      return group === undefined ? none : { name, role: 'primary', evidence: [`master ${group.master}`, onPci] };
    }
    case 'plain virtio': {
      const beside = unpaired.find(({ virtio }) => virtio === name);
      if (beside === undefined) return none;
      return { ...none, evidence: [`address of ${beside.vf}`, 'device/features without bit 62'] };
    }
    case 'none':
      return none;
  }
}

/** What is wrong with such a pair, as `SUBJECT: what is wrong, what was expected`. */
export function describeUnpaired({ mac, virtio, vf }: UnpairedNics): string {
  return `${virtio} and ${vf}: both have the MAC ${mac}, but the host does not offer VIRTIO_NET_F_STANDBY (bit 62 of ${virtio}/device/features), expected a failover pair`;
}

/** What the host has to do about it. */
export const pairingAdvice =
  "on the host, give the virtio interface <teaming type='persistent'/> and an alias ua-…, the VF <teaming type='transient' persistent='ua-…'/> (QEMU: failover=on and failover_pair_id=), and start the guest anew; see 'failoverctl host --help'";

export function slavesOf(topology: Topology, group: FailoverGroup): readonly string[] {
  const pending = topology.links.filter(
    ({ role, evidence }) => role === 'pending' && evidence.includes(`address of ${group.master}`),
  );
  return [group.standby, group.primary, ...pending.map(({ name }) => name)].filter((name) => name !== null);
}
