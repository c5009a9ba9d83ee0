/** FO516 transient-bus-without-hotplug: a primary on a bus that is not PCI Express, or whose port has no hot-plug. */
import { childOf, childrenOf, valueOf, type XmlElement } from '../../text/xml-element.ts';
import { firstBy, isTransient } from '../domain.ts';
import { removeAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPrimary, goodStandby, placeIn, type DomainRule } from './rule.ts';

const behind = (controller: string, slot = '0x00') =>
  exampleDomain(
    `${controller}\n${goodStandby}\n${goodPrimary.replace(
      '</interface>',
      `  <address type='pci' domain='0x0000' bus='0x03' slot='${slot}' function='0x0'/>\n</interface>`,
    )}`,
  );

/** Where QEMU can plug and unplug a PCI Express device. */
const ports: ReadonlySet<string> = new Set(['pcie-root-port', 'pcie-switch-downstream-port']);

export const transientBusWithoutHotplug: DomainRule = {
  id: 'FO516',
  name: 'transient-bus-without-hotplug',
  severity: 'error',
  what: "A transient device's guest address is on a controller that is not a PCI Express port (pcie-to-pci-bridge, pci-bridge, an expander bus), or on a port with <target hotplug='off'/>.",
  why: "libvirt defines the domain. Behind a bridge to plain PCI, QEMU starts and refuses the VF at the hot-plug: 'failover primary device must be on PCIExpress bus'. On a port without hot-plug it fails to start: 'Bus does not support hotplugging'.",
  source: 'QEMU hw/pci/pci.c and softmmu/qdev-monitor.c; run on QEMU 7.2, 10.0 and 11.1, libvirt 9.0, 11.3 and 12.8',
  bad: [
    behind("<controller type='pci' index='3' model='pcie-to-pci-bridge'/>", '0x01'),
    behind("<controller type='pci' index='3' model='pcie-root-port'>\n  <target hotplug='off'/>\n</controller>"),
  ],
  good: [
    behind("<controller type='pci' index='3' model='pcie-root-port'/>"),
    behind("<controller type='pci' index='3' model='pcie-root-port'>\n  <target hotplug='on'/>\n</controller>"),
  ],
  check: (domain) => {
    // On i440fx no bus is PCI Express: FO508's.
    if (!/q35|virt/.test(domain.machine ?? '')) return [];
    const transients = domain.devices.filter(isTransient);
    if (transients.length === 0) return [];
    const controllers = firstBy(
      childrenOf(domain.element, 'devices')
        .flatMap((devices) => childrenOf(devices, 'controller'))
        .filter((controller) => valueOf(controller, 'type') === 'pci'),
      (controller) => numberOf(controller, 'index'),
    );
    return transients.flatMap(({ element }) => {
      const address = childOf(element, 'address');
      const bus = address === undefined ? undefined : numberOf(address, 'bus');
      const controller = bus === undefined ? undefined : controllers.get(bus);
      // Bus 0 is FO509's.
      if (address === undefined || controller === undefined || bus === '0') return [];
      const model = valueOf(controller, 'model');
      const target = childOf(controller, 'target');
      const place = placeIn(domain, address, 'bus');
      const related = [{ place: placeIn(domain, controller), label: 'the controller of that bus' }];
      if (model !== undefined && !ports.has(model)) {
        const message = `the VF is on a '${model}': expected a pcie-root-port; QEMU refuses it at the hot-plug`;
        return { message, place, related };
      }
      if (target === undefined || valueOf(target, 'hotplug') !== 'off') return [];
      return {
        message: "the VF's port has hotplug='off': expected one with hot-plug; QEMU fails to start",
        place,
        related,
        fix: {
          description: "remove hotplug='off' from the port",
          safe: true,
          edits: [removeAttribute(domain.document, target, 'hotplug')],
        },
      };
    });
  },
};

/** A number in either notation, as a decimal: "0x05" and "5" are one. */
function numberOf(element: XmlElement, attribute: string): string | undefined {
  const value = Number(valueOf(element, attribute) ?? Number.NaN);
  return Number.isNaN(value) ? undefined : String(value);
}
