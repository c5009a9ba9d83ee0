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
  /** The command line, for the header of each file: "failoverctl generate networkd --dhcp4". */
  readonly command: string;
}

export interface MasterTarget {
  readonly kind: 'net_failover' | 'netvsc';
  /** The name now; renderers that can match by something steadier do. */
  readonly name: string;
  /** Lower case. */
  readonly mac: string;
}
