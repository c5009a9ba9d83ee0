/** What one link can be in a failover group, by its own entries in sysfs. */
import { type Failure, isFailure, type System } from '../system/system.ts';
import { type ClassLink, netDirectory, readAttribute, readClassLink, readLinkName } from './link.ts';

/** VIRTIO_NET_F_STANDBY, include/uapi/linux/virtio_net.h. */
const standbyFeature = 62;

/** What a link is by its own attributes, before it is known what the others are. */
export type Part =
  | { readonly as: 'failover master'; readonly link: ClassLink; readonly lowers: readonly string[] }
  | { readonly as: 'netvsc'; readonly link: ClassLink }
  /** virtio_net that was not offered VIRTIO_NET_F_STANDBY. */
  | { readonly as: 'plain virtio'; readonly link: ClassLink }
  | { readonly as: 'standby' | 'pci' | 'none'; readonly link: ClassLink; readonly master: string | null };

/** Null for what is no link, and for a link that went away while it was read. */
export function readPart(system: System, name: string, unreadable: Failure[]): Part | null {
  const link = readClassLink(system, name);
  if (isFailure(link)) {
    if (!isGone(link) && link.errno !== 'ENOTDIR') unreadable.push(link);
    return null;
  }
  switch (link.parent) {
    case 'virtual':
      return { as: 'none', link, master: null };
    case 'pci':
      return { as: 'pci', link, master: readMaster(system, name, unreadable) };
    case 'virtio':
      return readVirtioPart(system, link, unreadable);
    case 'other':
      return readLinkName(system, name, 'device/driver') === 'hv_netvsc'
        ? { as: 'netvsc', link }
        : { as: 'none', link, master: null };
  }
}

function readVirtioPart(system: System, link: ClassLink, unreadable: Failure[]): Part {
  const features = readAttribute(system, link.name, 'device/features');
  if (isFailure(features)) note(features, unreadable);
  else if (features[standbyFeature] === '1') {
    const port = readAttribute(system, link.name, 'phys_port_name');
    if (port === 'sby') return { as: 'standby', link, master: readMaster(system, link.name, unreadable) };
    // The master has no ndo_get_phys_port_name: EOPNOTSUPP, or no such file on newer kernels.
    if (isFailure(port) && (port.errno === 'EOPNOTSUPP' || port.errno === 'ENOENT')) {
      const entries = system.list(`${netDirectory}/${link.name}`);
      if (!isFailure(entries)) {
        const lowers = entries.filter((entry) => entry.startsWith('lower_')).sort(byBytes);
        return { as: 'failover master', link, lowers };
      }
      note(entries, unreadable);
    } else if (isFailure(port)) note(port, unreadable);
  } else return { as: 'plain virtio', link };
  return { as: 'none', link, master: null };
}

/** The name of the link that this one is enslaved to. */
function readMaster(system: System, name: string, unreadable: Failure[]): string | null {
  const master = readLinkName(system, name, 'master');
  if (!isFailure(master)) return master;
  note(master, unreadable);
  return null;
}

/** A link that is unplugged while it is read answers ENOENT (its directory is gone) or ENODEV (it is being taken down). */
function isGone({ errno }: Failure): boolean {
  return errno === 'ENOENT' || errno === 'ENODEV';
}

export function note(failure: Failure, unreadable: Failure[]): void {
  if (!isGone(failure)) unreadable.push(failure);
}

/** Code units sort as the bytes do, but for names beyond the basic plane; what matters is that the order is stable. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
