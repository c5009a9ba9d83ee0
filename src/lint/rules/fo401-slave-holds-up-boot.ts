/** FO401 slave-holds-up-boot: network-online.target waits for a slave. */
import { fixSlaveClaim } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { describePhase, effectOf, findHarm, findSlaveClaims, nameLinks, onHits } from '../slave-claims.ts';

const harmful = ['dhcp4', 'dhcp6', 'address', 'route', 'enslave', 'stack', 'down', 'ra', 'mac', 'mtu'] as const;

export const slaveHoldsUpBoot: Rule = {
  id: 'FO401',
  name: 'slave-holds-up-boot',
  severity: 'warning',
  what: 'A slave that network-online.target waits for, which never gets the address it waits for.',
  why: 'Since Linux 6.2 slaves have no IPv6 link-local address; networkd waits for one, and systemd-networkd-wait-online for networkd, until its two minutes are over.',
  source: 'measured on Debian 13; IFF_NO_ADDRCONF, commit cb54d392279d; systemd-networkd-wait-online.service(8)',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': '[Match]\nType=ether\n\n[Network]\nIPv6AcceptRA=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': '[Match]\nType=ether\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  check: (view) => {
    const reported = new Set(findHarm(view, harmful).map(({ claim }) => claim.place));
    return findSlaveClaims(view).flatMap((group) => {
      const { claim, hits } = group;
      const wait = effectOf(claim, ['wait-online']);
      if (wait === undefined || effectOf(claim, ['link-local6']) === undefined || reported.has(claim.place)) return [];
      return onHits(group, 'warning', {
        message: `${nameLinks(hits)}: boot waits${describePhase(group)} for an IPv6 link-local address that never comes, expected no wait`,
        place: wait.place,
        help: 'leave slaves unmanaged, or RequiredForOnline=no and LinkLocalAddressing=no for them',
        fix: fixSlaveClaim(view, group),
      });
    });
  },
};
