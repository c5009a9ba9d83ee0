/** FO110 vf-pinned: a VF known by a name or slot that it loses in a migration. */
import { hasWildcard } from '../../text/fnmatch.ts';
import { findManager } from '../../managers/all.ts';
import type { Claim } from '../../managers/claim.ts';
import { driverOf } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { describeKey, findSlaveClaims, tellingKeys } from '../slave-claims.ts';

/** Only networkd can match by MAC and by what is not the driver of the master; all know what our udev rules mark. */
function describeLasting({ manager }: Claim, driver: string): string {
  const byDriver = `match slaves by PermanentMACAddress= of the master and Driver=!${driver}, or `;
  return `${findManager(manager)?.matchesByDriver === true ? byDriver : ''}keep ${manager} off all slaves by udev's marks: 'failoverctl install'`;
}

export const vfPinned: Rule = {
  id: 'FO110',
  name: 'vf-pinned',
  severity: 'warning',
  what: "A match by a VF's own name, driver or slot.",
  why: 'After a migration the VF sits on another slot of another host and has another name, maybe another driver. A guard that matches the old ones no longer matches.',
  source: 'measured: names follow the slot (systemd.net-naming-scheme(7))',
  bad: [
    {
      files: {
        '/etc/systemd/network/05-vf.network': '[Match]\nName=enp2s0\n\n[Link]\nUnmanaged=yes\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/systemd/network/05-vf.network':
          '[Match]\nPermanentMACAddress=52:54:00:00:12:53\nDriver=!net_failover hv_netvsc\n\n[Link]\nUnmanaged=yes\n',
      },
    },
  ],
  check: (view) =>
    findSlaveClaims(view).flatMap(({ claim, hits }) => {
      // commands that name a VF have rules of their own: FO104, FO605
      if (claim.effects.every(({ kind, detail }) => kind === 'state' || (kind === 'down' && detail !== undefined)))
        return [];
      const primary = hits.find(({ link }) => link.role === 'primary' && link.master !== null);
      const back = hits.some(({ phase }) => phase.name === 'vf-back');
      const survives = hits.some(({ phase, link }) => phase.name === 'vf-back' && link.role === 'primary');
      const onlyVf = hits.every(({ link }) => link.role === 'primary' || link.role === 'pending');
      if (primary === undefined || survives || (!onlyVf && back)) return [];
      const pin = tellingKeys(claim).find(
        ({ on, value }) => ['name', 'path', 'driver', 'parent-driver'].includes(on) && !hasWildcard(value),
      );
      if (pin === undefined || view.guest.phases.every(({ name }) => name !== 'vf-back')) return [];
      const { link } = primary;
      return {
        message: `'${describeKey(pin)}': matches the VF ${link.name} only until it returns on another slot, expected a match that lasts`,
        place: pin.place,
        link: link.name,
        phase: 'vf-back',
        help: describeLasting(claim, driverOf(view, link)),
      };
    }),
};
