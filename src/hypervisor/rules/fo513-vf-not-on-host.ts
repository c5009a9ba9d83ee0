/** FO513 vf-not-on-host: a host address that is no VF on this host. */
import { childOf } from '../../text/xml-element.ts';
import { isTransient } from '../domain.ts';
import { exampleDomain, goodPair, noHost, placeIn, type DomainRule } from './rule.ts';

export const vfNotOnHost: DomainRule = {
  id: 'FO513',
  name: 'vf-not-on-host',
  severity: 'error',
  what: 'A transient device names a PCI address that this host does not have, or that is not a VF. Checked only with --host.',
  why: "The guest does not start, or a whole PF is taken from the host. A PF's MAC cannot be set for a guest, and it has no switch to fall back to.",
  source: 'Documentation/ABI/testing/sysfs-bus-pci: physfn',
  bad: [exampleDomain(goodPair.replace("slot='0x02' function='0x5'", "slot='0x00' function='0x0'"))],
  good: [exampleDomain(goodPair)],
  exampleHost: {
    ...noHost,
    virtualFunction: (address) =>
      address === '0000:42:02.5'
        ? { address, number: 3, pf: { address: '0000:42:00.0', netdev: 'ens1f0' } }
        : `PCI device ${address} is not a VF: it has no physfn`,
  },
  check: (domain, host) =>
    domain.devices.flatMap((device) => {
      const { hostAddress } = device;
      if (!isTransient(device) || hostAddress === undefined) return [];
      const found = host.virtualFunction(hostAddress);
      if (found === null || typeof found !== 'string') return [];
      const address = childOf(childOf(device.element, 'source'), 'address') ?? device.element;
      return { message: `${found}: expected the address of a VF`, place: placeIn(domain, address) };
    }),
};
