/** FO107 name-glob-takes-slave: a pattern of names that takes slaves as well. */
import { findManager } from '../../managers/all.ts';
import { hasWildcard } from '../../text/fnmatch.ts';
import { driverOf, fixSlaveClaim } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { describeKey, findSlaveClaims, isHarmless, nameLinks, onHits, tellingKeys } from '../slave-claims.ts';

export const nameGlobTakesSlave: Rule = {
  id: 'FO107',
  name: 'name-glob-takes-slave',
  severity: 'warning',
  what: 'A pattern of link names that matches a standby or a primary.',
  why: "udev names all three links by the same scheme (enp1s0, enp1s0nsby, enp2s0), so 'en*' and 'eth*' match them all. Cloud images ship such patterns.",
  source: 'measured on Debian 12 and 13 cloud images; udev-builtin-net_id.c',
  bad: [
    {
      files: {
        '/etc/systemd/network/20-wan.network': '[Match]\nName=en*\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/20-wan.network':
          '[Match]\nName=en* eth*\nDriver=net_failover hv_netvsc\n\n[Network]\nLinkLocalAddressing=no\n',
      },
    },
  ],
  check: (view) =>
    findSlaveClaims(view).flatMap((group) => {
      const { claim, hits } = group;
      const glob = tellingKeys(claim).find(({ on, value }) => on === 'name' && hasWildcard(value));
      if (glob === undefined || isHarmless(claim)) return [];
      return onHits(group, 'warning', {
        message: `'${describeKey(glob)}': also matches ${nameLinks(hits)}, expected the master alone`,
        place: glob.place,
        help: `match the master ${findManager(claim.manager)?.matchesByDriver === true ? `by its driver ${driverOf(view, hits[0]?.link)}, or ` : ''}by its whole name`,
        fix: fixSlaveClaim(view, group),
      });
    }),
};
