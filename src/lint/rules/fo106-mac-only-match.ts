/** FO106 mac-only-match: a match by MAC and nothing else, which takes all links of the group. */
import { driverOf, fixSlaveClaim } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import {
  describeKey,
  findSlaveClaims,
  isHarmless,
  isProfileByMac,
  nameLinks,
  onHits,
  tellingKeys,
} from '../slave-claims.ts';

export const macOnlyMatch: Rule = {
  id: 'FO106',
  name: 'mac-only-match',
  severity: 'warning',
  what: 'A match by MAC address and by nothing that tells the links of a failover group apart.',
  why: 'Master, standby and primary have one MAC, permanent and current. What is meant for one NIC applies to three.',
  source: 'measured on Debian 12; net/core/failover.c pairs by permanent MAC',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nMACAddress=52:54:00:00:12:53\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nMACAddress=52:54:00:00:12:53\nDriver=net_failover hv_netvsc\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  check: (view) =>
    findSlaveClaims(view).flatMap((group) => {
      const { claim, hits } = group;
      const keys = tellingKeys(claim);
      const mac = keys.find(({ on }) => on === 'mac' || on === 'permanent-mac');
      const telling = keys.some(({ on }) => on !== 'mac' && on !== 'permanent-mac' && on !== 'type' && on !== 'kind');
      // FO114 says it of a profile, which only one link can have
      if (mac === undefined || telling || isHarmless(claim) || isProfileByMac(view, claim)) return [];
      return onHits(group, 'warning', {
        message: `'${describeKey(mac)}' matches ${nameLinks(hits)} too, which have the master's MAC`,
        place: mac.place,
        help: `add the master's driver ${driverOf(view, hits[0]?.link)} to the match (networkd, netplan); NetworkManager and ifupdown match by name`,
        fix: fixSlaveClaim(view, group),
      });
    }),
};
