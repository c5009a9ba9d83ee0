/** FO515 transient-shares-slot: a primary that is not alone in its PCI slot. */
import { childOf, childrenOf, valueOf, type XmlElement } from '../../text/xml-element.ts';
import { isTransient, type Domain } from '../domain.ts';
import { removeAttribute, setAttribute } from '../xml-edits.ts';
import {
  exampleDomain,
  goodPair,
  goodPrimary,
  goodStandby,
  placeIn,
  type DomainFinding,
  type DomainRule,
} from './rule.ts';

const withAddress = (slot: string) =>
  exampleDomain(
    `${goodStandby}\n${goodPrimary.replace(
      '</interface>',
      `  <address type='pci' domain='0x0000' bus='0x05' slot='0x00' ${slot}/>\n</interface>`,
    )}`,
  );

/** What a domain gives QEMU beside libvirt's own arguments. */
const withArgument = (value: string) =>
  exampleDomain(goodPair)
    .replace('<domain ', "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ")
    .replace(
      '</domain>',
      `  <qemu:commandline>\n    <qemu:arg value='-device'/>\n    <qemu:arg value='${value}'/>\n  </qemu:commandline>\n</domain>`,
    );

export const transientSharesSlot: DomainRule = {
  id: 'FO515',
  name: 'transient-shares-slot',
  severity: 'error',
  what: "A transient device's guest address has multifunction='on' or a function other than 0, another device is in its slot, or a <qemu:arg> with failover_pair_id is multifunction, as an igb always is.",
  why: "libvirt defines the domain and QEMU starts it. QEMU refuses the VF at the hot-plug, when the guest has acknowledged the standby's feature: 'failover: primary device must be in its own PCI slot'. The guest never gets its VF, and only QEMU's log says so.",
  source: 'QEMU hw/pci/pci.c, pci_qdev_realize; run on QEMU 7.2, 10.0 and 11.1, libvirt 9.0, 11.3 and 12.8',
  bad: [
    withAddress("function='0x0' multifunction='on'"),
    withAddress("function='0x1'"),
    withArgument('igb,id=vf1,bus=pci.6,netdev=n1,failover_pair_id=ua-failover1'),
    withArgument('{"driver":"e1000e","id":"vf1","bus":"pci.6","multifunction":true,"failover_pair_id":"ua-failover1"}'),
  ],
  good: [
    withAddress("function='0x0'"),
    withAddress("function='0x0' multifunction='off'"),
    withArgument('e1000e,id=vf1,bus=pci.6,netdev=n1,failover_pair_id=ua-failover1'),
    withArgument('igb,id=nic1,bus=pci.6,netdev=n1'),
  ],
  check: (domain) => [...checkAddresses(domain), ...checkArguments(domain)],
};

function checkAddresses(domain: Domain): readonly DomainFinding[] {
  const transients = domain.devices.filter(isTransient);
  if (transients.length === 0) return [];
  const inSlot = countBySlot(domain);
  return transients.flatMap(({ element }): readonly DomainFinding[] => {
    const address = childOf(element, 'address');
    const slot = slotOf(address);
    if (address === undefined || slot === null) return [];
    const isAlone = inSlot.get(slot) === 1;
    const number = valueOf(address, 'function');
    const message =
      Number(number ?? 0) !== 0
        ? `the VF is function ${number} of its slot`
        : valueOf(address, 'multifunction') === 'on'
          ? 'the VF is a multifunction device'
          : isAlone
            ? null
            : "another device is in the VF's slot";
    if (message === null) return [];
    const attribute = Number(number ?? 0) !== 0 ? 'function' : 'multifunction';
    return [
      {
        message: `${message}: expected function 0 of a slot of its own; QEMU refuses it at the hot-plug`,
        place: placeIn(domain, address, attribute),
        fix: !isAlone
          ? null
          : {
              description: 'make it the only function of its slot',
              // QEMU gives the guest no VF at all as it is.
              safe: true,
              edits: [
                ...(attribute === 'function' ? [setAttribute(domain.document, address, 'function', '0x0')] : []),
                ...(valueOf(address, 'multifunction') === 'on'
                  ? [removeAttribute(domain.document, address, 'multifunction')]
                  : []),
              ],
            },
      },
    ];
  });
}

/** How many devices, of any kind, have an address in each slot. */
function countBySlot({ element }: Domain): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const device of childrenOf(element, 'devices').flatMap(({ children }) => children)) {
    const slot = slotOf(childOf(device, 'address'));
    if (slot !== null) counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  return counts;
}

/** "0:5:0": domain, bus and slot of a guest's PCI address. */
function slotOf(address: XmlElement | undefined): string | null {
  if (valueOf(address, 'type') !== 'pci' || valueOf(address, 'bus') === undefined) return null;
  return ['domain', 'bus', 'slot'].map((part) => Number(valueOf(address, part) ?? 0)).join(':');
}

function checkArguments(domain: Domain): readonly DomainFinding[] {
  return childrenOf(domain.element, 'qemu:commandline').flatMap((line) =>
    childrenOf(line, 'qemu:arg').flatMap((argument): readonly DomainFinding[] => {
      const device = readDeviceArgument(valueOf(argument, 'value') ?? '');
      if (device.get('failover_pair_id') === undefined) return [];
      const driver = device.get('driver') ?? '';
      const isMultifunction = driver === 'igb' || /^(?:on|true|yes)$/.test(device.get('multifunction') ?? '');
      if (!isMultifunction) return [];
      const what = driver === 'igb' ? "an 'igb' is always multifunction" : `this '${driver}' is multifunction`;
      return [
        {
          message: `${what}: expected a device alone in its slot; QEMU refuses it at the hot-plug`,
          place: placeIn(domain, argument, 'value'),
        },
      ];
    }),
  );
}

/** -device's value, in either syntax: "driver,key=value", or JSON. */
function readDeviceArgument(text: string): ReadonlyMap<string, string> {
  if (!text.startsWith('{')) {
    const [driver = '', ...rest] = text.split(',');
    const split = (word: string): readonly [string, string] => {
      const at = word.indexOf('=');
      return at < 0 ? [word, 'on'] : [word.slice(0, at), word.slice(at + 1)];
    };
    return new Map([['driver', driver], ...rest.map(split)]);
  }
  try {
    const fields = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return new Map(Object.entries(fields).map(([key, value]) => [key, String(value)]));
  } catch {
    return new Map();
  }
}
