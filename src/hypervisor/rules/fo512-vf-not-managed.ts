/** FO512 vf-not-managed: a VF that libvirt does not bind to vfio-pci, nor return to its driver afterwards. */
import { childOf } from '../../text/xml-element.ts';
import { isHostDevice, isTransient, type Domain } from '../domain.ts';
import { setAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPair, placeIn, type DomainRule } from './rule.ts';

export const vfNotManaged: DomainRule = {
  id: 'FO512',
  name: 'vf-not-managed',
  severity: 'warning',
  what: "A transient device that names a host address has no managed='yes', in a domain that is not oVirt's or KubeVirt's.",
  why: 'libvirt then neither binds the VF to vfio-pci before it is attached nor returns it to its driver afterwards: starting the guest, and re-attaching after a migration, fail unless somebody does it by hand each time. oVirt (vdsm) and KubeVirt (the device plugin) bind it themselves.',
  source: 'libvirt formatdomain, "hostdev": managed; vdsm 4.50.7 and KubeVirt 1.9 write managed=\'no\'',
  bad: [
    exampleDomain(goodPair.replace(" managed='yes'", '')),
    exampleDomain(goodPair.replace("managed='yes'", "managed='no'")),
  ],
  good: [
    exampleDomain(goodPair),
    exampleDomain(goodPair.replace("managed='yes'", "managed='no'")).replace(
      '<memory ',
      `<metadata>\n    <ovirt-vm:vm xmlns:ovirt-vm='http://ovirt.org/vm/1.0'/>\n  </metadata>\n  <memory `,
    ),
  ],
  check: (domain) => {
    if (bindsItself(domain)) return [];
    return domain.devices.flatMap((device) => {
      if (!isTransient(device) || !isHostDevice(device) || device.managed === 'yes') return [];
      const message = "the VF is not managed: expected managed='yes', or the VF bound to vfio-pci by hand";
      return {
        message,
        place: placeIn(domain, device.element, 'managed'),
        fix: {
          description: "have libvirt bind the VF: managed='yes'",
          // Somebody may bind it by hand, and expect it bound when the guest has ended.
          safe: false,
          edits: [setAttribute(domain.document, device.element, 'managed', 'yes')],
        },
      };
    });
  },
};

/** The namespaces of what managers that bind VFs themselves write into <metadata>. */
const bindingManagers: ReadonlySet<string> = new Set(['http://ovirt.org/vm/1.0', 'http://kubevirt.io']);

function bindsItself({ element }: Domain): boolean {
  const written = childOf(element, 'metadata')?.children ?? [];
  return [element, ...written].some(({ attributes }) =>
    attributes.some(({ name, value }) => /^xmlns(?::|$)/.test(name) && bindingManagers.has(value)),
  );
}
