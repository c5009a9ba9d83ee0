/** FO101 dhcp-on-slave: A network manager requests addresses by DHCP on a standby or a primary. */
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

const kinds = ['dhcp4', 'dhcp6'] as const;

export const dhcpOnSlave: Rule = {
  id: 'FO101',
  name: 'dhcp-on-slave',
  severity: 'error',
  what: 'A network manager requests addresses by DHCP on a standby or a primary.',
  why: 'A DHCP client on a slave gets a lease, since packet sockets see all frames. But packets to that address arrive on the master, and the routes compete: the guest loses all its traffic.',
  source: 'measured on Debian 12 and 13; net_failover_handle_frame() in drivers/net/net_failover.c',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nType=ether\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  check: (view) =>
    findHarm(view, kinds).map((group) => {
      const { claim, hits } = group;
      const effect = effectOf(claim, kinds);
      const links = nameLinks(hits);
      return onHits(group, 'error', {
        message: `${links}: ${claim.manager} requests addresses by DHCP${describePhase(group)}, only the master ${nameMasters(view, hits)} should`,
        place: effect?.place ?? claim.place,
        related: matchOf(claim),
        help: describeWayOut(claim),
        fix: fixSlaveClaim(view, group),
      });
    }),
};
