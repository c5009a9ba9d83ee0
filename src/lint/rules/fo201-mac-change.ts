/** FO201 mac-change: a MAC is set on a link of a failover group. */
import type { Rule } from '../rule.ts';
import { effectOf, groupClaims, nameLinks, onHits } from '../slave-claims.ts';

export const macChange: Rule = {
  id: 'FO201',
  name: 'mac-change',
  severity: 'error',
  what: 'A MAC address, or a policy for one, set on a master or its standby.',
  why: 'The kernel refuses it (EOPNOTSUPP), since the MAC is what pairs the links: the manager gives up on the link, or logs an error at each start. On a primary it succeeds, and switches learn another address.',
  source: 'net_failover has no ndo_set_mac_address; virtnet_set_mac_address() refuses',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover\n\n[Link]\nMACAddress=02:00:00:00:00:01\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
    {
      files: {
        '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n    hwaddress ether 02:00:00:00:00:01\n',
      },
    },
  ],
  good: [{ files: { '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n' } }],
  check: ({ decisions }) =>
    groupClaims(decisions.filter(({ link }) => link.group !== null)).flatMap((group) => {
      const { claim, hits } = group;
      const effect = effectOf(claim, ['mac']);
      const masters = hits.filter(({ link }) => link.role === 'master');
      const shown = masters.length > 0 ? masters : hits;
      if (effect === undefined || ['permanent', 'preserve', 'persistent'].includes(effect.detail ?? '')) return [];
      return onHits({ ...group, hits: shown }, 'error', {
        message: `${nameLinks(shown)}: the kernel refuses to change the MAC to ${effect.detail ?? 'another'}, expected no MAC setting`,
        place: effect.place,
        help: "set the MAC on the hypervisor's side, on both NICs of the pair",
      });
    }),
};
