/** FO510 persistent-alone: a standby that no VF points at. */
import { isPersistent, teamedPairs, type NetDevice } from '../domain.ts';
import { exampleDomain, goodPair, goodStandby, placeIn, type DomainRule } from './rule.ts';

export const persistentAlone: DomainRule = {
  id: 'FO510',
  name: 'persistent-alone',
  severity: 'warning',
  what: 'A NIC with a persistent <teaming> and an alias is named by no transient device.',
  why: 'The guest gets a master and a standby and works, on virtio alone. That is right after a VF was detached; in a persistent configuration it means that the VF is missing.',
  source: 'drivers/net/net_failover.c',
  bad: [exampleDomain(goodStandby)],
  good: [exampleDomain(goodPair)],
  check: (domain) => {
    const pairs = teamedPairs(domain);
    const paired = new Set(pairs.flatMap(({ persistent, transient }) => [persistent, transient]));
    // A VF that points elsewhere, or has a faulty <teaming>, is the cause, and another rule reports it.
    const isLost = (device: NetDevice) => device.teaming.length > 0 && !isPersistent(device) && !paired.has(device);
    if (domain.devices.some((device) => isLost(device) || device.teaming.length > 1)) return [];
    return domain.devices.filter(isPersistent).flatMap((device) => {
      const {
        element,
        alias,
        teaming: [teaming],
      } = device;
      if (alias === undefined || !alias.startsWith('ua-') || paired.has(device)) return [];
      return [
        {
          message: `no VF names '${alias}': the guest will run on virtio alone`,
          place: placeIn(domain, teaming?.element ?? element),
        },
      ];
    });
  },
};
