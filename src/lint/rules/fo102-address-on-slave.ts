/** FO102 address-on-slave: A static address or a route on a standby or a primary. */
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

const kinds = ['address', 'route'] as const;

export const addressOnSlave: Rule = {
  id: 'FO102',
  name: 'address-on-slave',
  severity: 'error',
  what: 'A static address or a route on a standby or a primary.',
  why: "Packets to the address arrive on the master only, and the slave's route competes with the master's: connections hang.",
  source: 'drivers/net/net_failover.c',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nType=ether\n\n[Network]\nAddress=192.0.2.5/24\nIPv6AcceptRA=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nAddress=192.0.2.5/24\nIPv6AcceptRA=no\n',
      },
    },
  ],
  check: (view) =>
    findHarm(view, kinds).map((group) => {
      const { claim, hits } = group;
      const effect = effectOf(claim, kinds);
      const links = nameLinks(hits);
      return onHits(group, 'error', {
        message: `${links}: ${claim.manager} sets ${effect?.kind === 'route' ? 'the route ' : ''}${effect?.detail ?? 'an address'}${describePhase(group)}, only the master ${nameMasters(view, hits)} should have it`,
        place: effect?.place ?? claim.place,
        related: matchOf(claim),
        help: describeWayOut(claim),
        fix: fixSlaveClaim(view, group),
      });
    }),
};
