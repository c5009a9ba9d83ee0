/** Small machines for trials: what os-release, the package database, programs and units say of each. */
import type { MemoryEntry } from '../../src/system/memory.ts';
import { loopback, featureBits, netdev, triple, unsupported } from '../topology/sysfs.ts';

export type Tree = Readonly<Record<string, MemoryEntry>>;

type Packages = Readonly<Record<string, string>>;

const debian = (version: string, codename: string, packages: Packages): Tree => ({
  '/etc/os-release': `ID=debian\nVERSION_ID="${version}"\nVERSION_CODENAME=${codename}\nPRETTY_NAME="Debian ${version}"\n`,
  '/var/lib/dpkg/status': Object.entries(packages)
    .map(([name, upstream]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${upstream}-1\n\n`)
    .join(''),
});

const versions = {
  debian12: { systemd: '252.39', 'netplan.io': '0.106', 'network-manager': '1.42.4', ifupdown: '0.8.41' },
  debian13: { systemd: '257.9', 'netplan.io': '1.1.2', 'network-manager': '1.52.1', ifupdown: '0.8.44' },
  'debian-sid': { systemd: '262.1', 'netplan.io': '1.2.2', 'network-manager': '1.58.1', ifupdown: '0.8.44' },
} as const;

/** Debian packages of what is there, by the manager's name. */
const packageOf: Readonly<Record<string, string>> = {
  netplan: 'netplan.io',
  networkmanager: 'network-manager',
  ifupdown: 'ifupdown',
};

const programs: Readonly<Record<string, Tree>> = {
  networkd: {
    '/usr/lib/systemd/systemd-networkd': { text: '', mode: 0o755 },
    '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n',
    '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
      link: '/usr/lib/systemd/system/systemd-networkd.service',
    },
  },
  netplan: {
    '/usr/sbin/netplan': { text: '', mode: 0o755 },
    '/usr/libexec/netplan/generate': { text: '', mode: 0o755 },
  },
  networkmanager: {
    '/usr/sbin/NetworkManager': { text: '', mode: 0o755 },
    '/usr/lib/systemd/system/NetworkManager.service': '[Service]\n',
    '/etc/systemd/system/multi-user.target.wants/NetworkManager.service': {
      link: '/usr/lib/systemd/system/NetworkManager.service',
    },
  },
  ifupdown: {
    '/usr/sbin/ifup': { text: '', mode: 0o755 },
    '/usr/lib/systemd/system/networking.service': '[Service]\n',
    '/etc/systemd/system/multi-user.target.wants/networking.service': {
      link: '/usr/lib/systemd/system/networking.service',
    },
  },
};

/** A whole system with these managers, started at boot. Without managers: the operating system's word alone. */
export function machine(os: string, managers: readonly string[]): Tree {
  const base = osTree(os, managers);
  const all = managers.includes('netplan') ? [...managers, 'networkd'] : managers;
  return Object.assign({}, base, ...all.map((name) => programs[name] ?? {})) as Tree;
}

function osTree(os: string, managers: readonly string[]): Tree {
  if (os === 'rhel8')
    return { '/etc/os-release': 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="8.10"\nPRETTY_NAME="RHEL 8.10"\n' };
  if (os === 'sles15') return { '/etc/os-release': 'ID="sles"\nID_LIKE="suse"\nVERSION_ID="15.6"\n' };
  const known = versions[os as keyof typeof versions];
  if (known === undefined) throw new Error(`'${os}' is no machine that this file knows`);
  if (managers.length === 0) return debian(os, os, {});
  const wanted = new Set(['systemd', ...managers.flatMap((name) => packageOf[name] ?? [])]);
  const packages = Object.fromEntries(Object.entries(known).filter(([name]) => wanted.has(name)));
  return debian(os.replace('debian', ''), os, packages);
}

const vfMac = '52:54:00:00:12:53';

/** /sys of a guest, by the names that cases.json uses; null: none. */
export function sysfs(kind: string | null): Tree {
  if (kind === null) return {};
  if (kind === 'triple') return { ...loopback, ...triple() };
  if (kind === 'netvsc') {
    const address = '00:0d:3a:11:22:33';
    return {
      ...loopback,
      ...netdev('eth0', 'vmbus/netvsc0', { address, driver: 'hv_netvsc', lowers: ['enP30832s1'] }),
      ...netdev('enP30832s1', 'pci7870:00/7870:00:02.0', { address, driver: 'mlx5_core', master: 'eth0' }),
    };
  }
  if (kind === 'virtio-and-vf-without-standby') {
    const features = featureBits([0, 5, 32]);
    return {
      ...loopback,
      ...netdev('ens10', 'pci0000:00/0000:00:01.0/virtio1', { address: vfMac, features, physPortName: unsupported }),
      '/sys/devices/pci0000:00/0000:00:01.0/virtio1/driver': { link: '/sys/bus/virtio/drivers/virtio_net' },
      ...netdev('ens11', 'pci0000:00/0000:00:05.0', { address: vfMac, physPortName: unsupported, driver: 'e1000e' }),
    };
  }
  throw new Error(`'${kind}' is no guest that this file knows`);
}
