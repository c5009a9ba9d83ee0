/**
 * What cloud-init's releases do differently with network configuration, and since which release: read side by side in the
 * renderers of 22.4.2, 25.1.4 and 26.2, dated by the commits in its git history.
 */
const since = {
  /** netplan: a gateway is a route to "default"; before, gateway4 and gateway6 (076b51b36). */
  'routes for gateways': 23.1,
  /** netplan: such a route is on-link if the gateway lies outside the subnet (df9f714e2). */
  'gateways on link in netplan': 23.1,
  /** NetworkManager: autoconnect-priority=120 (f663e94ac). */
  'autoconnect priority': 23.2,
  /** NetworkManager: static6 is manual; before, a word that it did not know, and auto (5d440856c). */
  'manual for static6': 23.2,
  /** NetworkManager: ipv6_dhcpv6-stateful is dhcp; before, auto (ea573ba6f). */
  'dhcp for stateful': 23.2,
  /** NetworkManager: IPv6 by router advertisements or DHCP in version 1's words turns IPv4 off (fd214a124). */
  'no IPv4 beside dynamic IPv6': 23.4,
  /** NetworkManager: nameservers are put together from texts (seen in 25.1.4, not in 22.4.2). */
  'nameservers joined in NetworkManager': 23.1,
  /** networkd: accept-ra counts without DHCPv6 too (1f19c5cde). */
  'accept-ra always': 24.2,
  /** networkd: GatewayOnLink= if the gateway lies outside the subnet (45a9b7ca0). */
  'gateways on link in networkd': 24.2,
  /** NetworkManager: a bond without subnets has both methods disabled (90a319046). */
  'bonds without addresses': 24.3,
  /** NetworkManager: a bond's MTU (4c0468c57). */
  'mtu of bonds': 24.3,
  /** Definitions of version 2 are known by their IDs, no more by set-name (a8f69409e, 9554338e6). */
  'known by ID': 24.4,
  /** networkd: .netdev files for VLANs and bonds, and MACAddress= matches NICs alone (01b93d065). */
  'netdevs in networkd': 25.2,
  /** ENI: every key with hyphens, accept-ra and bridge-ports too (deb0f9e5b). */
  'hyphens in ENI': 25.2,
  /** ENI: IPv6 routes of a device without IPv6 have a stanza of their own (10d933bd8). */
  'IPv6 routes apart in ENI': 25.2,
  /** networkd: a name that is a number is written as one; before, an error (01b93d065). */
  'numbers as names in networkd': 25.2,
  /** ENI: nameservers of the stanza's family alone are written (seen in 26.2, not in 25.1.4). */
  'nameservers by family in ENI': 25.2,
  /** networkd: .netdev files for bridges (dc0bfda39). */
  'bridges in networkd': 25.3,
  /** MACs in small letters, and those of version 2's bonds, bridges and VLANs (e0bf72661). */
  'lower-case MACs': 25.3,
  /** A route "to: default" of version 2; before, an error in every renderer but netplan (d2f422d17). */
  'routes to default': 25.3,
} as const;

export type Behaviour = keyof typeof since;

/** What an unknown version is taken for: Debian 13's. */
const usual = 25.1;

/** `version`: of cloud-init, like "25.1.4"; undefined if nobody knows. */
export function hasBehaviour(version: string | undefined, behaviour: Behaviour): boolean {
  return Number.parseFloat(version ?? String(usual)) >= since[behaviour];
}
