/** What rules may know of this host: its VFs by sysfs, libvirt's and QEMU's versions by virsh(1). */
import { isFailure, type System } from '../system/system.ts';
import type { Libvirt } from './libvirt.ts';
import type { HostView } from './rules/rule.ts';
import { readVirtualFunction } from './virtual-function.ts';

export function readHostView(system: System, libvirt: Libvirt): HostView {
  const hasPci = !isFailure(system.list('/sys/bus/pci/devices'));
  const versions = libvirt.versions();
  return {
    virtualFunction: (address) => (hasPci ? readVirtualFunction(system, address) : null),
    libvirtVersion: versions?.libvirt ?? null,
    qemuVersion: versions?.qemu ?? null,
  };
}
