/**
 * Trees of /sys/class/net for the memory System, written from the facts that the lab measured. For shapes that the lab has
 * recorded use test/fixtures/guests instead.
 */
import type { MemoryEntry } from '../../src/system/memory.ts';

export type Tree = Record<string, MemoryEntry>;

interface NetdevOptions {
  readonly address?: string;
  readonly master?: string;
  readonly lowers?: readonly string[];
  readonly carrier?: '0' | '1' | { readonly errno: string };
  /** A file's text, or the errno that it answers with; no such file if undefined. */
  readonly physPortName?: MemoryEntry;
  readonly features?: MemoryEntry;
  readonly driver?: string;
}

/** One netdev: its class link, its directory below the device, and its attributes. `device` is a path below /sys/devices. */
export function netdev(name: string, device: string, options: NetdevOptions = {}): Tree {
  const directory = `/sys/devices/${device}/net/${name}`;
  const up = '../'.repeat(2);
  const tree: Tree = {
    [`/sys/class/net/${name}`]: { link: `${up}devices/${device}/net/${name}` },
    [`${directory}/address`]: `${options.address ?? '00:00:00:00:00:00'}\n`,
    [`${directory}/carrier`]: typeof options.carrier === 'object' ? options.carrier : `${options.carrier ?? '1'}\n`,
  };
  if (!device.startsWith('virtual')) tree[`${directory}/device`] = { link: '../..' };
  if (options.driver !== undefined) {
    tree[`/sys/devices/${device}/driver`] = { link: `/sys/bus/drivers/${options.driver}` };
  }
  if (options.features !== undefined) tree[`/sys/devices/${device}/features`] = options.features;
  if (options.physPortName !== undefined) tree[`${directory}/phys_port_name`] = options.physPortName;
  if (options.master !== undefined) tree[`${directory}/master`] = { link: `../../../virtio0/net/${options.master}` };
  for (const lower of options.lowers ?? []) tree[`${directory}/lower_${lower}`] = { link: `../${lower}` };
  return tree;
}

/** The negotiated features of a virtio device: '1' at these bits, in a text of `length` characters. */
export function featureBits(bits: readonly number[], length = 64): string {
  return `${Array.from({ length }, (_, bit) => (bits.includes(bit) ? '1' : '0')).join('')}\n`;
}

export const standbyOffered = featureBits([0, 5, 32, 62]);
export const unsupported = { errno: 'EOPNOTSUPP' } as const;

/** A whole triple, as QEMU's lab guest has it; parts that are away are null. */
export function triple(
  master = 'ens10',
  standby: string | null = 'ens10nsby',
  primary: string | null = 'ens11',
  mac = '52:54:00:00:12:53',
  slot = 1,
  features: MemoryEntry = standbyOffered,
): Tree {
  const virtio = `pci0000:00/0000:0${slot}:00.0/virtio${slot}`;
  const lowers = [standby, primary].filter((name) => name !== null);
  return {
    ...netdev(master, virtio, { address: mac, features, physPortName: unsupported, lowers }),
    ...(standby === null ? {} : netdev(standby, virtio, { address: mac, features, physPortName: 'sby\n', master })),
    ...(primary === null
      ? {}
      : netdev(primary, `pci0000:00/0000:0${slot + 4}:00.0`, {
          address: mac,
          master,
          physPortName: unsupported,
          driver: 'e1000e',
        })),
  };
}

/** What every machine has beside. */
export const loopback = netdev('lo', 'virtual');
