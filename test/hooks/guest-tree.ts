/**
 * A guest's /sys as files, from the facts that the lab measured, complete enough for udevd's own rules engine
 * (SYSTEMD_DEVICE_VERIFY_SYSFS=0) and for shell hooks: buses, drivers, devices, netdevs.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface Netdev {
  readonly name: string;
  /** Of `devices` below. */
  readonly device: keyof typeof devices;
  readonly address: string;
  /** The name of another netdev. */
  readonly master?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

const bits = (length: number, ...set: readonly number[]): string =>
  Array.from({ length }, (_, bit) => (set.includes(bit) ? '1' : '0')).join('');
const hyperVNic = '{f8615163-df3e-46c5-913f-f2d2f965ed0e}';

/** Path below /sys/devices, bus, driver, attributes. */
const devices = {
  failover: { path: 'pci0000:00/0000:01:00.0/virtio0', bus: 'virtio', driver: 'virtio_net', features: bits(64, 5, 62) },
  // Linux 6.17 and later show 128 feature bits.
  failover128: {
    path: 'pci0000:00/0000:03:00.0/virtio1',
    bus: 'virtio',
    driver: 'virtio_net',
    features: bits(128, 5, 62),
  },
  virtio: {
    path: 'pci0000:00/0000:04:00.0/virtio2',
    bus: 'virtio',
    driver: 'virtio_net',
    features: bits(64, 5, 61, 63),
  },
  virtio128: {
    path: 'pci0000:00/0000:05:00.0/virtio3',
    bus: 'virtio',
    driver: 'virtio_net',
    features: bits(128, 5, 61, 63),
  },
  vf: { path: 'pci0000:00/0000:02:00.0', bus: 'pci', driver: 'e1000e' },
  vf2: { path: 'pci0000:00/0000:06:00.0', bus: 'pci', driver: 'iavf' },
  nic: { path: 'pci0000:00/0000:07:00.0', bus: 'pci', driver: 'e1000e' },
  nic2: { path: 'pci0000:00/0000:08:00.0', bus: 'pci', driver: 'e1000e' },
  netvsc: { path: 'LNXSYSTM:00/VMBUS:00/f8b3781a', bus: 'vmbus', driver: 'hv_netvsc', class_id: hyperVNic },
  netvsc2: { path: 'LNXSYSTM:00/VMBUS:00/f8b3781b', bus: 'vmbus', driver: 'hv_netvsc', class_id: hyperVNic },
  hyperVf: { path: 'LNXSYSTM:00/VMBUS:00/47505500/pci4750:00/4750:00:02.0', bus: 'pci', driver: 'mlx5_core' },
  hyperVf2: { path: 'LNXSYSTM:00/VMBUS:00/47505600/pci4750:00/4750:00:02.0', bus: 'pci', driver: 'mlx5_core' },
  hyperVf3: { path: 'LNXSYSTM:00/VMBUS:00/47505700/pci4750:00/4750:00:02.0', bus: 'pci', driver: 'mlx5_core' },
  none: { path: 'virtual', bus: '', driver: '' },
} as const;

export const mac = '52:54:00:00:12:53';

/** Writes the tree below `root`, which becomes /sys. Interface indices count from 2, in order. */
export function writeTree(root: string, netdevs: readonly Netdev[]): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const link = (path: string, target: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(relative(dirname(path), target), join(root, path));
  };
  const made = new Set<string>();
  const makeDevice = (path: string, bus: string, driver: string): void => {
    if (made.has(path)) return;
    made.add(path);
    write(`${path}/uevent`, driver === '' ? '' : `DRIVER=${driver}\n`);
    mkdirSync(join(root, 'bus', bus, 'drivers', driver), { recursive: true });
    link(`${path}/subsystem`, `bus/${bus}`);
    if (driver !== '') link(`${path}/driver`, `bus/${bus}/drivers/${driver}`);
  };
  const directoryOf = ({ name, device }: Netdev): string => `devices/${devices[device].path}/net/${name}`;
  mkdirSync(join(root, 'class/net'), { recursive: true });
  for (const [index, netdev] of netdevs.entries()) {
    const { name, device, address, master, attributes = {} } = netdev;
    const { path, bus, driver, ...own } = devices[device];
    const directory = directoryOf(netdev);
    if (device !== 'none') {
      const parents = path.split('/');
      for (const [depth, part] of parents.slice(0, -1).entries()) {
        const parent = `devices/${parents.slice(0, depth + 1).join('/')}`;
        if (/^[0-9a-f]{4}:/.test(part)) makeDevice(parent, 'pci', 'virtio-pci');
        else if (part.startsWith('475')) makeDevice(parent, 'vmbus', 'hv_pci');
      }
      makeDevice(`devices/${path}`, bus, driver);
      for (const [attribute, text] of Object.entries(own)) write(`devices/${path}/${attribute}`, `${text}\n`);
      link(`${directory}/device`, `devices/${path}`);
    }
    write(`${directory}/uevent`, `INTERFACE=${name}\nIFINDEX=${index + 2}\n`);
    for (const [attribute, text] of Object.entries({
      address,
      ifindex: String(index + 2),
      flags: '0x1002',
      ...attributes,
    })) {
      write(`${directory}/${attribute}`, `${text}\n`);
    }
    link(`${directory}/subsystem`, 'class/net');
    link(`class/net/${name}`, directory);
    const upper = netdevs.find((other) => other.name === master);
    if (upper !== undefined) link(`${directory}/master`, directoryOf(upper));
  }
}

/** Every kind of link that a rule or hook has to tell from the others. The comment is what detect calls it. */
export const everyLink: readonly Netdev[] = [
  { name: 'eth0', device: 'failover', address: mac }, // master
  { name: 'eth1', device: 'failover', address: mac, master: 'eth0', attributes: { phys_port_name: 'sby' } }, // standby
  { name: 'eth2', device: 'vf', address: mac, master: 'eth0', attributes: { phys_port_name: 'p0' } }, // primary
  { name: 'brport', device: 'failover128', address: '52:54:00:00:12:54', master: 'br0' }, // master, in a bridge
  {
    name: 'orphan',
    device: 'failover128',
    address: '52:54:00:00:12:54',
    attributes: { phys_port_name: 'sby' },
  }, // standby, not enslaved
  { name: 'vf128', device: 'vf2', address: '52:54:00:00:12:54', master: 'brport' }, // primary
  { name: 'plain', device: 'virtio', address: '52:54:00:aa:00:01' }, // none
  { name: 'twin', device: 'virtio128', address: mac }, // none: the kernel takes only PCI devices for primaries
  { name: 'pending', device: 'nic', address: mac }, // pending
  { name: 'bondport', device: 'nic2', address: mac, master: 'bond0', attributes: { flags: '0x1802' } }, // none
  { name: 'br0', device: 'none', address: '52:54:00:00:12:54' }, // none
  { name: 'bond0', device: 'none', address: '52:54:00:aa:00:03' }, // none
  { name: 'vlan', device: 'none', address: mac }, // none
  { name: 'hv0', device: 'netvsc', address: '00:0d:3a:00:00:01' }, // master
  { name: 'hvvf', device: 'hyperVf', address: '00:0d:3a:00:00:01', master: 'hv0', attributes: { flags: '0x1843' } }, // primary
  { name: 'hvrace', device: 'hyperVf2', address: '00:0d:3a:00:00:02', attributes: { flags: '0x1802' } }, // primary, its master not yet seen
  { name: 'hvfree', device: 'hyperVf3', address: '00:0d:3a:00:00:03', attributes: { flags: '0x1003' } }, // none
  { name: 'hv1', device: 'netvsc2', address: '00:0d:3a:00:00:04' }, // master
];
