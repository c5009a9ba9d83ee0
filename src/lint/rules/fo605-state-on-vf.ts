/** FO605 state-on-vf: something is set once on a VF, which loses it at the next re-plug. */
import { effectOf, groupClaims, isSlave, nameLinks, nameMasters, onHits } from '../slave-claims.ts';
import type { Rule } from '../rule.ts';

export const stateOnVf: Rule = {
  id: 'FO605',
  name: 'state-on-vf',
  severity: 'warning',
  what: 'A command of a stanza for another link that sets something on a VF: a qdisc, promiscuous mode, an offload, a sysctl, an nftables chain.',
  why: 'The VF is another netdev after each unplug and live migration. What was set on it is gone, and nothing runs the command again: ifup ran it once, at boot.',
  source:
    'measured on triples of kernel 6.1 and 6.12: tc, XDP, altnames, sysctls and netdev chains do not survive a re-plug',
  bad: [
    {
      files: {
        '/etc/network/interfaces':
          'auto enp1s0\niface enp1s0 inet dhcp\n    post-up tc qdisc replace dev enp2s0 root fq\n',
      },
    },
    {
      files: {
        '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n    up ip link set dev enp2s0 promisc on\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/network/interfaces':
          'auto enp1s0\niface enp1s0 inet dhcp\n    post-up tc qdisc replace dev enp1s0 root fq\n',
      },
    },
  ],
  check: (view) =>
    groupClaims(view.decisions.filter(({ link }) => isSlave(link) && link.role !== 'standby')).flatMap((group) => {
      const effect = effectOf(group.claim, ['state']);
      if (effect === undefined) return [];
      return onHits(group, 'warning', {
        message: `${nameLinks(group.hits)}: '${effect.detail ?? ''}' is lost when the VF is unplugged, expected it on the master ${nameMasters(view, group.hits)}, or in a udev rule`,
        place: effect.place,
        help: /\bpromisc\b/.test(effect.detail ?? '')
          ? "'failoverctl install --bridge' sets VF and standby promiscuous at each re-plug, as long as the master is"
          : 'a udev rule for ENV{ID_NET_FAILOVER}=="primary" runs at each re-plug',
      });
    }),
};
