/** FO401 slave-holds-up-boot: network-online.target waits for a slave. */
import { fixSlaveClaim } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { describePhase, effectOf, findHarm, findSlaveClaims, nameLinks, onHits } from '../slave-claims.ts';

const harmful = ['dhcp4', 'dhcp6', 'address', 'route', 'enslave', 'stack', 'down', 'ra', 'mac', 'mtu'] as const;

export const slaveHoldsUpBoot: Rule = {
  id: 'FO401',
  name: 'slave-holds-up-boot',
  severity: 'warning',
  what: 'A slave that network-online.target waits for, and that waits for an address it never gets.',
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
    const told = new Set(findHarm(view, harmful).map(({ claim }) => claim.place));
    return findSlaveClaims(view).flatMap((group) => {
      const { claim, hits } = group;
      const wait = effectOf(claim, ['wait-online']);
      if (wait === undefined || effectOf(claim, ['link-local6']) === undefined || told.has(claim.place)) return [];
      return onHits(group, 'warning', {
        message: `boot waits for ${nameLinks(hits)}${describePhase(group)}, which never gets the IPv6 link-local address that ${claim.manager} expects`,
        place: wait.place,
        help: 'leave slaves unmanaged, or RequiredForOnline=no and LinkLocalAddressing=no for them',
        fix: fixSlaveClaim(view, group),
      });
    });
  },
};
