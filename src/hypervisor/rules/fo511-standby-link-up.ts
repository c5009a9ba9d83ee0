/** FO511 standby-link-up: a standby with carrier while a VF is in use. */
import { childOf } from '../../text/xml-element.ts';
import { teamedPairs } from '../domain.ts';
import { insertInto, setAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPair, goodPrimary, goodStandby, placeIn, type DomainRule } from './rule.ts';

export const standbyLinkUp: DomainRule = {
  id: 'FO511',
  name: 'standby-link-up',
  severity: 'info',
  what: "The virtio NIC of a teamed pair has no <link state='down'/>.",
  why: "The guest works either way: it sends on the VF and drops what arrives on the standby. With carrier, the host's bridge learns the guest's MAC on the tap when the guest is flooded or migrated, and may then send its frames there, where the guest drops them. The kernel's document starts the NIC with its link down and sets it up for a migration only, as 'failoverctl host migrate' and 'reattach' do.",
  source: 'Documentation/networking/net_failover.rst; net_failover_handle_frame',
  bad: [exampleDomain(`${goodStandby.replace("  <link state='down'/>\n", '')}\n${goodPrimary}`)],
  good: [exampleDomain(goodPair)],
  check: (domain) =>
    teamedPairs(domain).flatMap(({ persistent }) => {
      if (persistent.linkState === 'down') return [];
      const link = childOf(persistent.element, 'link');
      const message =
        "the virtio NIC's link is up while the VF is in use: frames that the bridge sends to it are dropped";
      return {
        message,
        place: link === undefined ? placeIn(domain, persistent.element) : placeIn(domain, link, 'state'),
        fix: {
          description: 'start the virtio NIC with its link down',
          // The guest has no network if its VF is not available.
          safe: false,
          edits: [
            link === undefined
              ? insertInto(domain.document, persistent.element, "<link state='down'/>\n")
              : setAttribute(domain.document, link, 'state', 'down'),
          ],
        },
      };
    }),
};
