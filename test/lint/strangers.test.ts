/**
 * Trees as strangers bring them (distributions' images, build systems, cloud vendors, leftovers of installers), each with the verdict
 * that follows from what its own daemons do: lint must not be silent where a slave is taken, nor alarm where all is well.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { triple } from '../topology/sysfs.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const program = { text: '', mode: 0o755 };
const unit = (name: string): Tree => ({
  '/etc/machine-id': 'x\n',
  [`/usr/lib/systemd/system/${name}`]: '[Service]\n[Install]\nWantedBy=multi-user.target\n',
  [`/etc/systemd/system/multi-user.target.wants/${name}`]: { link: `/usr/lib/systemd/system/${name}` },
});
const withNetworkd: Tree = { ...unit('systemd-networkd.service'), '/usr/lib/systemd/systemd-networkd': program };
const withNetplan: Tree = { ...withNetworkd, '/usr/sbin/netplan': program, '/usr/libexec/netplan/generate': program };
const withManager: Tree = { ...unit('NetworkManager.service'), '/usr/sbin/NetworkManager': program };
const withIfupdown: Tree = { ...unit('networking.service'), '/usr/sbin/ifup': program };
const withIfupdown2: Tree = {
  ...unit('networking.service'),
  '/usr/sbin/ifup': { link: '/usr/share/ifupdown2/ifupdown2' },
  '/usr/share/ifupdown2/ifupdown2': program,
  '/etc/network/ifupdown2/ifupdown2.conf': '',
};
const busybox: Tree = {
  '/bin/busybox': program,
  '/sbin/ifup': { link: '/bin/busybox' },
  '/sbin/init': { link: '/bin/busybox' },
};
const netplan = (text: string): MemoryEntry => ({ text: `network:\n  version: 2\n${text}`, mode: 0o600 });
const lo = 'auto lo\niface lo inet loopback\n\n';

interface Stranger {
  readonly title: string;
  readonly tree: Tree;
  /** With the links of a running guest: ens10 with ens10nsby and ens11. */
  readonly isRunning?: true;
  readonly args?: readonly string[];
  /** Rules that must be there; of all others none at or above warning may. */
  readonly rules: readonly string[];
  /** Rules that may be there beside. */
  readonly also?: readonly string[];
}

const strangers: readonly Stranger[] = [
  {
    title: "Ubuntu's installer: one NIC by its ID",
    tree: {
      ...withNetplan,
      '/etc/netplan/00-installer-config.yaml': netplan('  ethernets:\n    ens10:\n      dhcp4: true\n'),
      '/etc/cloud/cloud.cfg.d/99-installer.cfg': 'datasource_list: [None]\n',
      '/etc/cloud/cloud.cfg.d/subiquity-disable-cloudinit-networking.cfg': 'network: {config: disabled}\n',
    },
    rules: [],
  },
  {
    title: "Ubuntu's installer: by MAC with set-name, on the guest",
    isRunning: true,
    tree: {
      ...withNetplan,
      '/etc/netplan/50-cloud-init.yaml': netplan(
        '  ethernets:\n    ens10:\n      match: {macaddress: "52:54:00:00:12:53"}\n      set-name: ens10\n      dhcp4: true\n',
      ),
    },
    rules: ['FO101', 'FO301'],
    also: ['FO105', 'FO106'],
  },
  {
    title: 'Proxmox: a bridge on the master, every other NIC named without auto',
    isRunning: true,
    tree: {
      ...withIfupdown2,
      '/etc/network/interfaces': `${lo}iface ens10 inet manual\n\niface ens11 inet manual\n\niface ens10nsby inet manual\n\nauto vmbr0\niface vmbr0 inet static\n\taddress 192.0.2.2/24\n\tgateway 192.0.2.1\n\tbridge-ports ens10\n\tbridge-stp off\n\tbridge-fd 0\n`,
    },
    rules: [],
    also: ['FO601', 'FO602'],
  },
  {
    title: 'Proxmox: a bridge on the VF',
    isRunning: true,
    tree: {
      ...withIfupdown2,
      '/etc/network/interfaces': `${lo}iface ens11 inet manual\n\nauto vmbr0\niface vmbr0 inet static\n\taddress 192.0.2.2/24\n\tgateway 192.0.2.1\n\tbridge-ports ens11\n\tbridge-stp off\n\tbridge-fd 0\n`,
    },
    rules: ['FO103', 'FO112'],
    also: ['FO110'],
  },
  {
    title: 'Armbian: every Ethernet link by DHCP',
    tree: {
      ...withNetplan,
      '/etc/netplan/10-dhcp-all-interfaces.yaml': netplan(
        '  renderer: networkd\n  ethernets:\n    all-eth-interfaces:\n      match:\n        name: "e*"\n      dhcp4: yes\n      dhcp6: yes\n',
      ),
    },
    rules: ['FO101'],
    also: ['FO107', 'FO105'],
  },
  {
    title: 'Armbian before: NetworkManager on its own',
    tree: {
      ...withManager,
      '/etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=ifupdown,keyfile\n\n[ifupdown]\nmanaged=false\n',
      '/etc/network/interfaces': `source /etc/network/interfaces.d/*\n# Network is managed by Network manager\n${lo}`,
    },
    rules: ['FO101'],
    also: ['FO105'],
  },
  {
    title: 'Raspberry Pi OS before bookworm: dhcpcd on every link',
    tree: {
      ...unit('dhcpcd.service'),
      '/usr/sbin/dhcpcd': program,
      '/etc/dhcpcd.conf': 'hostname\nclientid\npersistent\noption rapid_commit\nslaac private\n',
    },
    rules: ['FO101'],
    also: ['FO105', 'FO202'],
  },
  {
    title: 'Raspberry Pi OS: a profile for the wifi alone',
    tree: {
      ...withManager,
      '/etc/NetworkManager/system-connections/preconfigured.nmconnection': {
        text: '[connection]\nid=preconfigured\nuuid=6d7b1f4e-3c50-4c6c-8e0e-0c1d8d3a2b11\ntype=wifi\n\n[wifi]\nmode=infrastructure\nssid=home\n\n[ipv4]\nmethod=auto\n',
        mode: 0o600,
      },
    },
    rules: ['FO101'],
    also: ['FO105'],
  },
  {
    title: 'Yocto: nothing in /etc, DHCP on every wired link from /usr/lib',
    tree: {
      ...withNetworkd,
      '/usr/lib/systemd/network/80-wired.network':
        '[Match]\nType=ether\nName=!veth*\nKernelCommandLine=!root=/dev/nfs\nKernelCommandLine=!nfsroot\n\n[Network]\nDHCP=yes\n',
    },
    rules: ['FO101'],
    also: ['FO105', 'FO107'],
  },
  {
    title: 'Yocto with sysvinit and busybox: eth0',
    tree: {
      ...busybox,
      '/etc/init.d/networking': program,
      '/etc/rcS.d/S01networking': { link: '../init.d/networking' },
      '/etc/network/interfaces': `${lo}auto eth0\niface eth0 inet dhcp\niface eth1 inet dhcp\n`,
    },
    rules: [],
  },
  {
    title: 'buildroot: eth0 by S40network',
    tree: {
      ...busybox,
      '/etc/init.d/S40network': program,
      '/etc/network/interfaces': `${lo}auto eth0\niface eth0 inet dhcp\n  pre-up /etc/network/nfs_check\n  wait-delay 15\n  hostname $(hostname)\n`,
    },
    rules: [],
  },
  ...['etc', 'usr/lib'].map((below): Stranger => ({
    title: `mkosi.extra: every link by DHCP, in ${below}`,
    tree: { [`/src/mkosi.extra/${below}/systemd/network/80-dhcp.network`]: '[Match]\nName=*\n\n[Network]\nDHCP=yes\n' },
    args: ['/src'],
    rules: ['FO101'],
    also: ['FO105', 'FO107'],
  })),
  {
    title: "Packer's http folder: an autoinstall whose network takes en*",
    tree: {
      '/src/http/meta-data': '',
      '/src/http/user-data':
        '#cloud-config\nautoinstall:\n  version: 1\n  network:\n    version: 2\n    ethernets:\n      all:\n        match: {name: "en*"}\n        dhcp4: true\n',
    },
    args: ['/src/http/user-data'],
    rules: ['FO101'],
    also: ['FO107', 'FO105'],
  },
  {
    title: 'an autoinstall with a network within its network, by driver',
    tree: {
      '/src/user-data':
        '#cloud-config\nautoinstall:\n  version: 1\n  network:\n    network:\n      version: 2\n      # one NIC\n      ethernets:\n        wan:\n          match: {driver: net_failover}\n          dhcp4: true\n          dhcp-identifier: mac\n  ssh: {install-server: true}\n',
    },
    args: ['/src/user-data'],
    rules: [],
  },
  {
    title: "dracut's initrd: its default for all links",
    tree: {
      ...withNetworkd,
      '/etc/initrd-release': 'ID=debian\n',
      '/usr/lib/systemd/network/zzzz-dracut-default.network':
        '[Match]\nKind=!*\nType=!loopback\n\n[Network]\nDHCP=yes\n',
    },
    rules: ['FO101'],
    also: ['FO105'],
  },
  {
    title: 'a Kubernetes node: CNI, links of pods left alone, the master by its driver',
    tree: {
      ...withNetworkd,
      '/etc/cni/net.d/10-flannel.conflist': '{"name": "cbr0", "cniVersion": "0.3.1", "plugins": []}\n',
      '/etc/systemd/network/10-cni.network': '[Match]\nName=cni* flannel* veth*\n\n[Link]\nUnmanaged=yes\n',
      '/etc/systemd/network/20-wired.network':
        '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
    },
    rules: [],
  },
  {
    title: "a Kubernetes node: Calico's exceptions, and NetworkManager for the rest",
    tree: {
      ...withManager,
      '/etc/cni/net.d/10-calico.conflist': '{}\n',
      '/etc/NetworkManager/conf.d/calico.conf':
        '[keyfile]\nunmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico\n',
    },
    rules: ['FO101'],
    also: ['FO105'],
  },
  {
    title: 'a tree for systemd-nspawn: host0 alone',
    tree: {
      ...withNetworkd,
      '/usr/lib/systemd/network/80-container-host0.network':
        '[Match]\nKind=veth\nName=host0\nVirtualization=container\n\n[Network]\nDHCP=yes\nLinkLocalAddressing=yes\n',
    },
    rules: ['FO112'],
  },
  {
    title: 'Azure: hot-plugged links by the driver of Hyper-V, on another hypervisor',
    isRunning: true,
    tree: {
      ...withNetplan,
      '/etc/netplan/90-hotplug-azure.yaml': netplan(
        '  ethernets:\n    ephemeral:\n      dhcp4: true\n      dhcp4-overrides:\n        use-dns: false\n      match:\n        driver: hv_netvsc\n        name: "!eth0"\n      optional: true\n    hotpluggedeth0:\n      dhcp4: true\n      match:\n        driver: hv_netvsc\n        name: "eth0"\n',
      ),
    },
    rules: ['FO112'],
  },
  {
    title: "Debian's cloud images: en* and eth*",
    tree: {
      ...withNetplan,
      '/etc/netplan/90-default.yaml': netplan(
        '  ethernets:\n    all-en:\n      match:\n        name: en*\n      dhcp4: true\n      dhcp4-overrides:\n        use-domains: true\n      dhcp6: true\n      dhcp6-overrides:\n        use-domains: true\n    all-eth:\n      match:\n        name: eth*\n      dhcp4: true\n      dhcp4-overrides:\n        use-domains: true\n      dhcp6: true\n      dhcp6-overrides:\n        use-domains: true\n',
      ),
    },
    rules: ['FO101'],
    also: ['FO105', 'FO107'],
  },
  {
    title: "Amazon Linux: the cloud's own drivers, on another hypervisor",
    isRunning: true,
    tree: {
      ...withNetworkd,
      '/usr/lib/systemd/network/80-ec2.network':
        '[Match]\nDriver=ena ixgbevf vif\n\n[Link]\nMTUBytes=9001\n\n[Network]\nDHCP=yes\nIPv6DuplicateAddressDetection=0\n',
    },
    rules: ['FO112'],
  },
  {
    title: 'Fedora CoreOS: NetworkManager without a profile',
    tree: {
      ...withManager,
      '/etc/NetworkManager/conf.d/20-client-id-from-mac.conf': '[connection]\nipv4.dhcp-client-id=mac\n',
    },
    rules: ['FO101'],
    also: ['FO105'],
  },
  {
    title: 'Flatcar: zz-default for all that is no virtual link',
    tree: {
      ...withNetworkd,
      '/usr/lib/systemd/network/zz-default.network':
        '[Match]\nName=*\nType=!loopback bridge tunnel vxlan wireguard\nDriver=!veth dummy\n\n[Network]\nDHCP=yes\n\n[DHCP]\nUseMTU=true\nUseDomains=true\n',
      '/usr/lib/systemd/network/yy-vmware.network':
        '[Match]\nVirtualization=vmware\nName=*\nType=!loopback\n\n[Network]\nDHCP=yes\n',
    },
    rules: ['FO101'],
    also: ['FO105', 'FO107', 'FO002'],
  },
  {
    title: 'Alpine: OpenRC and busybox, eth0',
    tree: {
      ...busybox,
      '/etc/init.d/networking': program,
      '/etc/runlevels/boot/networking': { link: '/etc/init.d/networking' },
      '/etc/network/interfaces': `${lo}auto eth0\niface eth0 inet dhcp\n`,
    },
    rules: [],
  },
  {
    title: 'Vagrant: its own lines below eth0',
    tree: {
      ...withIfupdown,
      '/etc/network/interfaces': `${lo}allow-hotplug eth0\niface eth0 inet dhcp\n#VAGRANT-BEGIN\nauto eth1\niface eth1 inet static\n      address 192.0.2.10\n      netmask 255.255.255.0\n#VAGRANT-END\n`,
    },
    rules: [],
  },
  {
    title: 'a stanza with an address that nobody brings up',
    tree: { ...withIfupdown, '/etc/network/interfaces': `${lo}iface enp1s0 inet static\n  address 192.0.2.5/24\n` },
    rules: ['FO112'],
  },
  {
    title: 'a stanza that gives no way to an address, under another name',
    tree: { ...withIfupdown, '/etc/network/interfaces': `${lo}auto eth0\niface eth0 inet manual\n` },
    rules: ['FO112'],
  },
  {
    title: 'a bridge with an address on a NIC of another name, which is manual',
    tree: {
      ...withIfupdown,
      '/etc/network/interfaces': `${lo}auto eth0\niface eth0 inet manual\n\nauto br0\niface br0 inet dhcp\n  bridge_ports eth0\n`,
    },
    rules: [],
  },
  {
    title: 'a manual NIC whose commands give it an address',
    tree: {
      ...withIfupdown,
      '/etc/network/interfaces': `${lo}auto eth0\niface eth0 inet manual\n  up ip address add 192.0.2.5/24 dev eth0\n`,
    },
    rules: [],
  },
  {
    title: 'links without a permanent MAC, judged as an old systemd would',
    tree: {
      '/etc/systemd/network/10-virtual.network':
        '[Match]\nPermanentMACAddress=00:00:00:00:00:00\n\n[Network]\nDHCP=yes\n',
    },
    args: ['--target', 'systemd=252'],
    rules: [],
  },
  {
    title: 'networkd for another NIC by its name, without an address',
    tree: {
      ...withNetworkd,
      '/etc/systemd/network/10-x.network': '[Match]\nName=lan0\n\n[Network]\nLinkLocalAddressing=no\n',
    },
    rules: ['FO112'],
  },
  {
    title: 'NetworkManager makes connections of stanzas, and one is none that it can make',
    tree: {
      ...withManager,
      '/usr/lib/NetworkManager/1.52.1/libnm-settings-plugin-ifupdown.so': '',
      '/etc/NetworkManager/NetworkManager.conf':
        '[main]\nplugins=ifupdown,keyfile\nno-auto-default=*\n\n[ifupdown]\nmanaged=true\n',
      '/etc/network/interfaces': `${lo}iface eth0 inet static\n  netmask 255.255.255.0\n`,
    },
    rules: ['FO112'],
  },
];

interface Report {
  readonly findings: readonly { rule: string; severity: string; message: string; file: string }[];
  readonly judged: { readonly managers: readonly unknown[] };
}

for (const { title, tree, isRunning, args = [], rules, also = [] } of strangers)
  test(title, async () => {
    const system = memorySystem(isRunning === true ? { ...triple(), ...tree } : tree);
    const status = await main(['lint', '--json', ...args], system);
    assert.ok(system.stdout !== '', system.stderr);
    const { findings, judged } = JSON.parse(system.stdout) as Report;
    const loud = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
    const told = new Set(loud.map(({ rule }) => rule));
    const text = loud.map(({ rule, message, file }) => `${rule} ${file}: ${message}`).join('\n');
    for (const rule of rules) assert.ok(told.has(rule), `${rule} is missing\n${text}\n${system.stderr}`);
    assert.deepEqual(
      [...told].filter((rule) => !rules.includes(rule) && !also.includes(rule)),
      [],
      text,
    );
    assert.ok(judged.managers.length > 0, `nothing was judged\n${system.stderr}`);
    assert.ok(status === 0 || status === 1, `${status}\n${system.stderr}`);
  });
