/** FO512 vf-not-managed: a VF that libvirt does not take from and give back to the host. */
import { isHostDevice, isTransient } from '../domain.ts';
import { setAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPair, placeIn, type DomainRule } from './rule.ts';

export const vfNotManaged: DomainRule = {
  id: 'FO512',
  name: 'vf-not-managed',
  severity: 'warning',
  what: "A transient device that names a host address has no managed='yes'.",
  why: 'libvirt then neither binds the VF to vfio-pci before it is attached nor gives it back afterwards: starting the guest, and re-attaching after a migration, fail unless somebody does it by hand each time.',
  source: 'libvirt formatdomain, "hostdev": managed',
  bad: [
    exampleDomain(goodPair.replace(" managed='yes'", '')),
    exampleDomain(goodPair.replace("managed='yes'", "managed='no'")),
  ],
  good: [exampleDomain(goodPair)],
  check: (domain) =>
    domain.devices.flatMap((device) => {
      if (!isTransient(device) || !isHostDevice(device) || device.managed === 'yes') return [];
      const message = "the VF is not managed: expected managed='yes', or the VF bound to vfio-pci by hand";
      return {
        message,
        place: placeIn(domain, device.element, 'managed'),
        fix: {
          description: "have libvirt bind the VF: managed='yes'",
          // Somebody may bind it by hand, and want it bound when the guest is gone.
          safe: false,
          edits: [setAttribute(domain.document, device.element, 'managed', 'yes')],
        },
      };
    }),
};
