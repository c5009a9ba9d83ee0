/** FO504 teaming-macs-differ: a pair whose two MACs are not the same. */
import { escapeXml } from '../../text/xml-characters.ts';
import { childOf } from '../../text/xml-element.ts';
import { normalMac, teamedPairs } from '../domain.ts';
import { insertFirst, setAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPair, goodPrimary, goodStandby, placeIn, type DomainRule } from './rule.ts';

export const teamingMacsDiffer: DomainRule = {
  id: 'FO504',
  name: 'teaming-macs-differ',
  severity: 'error',
  what: 'The virtio NIC and the VF that points at it have different MACs, or one of them has none (libvirt then generates one). virt-clone makes such domains: it keeps the alias and generates two MACs.',
  why: 'The guest kernel pairs by permanent MAC alone. libvirt does not compare them: the guest gets a master with a standby, and a VF beside it that DHCP configures as a NIC of its own.',
  source: 'net/core/failover.c, failover_get_bymac; libvirt 9.0 and 11.3 accept it',
  bad: [
    exampleDomain(`${goodStandby}\n${goodPrimary.replace('12:53', '12:54')}`),
    exampleDomain(`${goodStandby}\n${goodPrimary.replace(/ *<mac.*\n/, '')}`),
  ],
  good: [
    exampleDomain(goodPair),
    exampleDomain(goodPair.replace('52:54:00:00:12:53', '52:54:00:00:12:53'.toUpperCase())),
  ],
  check: (domain) =>
    teamedPairs(domain).flatMap(({ persistent, transient }) => {
      const [wanted, is] = [normalMac(persistent.mac), normalMac(transient.mac)];
      // A <hostdev> has no <mac>: it was set on the PF beforehand.
      if (wanted === is || (transient.kind === 'hostdev' && is === undefined)) return [];
      const nameOf = (mac: string | undefined) => mac ?? 'none';
      const message = `the VF's MAC is ${nameOf(transient.mac)}, its virtio NIC's is ${nameOf(persistent.mac)}: expected the same`;
      const mac = childOf(transient.element, 'mac');
      const other = childOf(persistent.element, 'mac') ?? persistent.element;
      return {
        message,
        place: mac === undefined ? placeIn(domain, transient.element) : placeIn(domain, mac, 'address'),
        related: [{ place: placeIn(domain, other, 'address'), label: 'the virtio NIC' }],
        fix:
          persistent.mac === undefined || transient.kind === 'hostdev'
            ? null
            : {
                description: `give the VF the MAC ${persistent.mac}`,
                // A MAC that is not given changes at each start: nobody relies on it.
                safe: mac === undefined,
                edits: [
                  mac === undefined
                    ? insertFirst(domain.document, transient.element, `<mac address='${escapeXml(persistent.mac)}'/>`)
                    : setAttribute(domain.document, mac, 'address', persistent.mac),
                ],
              },
      };
    }),
};
