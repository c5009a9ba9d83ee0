/** FO203 mtu-on-slave: An MTU is set on a slave. */
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

const kinds = ['mtu'] as const;

export const mtuOnSlave: Rule = {
  id: 'FO203',
  name: 'mtu-on-slave',
  severity: 'warning',
  what: 'An MTU is set on a slave.',
  why: "Slaves take the master's MTU. A different one breaks large packets on one of the two paths.",
  source: 'net_failover_change_mtu() in drivers/net/net_failover.c',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nType=ether\n\n[Link]\nMTUBytes=9000\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Link]\nMTUBytes=9000\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  check: (view) =>
    findHarm(view, kinds).map((group) => {
      const { claim, hits } = group;
      const effect = effectOf(claim, kinds);
      const links = nameLinks(hits);
      return onHits(group, 'warning', {
        message: `${links}: ${claim.manager} sets the MTU to ${effect?.detail ?? 'another value'}${describePhase(group)}, only the master ${nameMasters(view, hits)} should have it set`,
        place: effect?.place ?? claim.place,
        related: matchOf(claim),
        help: describeWayOut(claim),
        fix: fixSlaveClaim(view, group),
      });
    }),
};
