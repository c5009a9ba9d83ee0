/** FO202 dhcp-identity-by-link: a DHCP client identifier that is made of the link's place or the disk. */
import type { Rule } from '../rule.ts';
import { effectOf, groupClaims, onHits } from '../slave-claims.ts';

export const dhcpIdentityByLink: Rule = {
  id: 'FO202',
  name: 'dhcp-identity-by-link',
  severity: 'info',
  what: "A DHCP client on a master that identifies itself by DUID and IAID, networkd's default.",
  why: "The IAID is made of the link's slot and the DUID of /etc/machine-id: the lease differs from that of the boot loader and the initramfs, changes when the NIC moves to another slot, and is shared by clones of the disk. The MAC stays the same, except for clones, which need their own.",
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
          '[Match]\nDriver=net_failover hv_netvsc\n\n[Network]\nDHCP=ipv4\n\n[DHCPv4]\nClientIdentifier=mac\n',
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
          message: `${hits[0]?.link.name ?? 'the master'}: its DHCP client identifier '${identity.detail}' changes with the slot and the disk, expected 'mac'`,
          place: identity.place === claim.place ? (dhcp?.place ?? identity.place) : identity.place,
          help: 'ClientIdentifier=mac in [DHCPv4]; dhcp-identifier: mac in netplan',
        });
      },
    ),
};
