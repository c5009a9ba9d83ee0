/** FO104 slave-taken-down: A slave is taken or kept down. */
import { fixSlaveClaim } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { describePhase, effectOf, findHarm, matchOf, nameLinks, onHits } from '../slave-claims.ts';

const kinds = ['down'] as const;

export const slaveTakenDown: Rule = {
  id: 'FO104',
  name: 'slave-taken-down',
  severity: 'error',
  what: 'A slave is taken or kept down.',
  why: 'The master sends on slaves that are up. With the primary down the master receives nothing; a standby that is down stays down when the VF is unplugged, and the guest has no network.',
  source: 'net_failover_start_xmit() in drivers/net/net_failover.c; measured on triples of kernel 6.1 and 6.12',
  bad: [
    {
      files: {
        '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n    post-up ip link set enp1s0nsby down\n',
      },
    },
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nType=ether\n\n[Link]\nActivationPolicy=always-down\n\n[Network]\nLinkLocalAddressing=no\n',
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
        message: `${links}: ${claim.manager} takes it down${describePhase(group)}, expected it up: the master sends through it`,
        place: effect?.place ?? claim.place,
        related: matchOf(claim),
        help: `remove this setting, or keep ${claim.manager} off the slaves: 'failoverctl install'`,
        // a match of the master alone would take that one down instead
        fix: view.complete && effect?.detail === undefined ? fixSlaveClaim(view, group) : null,
      });
    }),
};
