/** FO509 transient-on-root-bus: a primary on a bus without hot-plug. */
import { childOf, valueOf } from '../../text/xml-element.ts';
import { isTransient } from '../domain.ts';
import { exampleDomain, goodPrimary, goodStandby, placeIn, type DomainRule } from './rule.ts';

export const transientOnRootBus: DomainRule = {
  id: 'FO509',
  name: 'transient-on-root-bus',
  severity: 'error',
  what: 'A transient device has a guest address on bus 0 of a PCI Express machine, the root complex.',
  why: 'The root complex does not support hot-plug: QEMU fails to start with "Bus \'pcie.0\' does not support hotplugging". The VF needs a pcie-root-port of its own; without an <address> libvirt gives it one.',
  source: "QEMU's own test failover-virtio-net/params/error/pcie; run on QEMU 7.2 and 10.0",
  bad: [
    exampleDomain(
      `${goodStandby}\n${goodPrimary.replace(
        '</interface>',
        "  <address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>\n</interface>",
      )}`,
    ),
  ],
  good: [
    exampleDomain(
      `${goodStandby}\n${goodPrimary.replace(
        '</interface>',
        "  <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>\n</interface>",
      )}`,
    ),
  ],
  check: (domain) =>
    domain.devices.filter(isTransient).flatMap(({ element }) => {
      const address = childOf(element, 'address');
      const bus = valueOf(address, 'bus');
      if (address === undefined || bus === undefined || Number(bus) !== 0 || !/q35|virt/.test(domain.machine ?? ''))
        return [];
      const message = 'the VF sits on bus 0, the root complex: expected a pcie-root-port, or no <address>';
      return { message, place: placeIn(domain, address, 'bus') };
    }),
};
