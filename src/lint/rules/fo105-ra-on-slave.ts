/** FO105 ra-on-slave: A slave accepts IPv6 router advertisements. */
import { fixSlaveClaim } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import {
  describePhase,
  describeWayOut,
  effectOf,
  findHarm,
  matchOf,
  nameLinks,
  nameMasters,
  onHits,
} from '../slave-claims.ts';

const kinds = ['ra'] as const;

export const raOnSlave: Rule = {
  id: 'FO105',
  name: 'ra-on-slave',
  severity: 'warning',
  what: 'A slave accepts IPv6 router advertisements.',
  why: "The slave gets addresses and a default route of its own beside the master's, with the same interface identifier: one of them fails duplicate address detection.",
  source: 'measured on Debian 12; systemd.network(5), IPv6AcceptRA=',
  bad: [{ files: { '/etc/systemd/network/20-wan.network': '[Match]\nType=ether\n\n[Network]\nIPv6AcceptRA=yes\n' } }],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nIPv6AcceptRA=yes\n',
      },
    },
  ],
  check: (view) =>
    findHarm(view, kinds).map((group) => {
      const { claim, hits } = group;
      const effect = effectOf(claim, kinds);
      const links = nameLinks(hits);
      return onHits(group, 'warning', {
        message: `${links}: ${claim.manager} accepts router advertisements${describePhase(group)}, only the master ${nameMasters(view, hits)} should`,
        place: effect?.place ?? claim.place,
        related: matchOf(claim),
        help: describeWayOut(claim),
        fix: fixSlaveClaim(view, group),
      });
    }),
};
