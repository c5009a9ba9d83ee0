/** FO103 slave-in-stack: A slave is made a port of a bond or bridge, or gets a VLAN or macvlan on top. */
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

const kinds = ['enslave', 'stack'] as const;

export const slaveInStack: Rule = {
  id: 'FO103',
  name: 'slave-in-stack',
  severity: 'error',
  what: 'A slave is made a port of a bond or bridge, or gets a VLAN or macvlan on top.',
  why: 'The kernel refuses to enslave a failover slave elsewhere (EOPNOTSUPP); a VLAN on a slave gets no traffic, or loses it when the VF is unplugged.',
  source: 'do_set_master() in net/core/rtnetlink.c; net_failover has no ndo_del_slave',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': '[Match]\nType=ether\n\n[Network]\nBridge=br0\nLinkLocalAddressing=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nBridge=br0\nLinkLocalAddressing=no\n',
      },
    },
  ],
  check: (view) =>
    findHarm(view, kinds).map((group) => {
      const { claim, hits } = group;
      const effect = effectOf(claim, kinds);
      const links = nameLinks(hits);
      return onHits(group, 'error', {
        message: `${links}: ${claim.manager} ${effect?.kind === 'stack' ? 'builds' : 'makes it a port of'} ${effect?.detail ?? 'another link'}${effect?.kind === 'stack' ? ' on it' : ''}${describePhase(group)}, only the master ${nameMasters(view, hits)} should be used`,
        place: effect?.place ?? claim.place,
        related: matchOf(claim),
        help: describeWayOut(claim),
        fix: fixSlaveClaim(view, group),
      });
    }),
};
