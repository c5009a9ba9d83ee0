/** FO202 dhcp-identity-by-link: a DHCP client identifier that is made of the link's place or the disk. */
import type { Rule } from '../rule.ts';
import { effectOf, groupClaims, onHits } from '../slave-claims.ts';

export const dhcpIdentityByLink: Rule = {
  id: 'FO202',
  name: 'dhcp-identity-by-link',
  severity: 'info',
  what: "A DHCP client on a master that names itself by DUID and IAID, networkd's default.",
  why: "The IAID is made of the link's slot and the DUID of /etc/machine-id: the lease is another one than the boot loader's or the initramfs's, another one after the NIC has moved to another slot, and clones of the disk share it. The MAC is the same in all of these but the last, where it must differ.",
  source: 'systemd.network(5), ClientIdentifier=; sd-dhcp-duid.c',
  bad: [
    {
      files: { '/etc/systemd/network/20-wan.network': '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=ipv4\n' },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=ipv4\n\n[DHCPv4]\nClientIdentifier=mac\n',
      },
    },
  ],
  check: ({ decisions }) =>
    groupClaims(decisions.filter(({ link, manager }) => link.role === 'master' && manager === 'networkd')).flatMap(
      (group) => {
        const { claim, hits } = group;
        const identity = effectOf(claim, ['client-id']);
        if (identity === undefined || identity.detail?.startsWith('duid') !== true) return [];
        const dhcp = effectOf(claim, ['dhcp4']);
        return onHits(group, 'info', {
          severity: 'info' as const,
          message: `${hits[0]?.link.name ?? 'the master'} names itself '${identity.detail}' to DHCP servers, which changes with its slot and with the disk: expected 'mac'`,
          place: identity.place === claim.place ? (dhcp?.place ?? identity.place) : identity.place,
          help: 'ClientIdentifier=mac in [DHCPv4]; dhcp-identifier: mac in netplan',
        });
      },
    ),
};
