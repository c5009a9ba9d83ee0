/** How the failover groups of a guest are now: what `status --json` prints, and what all else is made of. */
import type { BridgeStatus, GroupStatus, LinkStatus, Status } from './model.ts';
import { isKnownToUdev, isUdevBusy } from '../inventory/udev.ts';
import { slavesOf } from '../topology/failover-group.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readTopology, type FailoverGroup, type Topology } from '../topology/failover-group.ts';
import { readAbove, readBridgesAbove } from '../topology/above.ts';
import { readAttribute, readLinkName } from '../topology/link.ts';
import { findProblems } from './problems.ts';
import { readLeases } from '../inventory/leases.ts';
import { askDaemons, managersOf, type Daemons } from '../inventory/link-managers.ts';
import { readNetwork, type Network } from '../inventory/network.ts';

/** A Failure: there is no readable sysfs. */
export function readStatus(system: System): Status | Failure {
  const topology = readTopology(system);
  if (isFailure(topology)) return topology;
  const unreadable = [...topology.unreadable];
  const orphaned = topology.links.filter(({ role, evidence }) => role === 'standby' && evidence.includes('no master'));
  const { unpaired } = topology;
  if (topology.groups.length === 0 && orphaned.length === 0) {
    const apart = findProblems(system, { groups: [], orphans: [], unpaired, networkKnown: false });
    return { groups: [], orphans: [], problems: apart, healthy: apart.length === 0, unreadable };
  }
  // sysfs first, all of it: the programs below take their time, and what has a carrier now may have none then
  const members = topology.groups.map((group) => ({ group, names: [group.master].concat(slavesOf(topology, group)) }));
  const names = [...members.flatMap((member) => member.names), ...orphaned.map(({ name }) => name)];
  const facts = new Map(names.map((name) => [name, readFacts(system, topology, name)]));
  const network = readNetwork(system);
  if (isFailure(network)) unreadable.push(network);
  const known: Network = isFailure(network) ? { addresses: new Map(), routes: new Map() } : network;
  const daemons = askDaemons(system);
  const linkOf = (name: string) =>
    completeLink(system, facts.get(name) ?? readFacts(system, topology, name), known, daemons);
  const groups = members.map(({ group, names: own }): GroupStatus => {
    const links = own.map(linkOf);
    const { kind, mac, master, standby, primary, datapath } = group;
    return { kind, mac, master, standby, primary, datapath, why: explainDatapath(group, links), links };
  });
  const orphans = orphaned.map(({ name }) => linkOf(name));
  const problems = findProblems(system, { groups, orphans, unpaired, networkKnown: !isFailure(network) });
  const healthy = problems.length > 0 ? false : isFailure(network) ? null : true;
  return { groups, orphans, problems, healthy, unreadable };
}

/** What sysfs, and udev's database, say of a link. */
interface LinkFacts extends Pick<
  LinkStatus,
  | 'name'
  | 'role'
  | 'master'
  | 'up'
  | 'carrier'
  | 'carrierChanges'
  | 'uppers'
  | 'mac'
  | 'mtu'
  | 'promiscuous'
  | 'bridge'
  | 'bridgesAbove'
  | 'naming'
> {
  readonly ifindex: string | null;
}

function readFacts(system: System, topology: Topology, name: string): LinkFacts {
  const read = (attribute: string) => {
    const value = readAttribute(system, name, attribute);
    return isFailure(value) ? null : value;
  };
  const carrier = read('carrier');
  const changes = read('carrier_changes');
  const ifindex = read('ifindex');
  const master = readLinkName(system, name, 'master');
  const entries = system.list(`/sys/class/net/${name}`);
  const mtu = read('mtu');
  const flags = Number.parseInt(read('flags') ?? '0', 16);
  const role = topology.links.find((link) => link.name === name)?.role ?? 'none';
  const uppers = (isFailure(entries) ? [] : entries).flatMap((entry) => /^upper_([^]+)$/.exec(entry)?.[1] ?? []);
  return {
    name,
    role,
    master: isFailure(master) ? null : master,
    up: (flags & 0x1) !== 0, // IFF_UP
    carrier: carrier === null ? null : carrier === '1',
    carrierChanges: changes === null ? null : Number.parseInt(changes, 10),
    uppers: uppers.filter((upper) => upper !== master).sort(),
    mac: read('address')?.toLowerCase() ?? null,
    mtu: mtu === null || !/^\d+$/.test(mtu) ? null : Number(mtu),
    promiscuous: (flags & 0x100) !== 0, // IFF_PROMISC
    bridge: isFailure(master) ? null : readBridge(system, name, master),
    bridgesAbove: role === 'master' ? readBridgesAbove(system, name, readAbove(system, name)) : [],
    ifindex,
    // now, too: when the programs have been asked it may have another name
    naming: readNaming(system, name, ifindex),
  };
}

/** `brport` is there for ports of a bridge alone; the bridge lists its ports in `brif`. */
function readBridge(system: System, port: string, bridge: string): BridgeStatus | null {
  const ports = system.list(`/sys/class/net/${bridge}/brif`);
  if (isFailure(ports)) return null;
  const mac = readAttribute(system, bridge, 'address');
  return {
    name: bridge,
    mac: isFailure(mac) ? null : mac.toLowerCase(),
    otherPorts: ports.filter((one) => one !== port).sort(),
  };
}

function completeLink(
  system: System,
  { ifindex, ...facts }: LinkFacts,
  network: Network,
  daemons: Daemons,
): LinkStatus {
  const { name } = facts;
  const addresses = network.addresses.get(name) ?? [];
  const managers = managersOf(daemons, name);
  const isNetworkds = managers.some(({ manager, active }) => manager === 'networkd' && active);
  return {
    ...facts,
    addresses,
    leases: readLeases(system, { name, ifindex, addresses, isNetworkds }),
    routes: network.routes.get(name) ?? [],
    managers,
  };
}

/**
 * udev's net_setup_link notes the name that it chose as ID_NET_NAME, and after any later rename the name that the link then
 * had. So another name than the link's is one that the kernel refused: EBUSY is only logged (udev-event.c, rename_netif()).
 * While udev is at work it has not come to its end with any link.
 */
function readNaming(system: System, name: string, ifindex: string | null): string | null {
  if (isUdevBusy(system)) return null;
  if (!isKnownToUdev(system, name)) return 'udev gave up on it, as it does when the name that it shall have is taken';
  const entry = ifindex === null ? null : system.read(`/run/udev/data/n${ifindex}`);
  const wanted = entry === null || isFailure(entry) ? null : /^E:ID_NET_NAME=(.*)$/m.exec(entry)?.[1];
  return typeof wanted === 'string' && wanted !== name ? `udev wanted to name it ${wanted}` : null;
}

function explainDatapath(
  { kind, master, standby, primary, datapath }: FailoverGroup,
  links: readonly LinkStatus[],
): string {
  const of = (name: string | null) => links.find((link) => link.name === name);
  if (of(master)?.up === false) return `${master} is down`;
  const state = (name: string) => {
    const link = of(name);
    return `${name} ${link?.up !== true ? 'is down' : link.carrier === true ? 'has carrier' : 'has no carrier'}`;
  };
  if (datapath === 'primary') return `${state(primary ?? '')}: the VF goes first`;
  const pending = links.find(({ role }) => role === 'pending');
  const vf =
    primary !== null ? state(primary) : pending === undefined ? 'no VF is there' : `${pending.name} is not enslaved`;
  if (kind === 'netvsc') return `${vf}; the synthetic path carries the traffic`;
  return standby === null ? `${vf}, and no standby` : `${vf}; ${state(standby)}`;
}
