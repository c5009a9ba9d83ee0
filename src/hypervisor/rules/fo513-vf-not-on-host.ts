/** FO513 vf-not-on-host: a host address that is no VF on this host. */
import { childOf } from '../../text/xml.ts';
import { isTransient } from '../domain.ts';
import { exampleDomain, goodPair, placeIn, type DomainRule } from './rule.ts';

export const vfNotOnHost: DomainRule = {
  id: 'FO513',
  name: 'vf-not-on-host',
  severity: 'error',
  what: 'A transient device names a PCI address that this host does not have, or that is not a VF. Looked at only where the domain is linted on its own host (--host).',
  why: 'The guest does not start, or a whole PF is taken from the host. Behind a PF there is no MAC to set and no switch to fall back to.',
  source: 'Documentation/ABI/testing/sysfs-bus-pci: physfn',
  bad: [],
  good: [exampleDomain(goodPair)],
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
