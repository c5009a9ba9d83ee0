/** FO507 transient-not-hostdev: a primary that is not a device of the host. */
import { isTransient } from '../domain.ts';
import { exampleDomain, goodPair, goodPrimary, goodStandby, placeIn, type DomainRule } from './rule.ts';

export const transientNotHostdev: DomainRule = {
  id: 'FO507',
  name: 'transient-not-hostdev',
  severity: 'error',
  what: 'A device with a transient <teaming> is neither an interface of type hostdev, nor one of a network (which may be a pool of VFs), nor a PCI <hostdev>.',
  why: "libvirt's QEMU driver refuses it. A transient device is one that is passed through and unplugged for a migration.",
  source: 'libvirt: qemuValidateDomainDeviceDefNetwork, virDomainHostdevDefValidate',
  bad: [
    exampleDomain(
      `${goodStandby}\n${goodPrimary
        .replace("type='hostdev' managed='yes'", "type='bridge'")
        .replace(/<source>[^]*<\/source>/, "<source bridge='br0'/>")}`,
    ),
  ],
  good: [
    exampleDomain(goodPair),
    exampleDomain(
      `${goodStandby}\n${goodPrimary
        .replace("type='hostdev' managed='yes'", "type='network'")
        .replace(/<source>[^]*<\/source>/, "<source network='vfs'/>")}`,
    ),
  ],
  check: (domain) =>
    domain.devices.filter(isTransient).flatMap(({ element, kind, type }) => {
      const isSound = kind === 'hostdev' ? type === 'pci' : type === 'hostdev' || type === 'network';
      if (isSound) return [];
      const message = `a transient <${kind}> of type '${type ?? 'none'}': expected an interface of type 'hostdev' or 'network', or a PCI <hostdev>`;
      return { message, place: placeIn(domain, element, 'type') };
    }),
};
