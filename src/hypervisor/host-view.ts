/** What rules may know of this host: its VFs by sysfs and ip(8), libvirt's networks, libvirt's and QEMU's versions by virsh(1). */
import { isFailure, type System } from '../system/system.ts';
import { parseXml } from '../text/xml.ts';
import { childOf, childrenOf, valueOf } from '../text/xml-element.ts';
import { readVfSettings } from './forwarding.ts';
import type { Libvirt } from './libvirt.ts';
import type { HostNetwork, HostView } from './rules/rule.ts';
import { readVirtualFunction } from './virtual-function.ts';

export function readHostView(system: System, libvirt: Libvirt): Omit<HostView, 'guest'> {
  const hasPci = !isFailure(system.list('/sys/bus/pci/devices'));
  const versions = libvirt.versions();
  return {
    virtualFunction: (address) => (hasPci ? readVirtualFunction(system, address) : null),
    vfSettings: ({ pf, number }) => (pf.netdev === null ? null : readVfSettings(system, pf.netdev, number)),
    networks: libvirt.networks().flatMap((text) => readNetwork(text) ?? []),
    libvirtVersion: versions?.libvirt ?? null,
    qemuVersion: versions?.qemu ?? null,
  };
}

/** A network as `virsh net-dumpxml` prints it; null: it is none. */
export function readNetwork(text: string): HostNetwork | null {
  const { root, faults } = parseXml({ path: 'network', text });
  if (root?.name !== 'network' || faults.length > 0) return null;
  const forward = childOf(root, 'forward');
  const vlan = childOf(root, 'vlan');
  const mtu = valueOf(childOf(root, 'mtu'), 'size');
  const tags = childrenOf(vlan, 'tag').map((tag) => valueOf(tag, 'id') ?? '');
  return {
    name: childOf(root, 'name')?.text.trim() ?? '',
    // virNetworkForwardDefParseXML(): without a mode it is NAT
    forward: forward === undefined ? null : (valueOf(forward, 'mode') ?? 'nat'),
    bridge: valueOf(childOf(root, 'bridge'), 'name') ?? null,
    mtu: mtu === undefined ? null : Number(mtu),
    vlan: vlan === undefined ? null : `${tags.join(',')}${valueOf(vlan, 'trunk') === 'yes' ? ' trunk' : ''}`,
  };
}
