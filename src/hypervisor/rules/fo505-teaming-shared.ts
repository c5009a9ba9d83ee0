/** FO505 teaming-shared: two VFs for one virtio NIC. */
import { teamedPairs, type NetDevice } from '../domain.ts';
import { exampleDomain, goodPair, goodPrimary, placeIn, type DomainRule } from './rule.ts';

export const teamingShared: DomainRule = {
  id: 'FO505',
  name: 'teaming-shared',
  severity: 'error',
  what: 'Two transient devices name the same persistent NIC.',
  why: "libvirt accepts it, and QEMU fails to start: 'Cannot attach more than one primary device'.",
  source: 'QEMU hw/net/virtio-net.c, failover_find_primary_device; run on QEMU 7.2 and 10.0',
  bad: [exampleDomain(`${goodPair}\n${goodPrimary.replace("function='0x5'", "function='0x6'")}`)],
  good: [exampleDomain(goodPair)],
  check: (domain) => {
    const firstOf = new Map<NetDevice, NetDevice>();
    return teamedPairs(domain).flatMap(({ persistent, transient }) => {
      const first = firstOf.get(persistent);
      if (first === undefined) firstOf.set(persistent, transient);
      const [teaming] = transient.teaming;
      if (first === undefined || teaming === undefined) return [];
      return {
        message: `a second VF for '${persistent.alias ?? ''}': QEMU fails to start, it accepts one`,
        place: placeIn(domain, teaming.element, 'persistent'),
        related: [{ place: placeIn(domain, first.element), label: 'the first' }],
      };
    });
  },
};
