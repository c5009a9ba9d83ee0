/** Keys of cloud-init's schemas for version 1 and 2, between blanks. */
const device = 'accept-ra mtu name subnets type mac_address keep_configuration wakeonlan';
export const commandKeys: Readonly<Record<string, string>> = {
  physical: `${device} params`,
  infiniband: `${device} params`,
  loopback: device,
  bond: `${device} bond_interfaces params`,
  bridge: `${device} bridge_interfaces params`,
  vlan: `${device} vlan_id vlan_link`,
  nameserver: 'address interface search type',
  route: 'destination gateway metric netmask network type',
};
export const subnetKeys =
  'address broadcast control dns_nameservers dns_search gateway ipv4 ipv6 metric netmask prefix routes type ip_address ' +
  'scope pointopoint';

export const definitionKeys =
  'addresses dhcp4 dhcp4-overrides dhcp6 dhcp6-overrides gateway4 gateway6 mtu nameservers optional renderer routes ' +
  'match set-name wakeonlan interfaces parameters id link accept-ra macaddress';
/** Keys that netplan knows and other renderers pass over: nobody is blamed for writing for both. */
export const netplanOnly: ReadonlySet<string> = new Set(
  (
    'dhcp-identifier critical optional-addresses ipv6-privacy ipv6-address-generation ipv6-address-token ipv6-mtu ' +
    'link-local emit-lldp ignore-carrier activation-mode routing-policy neigh-suppress receive-checksum-offload ' +
    'transmit-checksum-offload tcp-segmentation-offload tcp6-segmentation-offload generic-segmentation-offload ' +
    'generic-receive-offload large-receive-offload openvswitch auth virtual-function-count delay-virtual-functions-rebind ' +
    'embedded-switch-mode infiniband-mode regulatory-domain ra-overrides networkmanager access-points'
  ).split(' '),
);
