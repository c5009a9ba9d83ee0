/** The Debian releases that the lab can boot: what is taken from each, and what its kernel calls things. */

export interface Release {
  readonly codename: string;
  /** The package whose dependency is the current kernel image. */
  readonly kernelPackage: string;
  readonly packages: readonly string[];
  /** Packages that lie beside the image, for scenarios whose manager would act in every guest if it were installed. */
  readonly beside: readonly string[];
  /** It moves from day to day: run by name alone, and what goes wrong there is news, which fails no run. */
  readonly rolling?: true;
}

/** What every guest carries, whichever manager a scenario then enables. */
const everywhere = [
  ['systemd-sysv', 'udev', 'dbus', 'kmod', 'procps'],
  ['iproute2', 'iputils-ping', 'ethtool', 'nftables', 'wireguard-tools', 'python3'],
  ['ifupdown', 'isc-dhcp-client', 'netplan.io', 'network-manager', 'cloud-init'],
].flat();

const common = {
  kernelPackage: 'linux-image-amd64',
  packages: everywhere,
  beside: ['dhcpcd', 'dhcpcd-base', 'connman', 'ifupdown2', 'ifupdown-ng'],
};

export const releases: readonly Release[] = [
  { ...common, codename: 'bookworm' },
  { ...common, codename: 'trixie' },
  { ...common, codename: 'sid', rolling: true },
];

/** Modules that a guest may need, by the names in modules.dep, and what each is there for. */
export const bootModules = ['crc32c_generic', 'virtio_pci', 'virtio_blk', 'virtio_console', 'ext4', 'overlay'];
/** Loaded by the minimal guest's init; a Debian guest leaves them to udev, as a real machine does. */
export const networkModules = ['e1000e', 'virtio_net'];
/** What the guest of a guest needs (nested/): its primary is a VF of an igb. */
export const nestedModules = ['virtio_pci', 'virtio_console', 'virtio_net', 'igbvf'];
/** Folders and files below kernel/ that a Debian guest gets: NIC drivers, and what makes decoys (bond, team, VRF, bridge). */
export const rootModules = [
  ['drivers/virtio', 'drivers/char/virtio_console', 'drivers/block/virtio_blk', 'drivers/ptp', 'drivers/pps'],
  ['drivers/net/net_failover', 'drivers/net/virtio_net', 'drivers/net/vmxnet3', 'drivers/net/ethernet/intel/e1000e'],
  ['drivers/net/ethernet/intel/igb', 'drivers/net/bonding', 'drivers/net/team', 'drivers/net/vrf'],
  [
    'drivers/net/dummy',
    'drivers/net/veth',
    'net/core',
    'net/bridge',
    'net/802',
    'net/8021q',
    'net/llc',
    'net/tls',
    'net/packet',
  ],
  ['fs/ext4', 'fs/jbd2', 'fs/mbcache', 'fs/overlayfs', 'lib', 'crypto', 'drivers/dca', 'drivers/i2c/algos'],
  // what else stands on a master, and what is bound to a VF
  ['macvlan', 'macvtap', 'tap', 'ipvlan'].map((name) => `drivers/net/${name}`),
  ['nfnetlink', 'nf_conntrack', 'nf_tables', 'nf_flow_table', 'nf_flow_table_inet'].map(
    (name) => `net/netfilter/${name}`,
  ),
  ['net/ipv4/netfilter/nf_defrag_ipv4', 'net/ipv6/netfilter/nf_defrag_ipv6'],
  ['sch_ingress', 'cls_matchall', 'act_gact'].map((name) => `net/sched/${name}`),
  ['drivers/net/wireguard', 'net/ipv4/udp_tunnel', 'net/ipv6/ip6_udp_tunnel', 'arch/x86/crypto'],
  ['fs/fat', 'fs/nls'], // cloud-init's seed disk
  ['drivers/net/ethernet/intel/igbvf', 'drivers/vfio', 'drivers/net/tun', 'virt/lib'], // a guest that is a hypervisor
].flat();
