/** FO113 master-claimed-twice: two managers give a master addresses. */
import type { Claim } from '../../managers/claim.ts';
import type { Rule } from '../rule.ts';
import { configuresLinks } from '../../managers/all.ts';

const addressing = new Set(['dhcp4', 'dhcp6', 'address']);

export const masterClaimedTwice: Rule = {
  id: 'FO113',
  name: 'master-claimed-twice',
  severity: 'error',
  what: 'A master that two network managers give addresses.',
  why: 'Two DHCP clients on one link use different identities: two leases, two default routes, and each manager removes what the other has set.',
  source: 'systemd-networkd.service(8), foreign routes; interfaces(5)',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=ipv4\n\n[DHCPv4]\nClientIdentifier=mac\n',
        '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n',
      },
    },
  ],
  good: [{ files: { '/etc/network/interfaces': 'auto enp1s0\niface enp1s0 inet dhcp\n' } }],
  check: ({ decisions }) => {
    const masters = decisions.filter(
      ({ manager, link, phase }) => configuresLinks(manager) && link.role === 'master' && phase.name === 'boot',
    );
    const names = [...new Set(masters.map(({ link }) => link.name))];
    return names.flatMap((name) => {
      const claims = masters
        .filter(({ link }) => link.name === name)
        .flatMap(({ winners }): readonly Claim[] =>
          winners
            .filter(({ verdict, effects }) => verdict === 'yes' && effects.some(({ kind }) => addressing.has(kind)))
            .slice(0, 1),
        );
      const [first, ...others] = claims;
      if (first === undefined) return [];
      // which of them is on is the system's that Ignition and the like are for: generate writes for each
      const apart = others.filter((other) => !(isCarried(first) && isCarried(other)));
      return apart.map((other) => ({
        message: `${name}: both ${first.manager} and ${other.manager} configure this master, expected one of them`,
        place: other.place,
        related: [{ place: first.place, label: `${first.manager} configures it here` }],
        link: name,
        phase: 'boot',
        help:
          other.byDefault === true
            ? `${other.manager} does so unasked: tell it to leave ${name} alone, or disable it`
            : 'let one manager configure the master, and remove it from the other',
      }));
    });
  },
};

const isCarried = ({ place }: Claim): boolean => place.source.carries !== undefined;
