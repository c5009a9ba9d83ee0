/** What a user wants of the masters, whatever manager will do it: the one input of all renderers. */

export interface MasterConfig {
  /** The masters to configure; null is any guest's (`--generic`): no MAC, no slot, no name may appear in the files. */
  readonly masters: readonly MasterTarget[] | null;
  readonly dhcp4: boolean;
  readonly dhcp6: boolean;
  /** IPv6 router advertisements. */
  readonly acceptRa: boolean;
  /** Static addresses with prefix length, IPv4 and IPv6. */
  readonly addresses: readonly string[];
  /** Default gateways, at most one of each family. */
  readonly gateways: readonly string[];
  readonly dns: readonly string[];
  /** Bytes; null leaves the kernel's. */
  readonly mtu: number | null;
  /** Of the default routes; null leaves the manager's. */
  readonly metric: number | null;
  /** What stands on the one master and has the addresses in its place; missing: nothing. */
  readonly stack?: MasterStack;
  /** The slaves follow the master into promiscuous mode, whatever stands on it: what bridges need. */
  readonly followsBridges?: boolean;
  /** NICs that shall stay down, of a manager that cannot tell them from a master (NetworkManager, for any guest). */
  readonly resting?: RestingNics;
  /** The command line, for the header of each file: "failoverctl generate networkd --dhcp4". */
  readonly command: string;
}

/** A bridge, a VLAN, or a bridge on a VLAN: at least one of them. */
export interface MasterStack {
  /** The bridge's name, or null. */
  readonly bridge: string | null;
  /** VLAN ID, 1 to 4094, or null. */
  readonly vlan: number | null;
}

/** A name that does not depend on the master's, and fits into the kernel's 15 characters whatever that is. */
export function vlanName(id: number): string {
  return `vlan${id}`;
}

/** The link that has the addresses. */
export function topOf({ bridge, vlan }: MasterStack): string {
  return bridge ?? vlanName(vlan ?? 0);
}

/** Names may be patterns (fnmatch(3)); MACs are in lower case. */
export interface RestingNics {
  readonly names: readonly string[];
  readonly macs: readonly string[];
}

export interface MasterTarget {
  readonly kind: 'net_failover' | 'netvsc';
  /** The name now; renderers that can match by something steadier do. */
  readonly name: string;
  /** Lower case. */
  readonly mac: string;
}
