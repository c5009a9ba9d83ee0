/**
 * Images and guests as strangers have them: a table of configurations, each with what becomes of it beside a failover pair. By
 * default nothing of it is lost and nothing doubled, and an installation says what is left; what differs is said here.
 */
import type { MemoryEntry } from '../../src/system/memory.ts';
import { machine, type Tree } from '../trials/machine.ts';

/** What may be wrong all the same: `lost` for the address of a VF, `slave` for a port, `without` for a master that is to have nothing. */
export type Accepted = 'lost' | 'slave' | 'without' | 'double';

export interface Stranger {
  readonly title: string;
  readonly system: Tree;
  readonly files: Tree;
  /** Master, standby, primary; by default those of the recorded guest. */
  readonly links?: readonly [string, string, string];
  /** An exit status other than 0 (1 where a running guest is refused alone), and what is said then. */
  readonly refused?: { readonly image?: number; readonly running: number; readonly says: RegExp };
  readonly accepted?: readonly Accepted[];
}

const mac = '52:54:00:00:12:53';
const own = 'Address=198.51.100.5/24';
const dhcp = 'DHCP=yes';

const network = (match: string, does: string) => `[Match]\n${match}\n\n[Network]\n${does}\n`;
const secret = (text: string): MemoryEntry => ({ text, mode: 0o600 });
const netplan = (text: string) => secret(`network:\n  version: 2\n${text}`);
const profileHead = '[connection]\nid=wan\nuuid=6d7b1f4e-3c50-4c6c-8e0e-0c1d8d3a2b11\ntype=ethernet\n';
const manual = '\n[ipv4]\nmethod=manual\naddress1=198.51.100.5/24\n';
const profile = (text: string): Tree => ({
  '/etc/NetworkManager/system-connections/wan.nmconnection': secret(profileHead + text),
});
const networkd = (files: Readonly<Record<string, string>>): Pick<Stranger, 'system' | 'files'> => ({
  system: machine('debian13', ['networkd']),
  files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/etc/systemd/network/${name}`, text])),
});
const withNetplan = (files: Readonly<Record<string, string>>, more: readonly string[] = []) => ({
  system: machine('debian13', ['netplan', ...more]),
  files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`/etc/netplan/${name}.yaml`, netplan(text)])),
});
const networkManager = (files: Tree) => ({ system: machine('debian13', ['networkmanager']), files });
const ifupdown = (text: string, more: Tree = {}) => ({
  system: machine('debian13', ['ifupdown']),
  files: { '/etc/network/interfaces': `auto lo\niface lo inet loopback\n${text}`, ...more },
});
/** As Debian ships both: what /etc/network/interfaces names is not NetworkManager's. */
const withNetworkManager = (text: string) => ({
  system: machine('debian12', ['ifupdown', 'networkmanager']),
  files: {
    ...ifupdown(text).files,
    '/etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=ifupdown,keyfile\n\n[ifupdown]\nmanaged=false\n',
  },
});
const unit = (name: string): Tree => ({
  [`/etc/systemd/system/multi-user.target.wants/${name}`]: { link: `/usr/lib/systemd/system/${name}` },
  [`/usr/lib/systemd/system/${name}`]: '[Service]\n',
});
const program = { text: '', mode: 0o755 };
const cloudInit = (renderer: string): Tree => ({
  '/usr/bin/cloud-init': program,
  '/etc/cloud/cloud.cfg': `system_info:\n  network:\n    renderers: ['${renderer}']\n`,
  ...unit('cloud-init.service'),
  '/run/cloud-init/status.json': '{}\n',
});
const rhel9: Tree = {
  '/etc/os-release': 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\n',
  '/usr/sbin/NetworkManager': program,
  ...unit('NetworkManager.service'),
};
const alpine: Tree = {
  '/etc/os-release': 'ID=alpine\nVERSION_ID=3.20.1\n',
  '/bin/busybox': program,
  '/sbin/ifup': { link: '/bin/busybox' },
  '/sbin/openrc': program,
  '/etc/runlevels/boot/networking': { link: '/etc/init.d/networking' },
  '/etc/init.d/networking': program,
};
const ens18 = ['ens18', 'ens18nsby', 'ens19'] as const;
const notOurs = { image: 3, running: 3 } as const;
const slaveOnly = {
  running: 1,
  says: /gives \S+, a slave, the address 198\.51\.100\.5\/24.* have it match \S+ instead/,
};

export const strangers: readonly Stranger[] = [
  {
    title: 'networkd, an address by name before a catch-all',
    ...networkd({ '10-a.network': network('Name=ens192', own), '90-b.network': network('Name=en*', dhcp) }),
    links: ['ens192', 'ens192nsby', 'ens224'],
  },
  {
    title: 'networkd, the same, and the master is another link',
    ...networkd({ '10-a.network': network('Name=ens192', own), '90-b.network': network('Name=en*', dhcp) }),
    links: ['ens3', 'ens3nsby', 'ens4'],
  },
  { title: 'networkd, an address by MAC', ...networkd({ '10-a.network': network(`MACAddress=${mac}`, own) }) },
  {
    title: 'networkd, an address by name, and the name by MAC in a .link file',
    ...networkd({
      '10-a.network': network('Name=lan0', own),
      '10-a.link': `[Match]\nMACAddress=${mac}\n\n[Link]\nName=lan0\n`,
    }),
    links: ['lan0', 'lan0nsby', 'enp2s0'],
  },
  {
    title: "networkd, an address by the standby's driver",
    ...networkd({ '10-a.network': network('Driver=virtio_net', own) }),
    refused: slaveOnly,
    accepted: ['lost', 'without'],
  },
  { title: 'networkd, DHCP by type', ...networkd({ '10-a.network': network('Type=ether', dhcp) }) },
  {
    title: 'networkd, a VF by name in /usr/lib, a catch-all in /run',
    system: machine('debian13', ['networkd']),
    files: {
      '/usr/lib/systemd/network/10-a.network': network('Name=eth1', own),
      '/run/systemd/network/70-x.network': network('Name=e*', 'DHCP=ipv4'),
    },
    links: ['eth0', 'eth0nsby', 'eth1'],
    refused: slaveOnly,
    accepted: ['lost'],
  },
  {
    title: 'networkd, a catch-all that sorts before ours',
    ...networkd({ '00-all.network': network('Name=*', dhcp) }),
  },
  {
    title: 'networkd, an address by MAC that sorts before ours',
    ...networkd({ '00-all.network': network(`PermanentMACAddress=${mac}`, own) }),
  },
  {
    title: 'networkd, all links in a bond',
    ...networkd({
      '10-bond0.netdev': '[NetDev]\nName=bond0\nKind=bond\n\n[Bond]\nMode=active-backup\n',
      '10-bond0.network': network('Name=bond0', own),
      '20-port.network': network('Name=enp*', 'Bond=bond0'),
    }),
  },
  {
    title: 'networkd, a VLAN',
    ...networkd({
      '10-v.netdev': '[NetDev]\nName=v7\nKind=vlan\n\n[VLAN]\nId=7\n',
      '10-v.network': network('Name=v7', own),
      '20-p.network': network('Name=enp1s0', 'VLAN=v7\nLinkLocalAddressing=no'),
    }),
  },
  {
    title: 'networkd, a macvlan',
    ...networkd({
      '5.netdev': '[NetDev]\nName=mv0\nKind=macvlan\n',
      '50.network': network('Name=enp1s0', 'MACVLAN=mv0'),
      '51.network': network('Name=mv0', dhcp),
    }),
  },
  {
    title: 'networkd, the address in a drop-in',
    ...networkd({ '10.network': '[Match]\nName=en*\n', '10.network.d/a.conf': `[Network]\n${own}\n` }),
  },
  {
    title: 'networkd, all NICs left alone',
    ...networkd({ '50.network': '[Match]\nName=en*\n\n[Link]\nUnmanaged=yes\n' }),
    accepted: ['without'],
  },
  { title: 'networkd, radios only', ...networkd({ '50.network': network('Type=wlan', dhcp) }) },
  {
    title: 'networkd on Arch Linux',
    system: {
      '/etc/os-release': 'ID=arch\n',
      '/usr/lib/systemd/systemd-networkd': program,
      ...unit('systemd-networkd.service'),
    },
    files: { '/etc/systemd/network/20-wired.network': network('Name=ens18', own) },
    links: ens18,
  },
  {
    title: 'netplan, an address by MAC with set-name',
    ...withNetplan({
      '01': `  ethernets:\n    wan:\n      match: {macaddress: "${mac}"}\n      set-name: lan0\n      addresses: [198.51.100.5/24]\n`,
    }),
    links: ['lan0', 'enp1s0nsby', 'enp2s0'],
  },
  {
    title: 'netplan, an address by MAC',
    ...withNetplan({
      '01': `  ethernets:\n    wan:\n      match: {macaddress: "${mac}"}\n      addresses: [198.51.100.5/24]\n`,
    }),
  },
  {
    title: 'netplan, a catch-all beside an address by MAC',
    ...withNetplan({
      '01': `  ethernets:\n    wan:\n      match: {macaddress: "${mac}"}\n      addresses: [198.51.100.5/24]\n`,
      '90': '  ethernets:\n    all:\n      match: {name: "en*"}\n      dhcp4: true\n',
    }),
  },
  {
    title: 'netplan, a bond of two',
    ...withNetplan({
      '01': '  ethernets:\n    enp1s0: {}\n    enp2s0: {}\n  bonds:\n    bond0:\n      interfaces: [enp1s0, enp2s0]\n      addresses: [198.51.100.5/24]\n      parameters: {mode: active-backup}\n',
    }),
  },
  {
    title: 'netplan, a VLAN',
    ...withNetplan({
      '01': '  ethernets:\n    eno1: {}\n  vlans:\n    v7: {id: 7, link: eno1, addresses: [198.51.100.5/24]}\n',
    }),
    links: ['eno1', 'eno1nsby', 'eno2'],
  },
  {
    title: 'netplan, a bridge over all NICs',
    ...withNetplan({
      '01': '  ethernets:\n    up: {match: {name: "en*"}}\n  bridges:\n    br0: {interfaces: [up], addresses: [198.51.100.5/24]}\n',
    }),
  },
  {
    title: 'netplan, in a VRF',
    ...withNetplan({
      '01': '  ethernets:\n    ens18: {addresses: [198.51.100.5/24]}\n  vrfs:\n    red: {table: 7, interfaces: [ens18]}\n',
    }),
    links: ens18,
  },
  {
    title: 'netplan, both drivers in a list',
    ...withNetplan({
      '01': '  ethernets:\n    wan:\n      match: {driver: [virtio_net, net_failover]}\n      addresses: [198.51.100.5/24]\n',
    }),
  },
  {
    title: "netplan, the standby's driver",
    ...withNetplan({
      '01': '  ethernets:\n    wan:\n      match: {driver: virtio_net}\n      addresses: [198.51.100.5/24]\n',
    }),
    refused: slaveOnly,
    accepted: ['lost', 'without'],
  },
  {
    title: 'netplan, in /usr/lib and /run',
    system: machine('debian13', ['netplan']),
    files: {
      '/usr/lib/netplan/00.yaml': netplan('  ethernets:\n    ens18: {addresses: [198.51.100.5/24]}\n'),
      '/run/netplan/9.yaml': netplan('  ethernets:\n    all: {match: {name: "e*"}, dhcp4: true}\n'),
    },
    links: ens18,
  },
  {
    title: 'netplan, activated by hand',
    ...withNetplan({ '01': '  ethernets:\n    ens18: {activation-mode: manual, addresses: [198.51.100.5/24]}\n' }),
    links: ens18,
  },
  {
    title: 'netplan, a dummy device only',
    ...withNetplan({ '01': '  dummy-devices:\n    dm0: {addresses: [198.51.100.9/24]}\n' }),
  },
  {
    title: 'netplan for NetworkManager, by name',
    ...withNetplan({ '01': '  renderer: NetworkManager\n  ethernets:\n    eno1: {addresses: [198.51.100.5/24]}\n' }, [
      'networkmanager',
    ]),
    links: ['eno1', 'eno1nsby', 'eno2'],
  },
  {
    title: 'netplan for NetworkManager, by MAC',
    ...withNetplan(
      {
        '01': `  renderer: NetworkManager\n  ethernets:\n    wan: {match: {macaddress: "${mac}"}, addresses: [198.51.100.5/24]}\n`,
      },
      ['networkmanager'],
    ),
  },
  {
    title: 'netplan for NetworkManager, nothing else',
    ...withNetplan({ '01': '  renderer: NetworkManager\n' }, ['networkmanager']),
  },
  { title: 'NetworkManager, by MAC', ...networkManager(profile(`\n[ethernet]\nmac-address=${mac}\n${manual}`)) },
  {
    title: "NetworkManager, by the driver of the master's parent",
    ...networkManager(profile(`\n[match]\ndriver=virtio_net;\n${manual}`)),
  },
  { title: 'NetworkManager, by slot', ...networkManager(profile(`\n[match]\npath=pci-0000:01:00.0;\n${manual}`)) },
  {
    title: "NetworkManager, by the VF's slot",
    ...networkManager(profile(`\n[match]\npath=pci-0000:02:00.0;\n${manual}`)),
    accepted: ['lost'],
  },
  {
    title: "NetworkManager, by a VF's driver",
    ...networkManager(profile(`\n[match]\ndriver=mlx5_core;\n${manual}`)),
    accepted: ['lost'],
  },
  {
    title: 'NetworkManager, by names with one left out',
    ...networkManager(profile(`\n[match]\ninterface-name=en*;!enp9s0;\n${manual}`)),
  },
  { title: 'NetworkManager, any link', ...networkManager(profile(manual)) },
  { title: 'NetworkManager, any link, DHCP', ...networkManager(profile('\n[ipv4]\nmethod=auto\n')) },
  {
    title: 'NetworkManager, a port of a bridge by MAC',
    ...networkManager({
      ...profile(`master=br0\nslave-type=bridge\n\n[ethernet]\nmac-address=${mac}\n`),
      '/etc/NetworkManager/system-connections/br0.nmconnection': secret(
        `[connection]\nid=br0\nuuid=6d7b1f4e-3c50-4c6c-8e0e-0c1d8d3a2b12\ntype=bridge\ninterface-name=br0\n${manual}`,
      ),
    }),
  },
  {
    title: 'NetworkManager, a profile of the distribution',
    ...networkManager({
      '/usr/lib/NetworkManager/system-connections/wan.nmconnection': secret(
        `${profileHead}interface-name=enp1s0\n${manual}`,
      ),
    }),
  },
  {
    title: 'NetworkManager, a VLAN',
    ...networkManager({
      ...profile('interface-name=enp1s0\n\n[ipv4]\nmethod=disabled\n'),
      '/etc/NetworkManager/system-connections/v.nmconnection': secret(
        `[connection]\nid=v\nuuid=6d7b1f4e-3c50-4c6c-8e0e-0c1d8d3a2b12\ntype=vlan\ninterface-name=v7\n\n[vlan]\nid=7\nparent=enp1s0\n${manual}`,
      ),
    }),
  },
  {
    title: 'NetworkManager, no-auto-default and DHCP by name',
    ...networkManager({
      '/etc/NetworkManager/conf.d/10.conf': '[main]\nno-auto-default=*\n',
      ...profile('interface-name=ens3\n\n[ipv4]\nmethod=auto\n'),
    }),
    links: ['ens3', 'ens3nsby', 'ens4'],
  },
  {
    title: 'NetworkManager, all NICs left alone',
    ...networkManager({ '/etc/NetworkManager/conf.d/10.conf': '[keyfile]\nunmanaged-devices=interface-name:en*\n' }),
    accepted: ['without'],
  },
  {
    title: 'NetworkManager on RHEL 9, by MAC',
    system: rhel9,
    files: profile(`\n[ethernet]\nmac-address=${mac}\n${manual}`),
  },
  {
    title: 'NetworkManager on SLES 16',
    system: { ...rhel9, '/etc/os-release': 'ID="sles"\nVERSION_ID="16.0"\n' },
    files: profile(`interface-name=eth0\n${manual}`),
    links: ['eth0', 'eth0nsby', 'eth1'],
  },
  {
    title: 'ifupdown, source-directory',
    ...ifupdown('source-directory interfaces.d\n', {
      '/etc/network/interfaces.d/wan': 'auto enp1s0\niface enp1s0 inet static\n  address 198.51.100.5/24\n',
    }),
  },
  {
    title: 'ifupdown, a bridge',
    ...ifupdown('auto br0\niface br0 inet static\n  address 198.51.100.5/24\n  bridge_ports enp1s0\n'),
  },
  {
    title: 'ifupdown, a bridge over all that match',
    ...ifupdown('auto br0\niface br0 inet static\n  address 198.51.100.5/24\n  bridge_ports regex en.*\n'),
    accepted: ['slave'],
  },
  {
    title: 'ifupdown, a bridge over all NICs',
    ...ifupdown('auto br0\niface br0 inet dhcp\n  bridge_ports all\n'),
    accepted: ['slave'],
  },
  {
    title: 'ifupdown, a bond',
    ...ifupdown(
      'auto bond0\niface bond0 inet static\n  address 198.51.100.5/24\n  bond-slaves enp1s0 enp7s0\n  bond-mode active-backup\n',
    ),
  },
  {
    title: 'ifupdown, a VLAN by its name',
    ...ifupdown('auto enp1s0.7\niface enp1s0.7 inet static\n  address 198.51.100.5/24\n'),
  },
  {
    title: 'ifupdown, a VLAN by its raw device',
    ...ifupdown('auto vlan7\niface vlan7 inet static\n  address 198.51.100.5/24\n  vlan-raw-device enp1s0\n'),
  },
  { title: 'ifupdown and NetworkManager, the master', ...withNetworkManager('auto enp1s0\niface enp1s0 inet dhcp\n') },
  { title: 'ifupdown and NetworkManager, the VF', ...withNetworkManager('auto enp2s0\niface enp2s0 inet dhcp\n') },
  { title: 'ifupdown and NetworkManager, no stanza', ...withNetworkManager('') },
  { title: 'ifupdown, a pattern', ...ifupdown('auto /en*=en\niface en inet dhcp\n') },
  {
    title: 'ifupdown, by MAC',
    ...ifupdown(`auto mac/${mac}=wan\niface wan inet static\n  address 198.51.100.5/24\n`),
  },
  {
    title: 'ifupdown, a mapping',
    ...ifupdown(
      'auto enp1s0\nmapping enp1s0\n  script /usr/local/sbin/where\n  map home work\niface home inet dhcp\niface work inet static\n  address 198.51.100.5/24\n',
    ),
  },
  {
    title: 'ifupdown, a stanza that inherits',
    ...ifupdown('iface base inet static\n  address 198.51.100.5/24\nauto enp1s0\niface enp1s0 inherits base\n'),
  },
  {
    title: 'ifupdown, by commands',
    ...ifupdown('auto enp1s0\niface enp1s0 inet manual\n  up ip addr add 198.51.100.5/24 dev $IFACE\n'),
  },
  {
    title: 'ifupdown, a name of its own',
    ...ifupdown('rename enp1s0=lan0\nauto lan0\niface lan0 inet static\n  address 198.51.100.5/24\n'),
    links: ['lan0', 'enp1s0nsby', 'enp2s0'],
  },
  {
    title: 'networkd and NetworkManager, the address in networkd',
    system: machine('debian13', ['networkd', 'networkmanager']),
    files: {
      '/etc/systemd/network/10.network': network('Name=ens18', own),
      '/etc/NetworkManager/conf.d/x.conf': '[keyfile]\nunmanaged-devices=interface-name:ens18\n',
    },
    links: ens18,
  },
  {
    title: 'networkd and NetworkManager, the address in a profile',
    system: machine('debian13', ['networkd', 'networkmanager']),
    files: profile(`interface-name=ens18\n${manual}`),
    links: ens18,
  },
  {
    title: 'ifupdown and networkd, the address in ifupdown',
    ...ifupdown('allow-hotplug ens18\niface ens18 inet static\n address 198.51.100.5/24\n'),
    system: machine('debian13', ['ifupdown', 'networkd']),
    links: ens18,
  },
  {
    title: 'ifupdown and networkd, the address in networkd by MAC',
    ...ifupdown('', { '/etc/systemd/network/1.network': network(`MACAddress=${mac}`, own) }),
    system: machine('debian13', ['ifupdown', 'networkd']),
  },
  {
    title: 'ifupdown for lo, NetworkManager for the rest',
    ...ifupdown('source /etc/network/interfaces.d/*\n'),
    system: machine('debian13', ['ifupdown', 'networkmanager']),
  },
  {
    title: 'cloud-init for networkd, its files written',
    system: { ...machine('debian13', ['networkd']), ...cloudInit('networkd') },
    files: {
      '/etc/systemd/network/10-cloud-init-enp1s0.network': network(`Name=enp1s0\nMACAddress=${mac}`, own),
    },
  },
  {
    title: 'cloud-init for networkd that is kept off the network',
    system: { ...machine('debian13', ['netplan']), ...cloudInit('netplan') },
    files: {
      '/etc/cloud/cloud.cfg.d/99-d.cfg': 'network: {config: disabled}\n',
      '/etc/netplan/01.yaml': netplan('  ethernets:\n    ens18: {addresses: [198.51.100.5/24]}\n'),
    },
    links: ens18,
  },
  {
    title: 'cloud-init for NetworkManager, its profile written',
    system: { ...machine('debian13', ['networkmanager']), ...cloudInit('network-manager') },
    files: {
      '/etc/NetworkManager/system-connections/cloud-init-enp1s0.nmconnection': secret(
        `${profileHead}interface-name=enp1s0\n${manual}`,
      ),
    },
  },
  {
    title: 'dhcpcd on Debian, a static address',
    system: {
      '/etc/os-release': 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n',
      '/usr/sbin/dhcpcd': program,
      ...unit('dhcpcd.service'),
    },
    files: { '/etc/dhcpcd.conf': 'interface enp1s0\nstatic ip_address=198.51.100.5/24\n' },
  },
  {
    title: "RHEL 8's network-scripts",
    system: {
      '/etc/os-release': 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="8.10"\n',
      '/etc/rc.d/init.d/network': program,
      '/usr/sbin/ifup': program,
    },
    files: {
      '/etc/sysconfig/network-scripts/ifcfg-ens18': 'DEVICE=ens18\nBOOTPROTO=none\nIPADDR=198.51.100.5\nONBOOT=yes\n',
    },
    links: ens18,
    refused: { ...notOurs, says: /network-scripts.*to configure the master alone/ },
  },
  {
    title: 'wicked on SLES 15',
    system: {
      '/etc/os-release': 'ID="sles"\nVERSION_ID="15.6"\n',
      '/usr/sbin/wicked': program,
      '/usr/sbin/ifup': program,
      ...unit('wicked.service'),
    },
    files: { '/etc/sysconfig/network/ifcfg-eth0': "BOOTPROTO='static'\nIPADDR='198.51.100.5/24'\nSTARTMODE='auto'\n" },
    refused: { ...notOurs, says: /wicked.*to configure the master alone/ },
  },
  {
    title: "Alpine, busybox's ifup",
    system: alpine,
    files: { '/etc/network/interfaces': 'auto eth0\niface eth0 inet static\n address 198.51.100.5/24\n' },
    links: ['eth0', 'eth2', 'eth1'],
    refused: { ...notOurs, says: /busybox's ifup.*to use the master alone/ },
  },
  {
    title: 'Alpine, dhcpcd',
    system: {
      ...alpine,
      '/sbin/dhcpcd': program,
      '/etc/runlevels/default/dhcpcd': { link: '/etc/init.d/dhcpcd' },
    },
    files: {},
    refused: { ...notOurs, says: /dhcpcd.*to configure the master alone/ },
  },
  {
    title: 'Void Linux, dhcpcd below runit',
    system: {
      '/etc/os-release': 'ID="void"\n',
      '/usr/bin/runit': program,
      '/usr/bin/dhcpcd': program,
      '/etc/sv/dhcpcd/run': { text: '#!/bin/sh\nexec dhcpcd -B\n', mode: 0o755 },
      '/etc/runit/runsvdir/default/dhcpcd': { link: '/etc/sv/dhcpcd' },
    },
    files: { '/etc/dhcpcd.conf': 'interface enp1s0\nstatic ip_address=198.51.100.5/24\n' },
    refused: { ...notOurs, says: /dhcpcd/ },
  },
];
