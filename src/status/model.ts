/** How the failover groups of a guest are: the model that `status` prints, in any format. */
import type { Failure } from '../system/system.ts';
import type { FailoverGroup, Role } from '../topology/failover-group.ts';
import type { Lease } from '../inventory/leases.ts';
import type { LinkManager } from '../inventory/link-managers.ts';
import type { Address, Route } from '../inventory/network.ts';

export interface LinkStatus {
  readonly name: string;
  readonly role: Role;
  /** The link that it is enslaved to. */
  readonly master: string | null;
  /** IFF_UP: switched on by somebody. */
  readonly up: boolean;
  /** Null while the link is down: the kernel does not tell. */
  readonly carrier: boolean | null;
  /** How often the carrier came or went since the link is there, or null. */
  readonly carrierChanges: number | null;
  /** What stands on it: VLANs, a bridge (`upper_*`), but not its own master. */
  readonly uppers: readonly string[];
  /** Lower case; null: sysfs does not say. */
  readonly mac: string | null;
  /** Null: sysfs does not say. */
  readonly mtu: number | null;
  /** IFF_PROMISC of sysfs' `flags`: it takes every frame, whatever its MAC. */
  readonly promiscuous: boolean;
  /** The bridge that it is a port of, or null. */
  readonly bridge: BridgeStatus | null;
  /** Of a master: every bridge that it, or a VLAN or bond on it, is a port of. */
  readonly bridgesAbove: readonly BridgeStatus[];
  readonly addresses: readonly Address[];
  readonly leases: readonly Lease[];
  readonly routes: readonly Route[];
  readonly managers: readonly LinkManager[];
  /** Why udev's entry is not as it should be, or null. */
  readonly naming: string | null;
}

export interface BridgeStatus {
  readonly name: string;
  readonly mac: string | null;
  /** Its ports beside this one. */
  readonly otherPorts: readonly string[];
}

export interface GroupStatus extends FailoverGroup {
  /** Why the datapath is as it is, in words. */
  readonly why: string;
  /** The master first. */
  readonly links: readonly LinkStatus[];
}

export interface Status {
  readonly groups: readonly GroupStatus[];
  /** virtio-net standbys that no master has. */
  readonly orphans: readonly LinkStatus[];
  readonly problems: readonly Problem[];
  /** Null: addresses and routes could not be asked, and nothing else is wrong. */
  readonly healthy: boolean | null;
  /** What could not be asked; what it would have said is missing above. */
  readonly unreadable: readonly Failure[];
}

/** Every problem that there is, for counters that begin at 0. */
export const problemIds = [
  'address-on-slave',
  'duplicate-lease',
  'route-on-slave',
  'duplicate-default-route',
  'slave-managed',
  'unpaired-twin',
  'master-without-standby',
  'receive-black-hole',
  'no-datapath',
  'duplicate-address',
  'rename-failed',
  'master-without-address',
  'standby-without-master',
  'hooks-missing',
  'standby-not-offered',
  'bridge-behind-vf',
  'standby-down',
  'standby-refused',
] as const;

export type ProblemId = (typeof problemIds)[number];

export interface Problem {
  readonly id: ProblemId;
  readonly link: string | null;
  readonly message: string;
}
