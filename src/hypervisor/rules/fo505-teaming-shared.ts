/** FO505 teaming-shared: two VFs for one virtio NIC. */
import { teamedPairs } from '../domain.ts';
import { exampleDomain, goodPair, goodPrimary, placeIn, type DomainRule } from './rule.ts';

export const teamingShared: DomainRule = {
  id: 'FO505',
  name: 'teaming-shared',
  severity: 'error',
  what: 'Two transient devices name the same persistent NIC.',
  why: 'libvirt accepts it, and QEMU ends at start: it cannot attach more than one primary device to one standby.',
  source: 'QEMU hw/net/virtio-net.c, failover_find_primary_device; run on QEMU 7.2 and 10.0',
  bad: [exampleDomain(`${goodPair}\n${goodPrimary.replace("function='0x5'", "function='0x6'")}`)],
  good: [exampleDomain(goodPair)],
  check: (domain) => {
    const pairs = teamedPairs(domain);
    return pairs.flatMap(({ persistent, transient }, index) => {
      const first = pairs.slice(0, index).find((other) => other.persistent === persistent)?.transient;
      const [teaming] = transient.teaming;
      if (first === undefined || teaming === undefined) return [];
      return {
        message: `a second VF for '${persistent.alias ?? ''}': QEMU ends at start, it takes one`,
        place: placeIn(domain, teaming.element, 'persistent'),
        related: [{ place: placeIn(domain, first.element), label: 'the first' }],
      };
    });
  },
};
