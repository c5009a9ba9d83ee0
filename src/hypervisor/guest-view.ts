/** What rules may know of the guest inside a domain, from a snapshot of it: which failover masters are a bridge's port. */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readTopology } from '../topology/failover-group.ts';
import { netDirectory, readAttribute, readLinkName } from '../topology/link.ts';
import type { GuestView } from './rules/rule.ts';

/** A Failure: the guest has no readable /sys/class/net. */
export function readGuestView(guest: System): GuestView | Failure {
  const topology = readTopology(guest);
  if (isFailure(topology)) return topology;
  const bridged = topology.groups.flatMap(({ master, mac }) => {
    const bridge = readLinkName(guest, master, 'master');
    if (isFailure(bridge)) return [];
    const ports = guest.list(`${netDirectory}/${bridge}/brif`);
    if (isFailure(ports)) return [];
    // With the master's MAC and no other port, all that the bridge sends has the master's MAC.
    const address = readAttribute(guest, bridge, 'address');
    const hasOtherMacs = ports.length > 1 || isFailure(address) || address.toLowerCase() !== mac;
    return hasOtherMacs ? [{ mac, master, bridge }] : [];
  });
  return { bridged };
}
