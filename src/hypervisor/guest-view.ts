/** What rules may know of the guest inside a domain, from a snapshot of it: what stands on its failover masters, and their MTUs. */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readAbove, readBridgesAbove } from '../topology/above.ts';
import { readTopology } from '../topology/failover-group.ts';
import { readAttribute } from '../topology/link.ts';
import type { GuestView, OtherMacs } from './rules/rule.ts';

/** A Failure: the guest has no readable /sys/class/net. */
export function readGuestView(guest: System): GuestView | Failure {
  const topology = readTopology(guest);
  if (isFailure(topology)) return topology;
  return {
    otherMacs: topology.groups.flatMap(({ master, mac }) => findOtherMacs(guest, master, mac)),
    mtus: topology.groups.flatMap(({ master, mac }) => {
      const mtu = readAttribute(guest, master, 'mtu');
      return isFailure(mtu) || !/^\d+$/.test(mtu) ? [] : [{ mac, master, mtu: Number(mtu) }];
    }),
  };
}

/** A bridge with the master's MAC and no other port sends by that MAC alone, and so does a VLAN. */
function findOtherMacs(guest: System, master: string, mac: string): readonly OtherMacs[] {
  const above = readAbove(guest, master);
  const bridges = readBridgesAbove(guest, master, above);
  const isBridge = new Set(bridges.map(({ name }) => name));
  // what stands on a bridge is told with it
  const onBridges = new Set(bridges.flatMap(({ name }) => readAbove(guest, name)));
  const others = above.filter((link) => {
    if (isBridge.has(link) || onBridges.has(link)) return false;
    const own = readAttribute(guest, link, 'address');
    return !isFailure(own) && own.toLowerCase() !== mac;
  });
  return [
    ...bridges
      .filter(({ mac: own, otherPorts }) => otherPorts.length > 0 || own !== mac)
      .map(({ name }) => ({ mac, master, link: name, isBridge: true })),
    ...others.map((link) => ({ mac, master, link, isBridge: false })),
  ];
}
