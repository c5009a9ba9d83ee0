/** FO508 machine-without-pcie: a machine type without PCI Express. */
import { childOf } from '../../text/xml-element.ts';
import { isTransient } from '../domain.ts';
import { exampleDomain, goodPair, goodStandby, placeIn, type DomainRule } from './rule.ts';

export const machineWithoutPcie: DomainRule = {
  id: 'FO508',
  name: 'machine-without-pcie',
  severity: 'error',
  what: "A domain with a transient device has a machine type whose buses are plain PCI (i440fx, 'pc').",
  why: "QEMU accepts a primary only on PCI Express. With i440fx it refuses the VF at the hot-plug, once the guest has acknowledged the standby's feature: 'failover primary device must be on PCIExpress bus'.",
  source: "QEMU hw/net/virtio-net.c and hw/pci/pci.c: 'failover primary device must be on PCIExpress bus'",
  bad: [exampleDomain(goodPair, 'pc-i440fx-7.2'), exampleDomain(goodPair, 'pc')],
  good: [
    exampleDomain(goodPair, 'pc-q35-7.2'),
    exampleDomain(goodStandby.replace(/ *<(?:teaming|alias).*\n/g, ''), 'pc'),
  ],
  check: (domain) => {
    const { machine, element } = domain;
    if (!domain.devices.some(isTransient) || machine === undefined || !/^pc(?:$|-i440fx|-[0-9])/.test(machine))
      return [];
    const type = childOf(childOf(element, 'os'), 'type') ?? element;
    return [
      {
        message: `machine type '${machine}' has no PCI Express: expected q35`,
        place: placeIn(domain, type, 'machine'),
      },
    ];
  },
};
