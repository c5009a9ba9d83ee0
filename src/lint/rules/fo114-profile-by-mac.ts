/** FO114 profile-by-mac: a profile of NetworkManager's that knows its link by the MAC alone, so that a slave gets it. */
import type { Rule } from '../rule.ts';
import { fixIfcfg, isIfcfgPlace } from '../ifcfg-fixes.ts';
import { describeKey, findSlaveClaims, isHarmless, isProfileByMac, nameLinks, nameMasters } from '../slave-claims.ts';

export const profileByMac: Rule = {
  id: 'FO114',
  name: 'profile-by-mac',
  severity: 'error',
  what: 'A NetworkManager profile (ifcfg or keyfile) that is bound to the MAC of a failover group and to nothing else.',
  why: 'All three links have the MAC, and the profile is active on one: in 6 boots of 6 a slave had it, and never the master. When that link goes, no other takes it.',
  source: 'NetworkManager 1.42.4 with ifcfg-rh, run on a triple',
  bad: [
    {
      files: {
        '/etc/sysconfig/network-scripts/ifcfg-wan':
          'TYPE=Ethernet\nHWADDR=52:54:00:00:12:53\nBOOTPROTO=none\nONBOOT=yes\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/sysconfig/network-scripts/ifcfg-wan':
          'TYPE=Ethernet\nDEVICE=enp1s0\nHWADDR=52:54:00:00:12:53\nBOOTPROTO=dhcp\nONBOOT=yes\n',
      },
    },
  ],
  check: (view) =>
    findSlaveClaims(view).flatMap((group) => {
      const { claim, hits } = group;
      const mac = claim.keys.find(({ on }) => on === 'permanent-mac');
      if (mac === undefined || isHarmless(claim) || !isProfileByMac(view, claim)) return [];
      const masters = nameMasters(view, hits);
      return {
        message: `'${describeKey(mac)}': ${nameLinks(hits)} can take this profile before the master ${masters}, expected the master's name`,
        place: mac.place,
        link: hits[0]?.link.name,
        phase: hits[0]?.phase.name,
        help: `match by name: ${isIfcfgPlace(mac.place) ? 'DEVICE' : 'interface-name'}=${masters}`,
        fix: fixIfcfg(view, `bind the profile to the master ${masters} by its name`, [
          { place: mac.place, key: 'HWADDR', by: `DEVICE=${masters}` },
        ]),
      };
    }),
};
