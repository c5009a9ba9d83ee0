/** One netdev as sysfs shows it, read with as few system calls as the question needs. */
import { baseName } from '../text/base-name.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';

export const netDirectory = '/sys/class/net';

/**
 * What a netdev sits on, told from the path its class link points to:
 * `virtual` has no device (bond, bridge, veth, lo), `virtio` and `pci` are what a failover triple is made of, `other`
 * has to be asked for its driver (Hyper-V's vmbus, USB, platform).
 */
export type Parent = 'virtual' | 'virtio' | 'pci' | 'other';

export interface ClassLink {
  readonly name: string;
  readonly parent: Parent;
  /** The parent device's path, to see which netdevs share one; empty for a virtual one. */
  readonly device: string;
}

/**
 * Reads what /sys/class/net/NAME points to: one readlink(2). In a copied tree where NAME is a directory, the `device`
 * link below it tells the same.
 */
export function readClassLink(system: System, name: string): ClassLink | Failure {
  const target = system.readlink(`${netDirectory}/${name}`);
  if (!isFailure(target)) return classLinkOf(name, target.slice(0, target.lastIndexOf('/net/')));
  if (target.errno !== 'EINVAL') return target;
  const device = system.readlink(`${netDirectory}/${name}/device`);
  if (!isFailure(device)) return classLinkOf(name, device);
  if (device.errno === 'ENOENT') return { name, parent: 'virtual', device: '' };
  return device; // ENOTDIR: bonding_masters is a file among the links
}

function classLinkOf(name: string, device: string): ClassLink {
  if (device.endsWith('/devices/virtual')) return { name, parent: 'virtual', device: '' };
  const bus = baseName(device);
  if (/^virtio\d+$/.test(bus)) return { name, parent: 'virtio', device };
  if (/^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(bus)) return { name, parent: 'pci', device };
  return { name, parent: 'other', device };
}

/** An attribute of a netdev without its newline. Many answer EINVAL while the link is down, EOPNOTSUPP where a driver lacks it. */
export function readAttribute(system: System, name: string, attribute: string): string | Failure {
  const text = system.read(`${netDirectory}/${name}/${attribute}`);
  return isFailure(text) ? text : text.replace(/\n$/, '');
}

/** The name that a link below a netdev's directory ends in: `master` gives the master's name, `device/driver` the driver's. */
export function readLinkName(system: System, name: string, link: string): string | Failure {
  const target = system.readlink(`${netDirectory}/${name}/${link}`);
  return isFailure(target) ? target : baseName(target);
}
