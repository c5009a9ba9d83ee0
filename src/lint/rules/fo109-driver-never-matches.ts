/** FO109 driver-never-matches: driver net_failover, where the parent device's driver is compared. */
import { findManager } from '../../managers/all.ts';
import type { Claim, Decision, MatchKey } from '../../managers/claim.ts';
import type { RuleFinding } from '../../findings/rule.ts';
import { driverOf } from '../fixes.ts';
import type { Rule } from '../rule.ts';
import { describeKey } from '../slave-claims.ts';

export const driverNeverMatches: Rule = {
  id: 'FO109',
  name: 'driver-never-matches',
  severity: 'error',
  what: "A match by the driver net_failover in NetworkManager, cloud-init or a udev DRIVERS== key, which read the parent device's driver.",
  why: "On the master's parent device that driver is virtio_net, so nothing matches: an exception for the master has no effect, and the guest has no network.",
  source: 'nmp_utils_udev_get_driver() of NetworkManager 1.42 and 1.52; udev(7), DRIVERS',
  bad: [
    {
      files: {
        '/etc/udev/rules.d/95-master.rules':
          'SUBSYSTEM=="net", ACTION!="remove", DRIVERS=="net_failover", ENV{ID_WAN}="1"\n',
      },
    },
  ],
  good: [
    {
      files: {
        '/etc/udev/rules.d/95-master.rules':
          'SUBSYSTEM=="net", ACTION!="remove", ENV{ID_NET_DRIVER}=="net_failover", ENV{ID_WAN}="1"\n',
      },
    },
  ],
  check: (view) => {
    const { decisions } = view;
    const found = new Map<string, RuleFinding>();
    const alive = findLivePlaces(decisions);
    const ofMaster = driverOf(view, undefined);
    const ofParent = ofMaster === 'net_failover' ? 'virtio_net' : ofMaster;
    for (const { manager, winners, losers, passed } of decisions)
      for (const claim of [...winners, ...losers.map((loser) => loser.claim), ...passed])
        for (const key of claim.keys.filter((each) => isDead(claim, each))) {
          const id = idOf(key);
          if (found.has(id) || alive.has(id)) continue;
          found.set(id, {
            message: `'${describeKey(key)}': never matches, expected the master's name: ${manager} reads the parent device's driver, ${ofParent}`,
            place: key.place,
            help: `match the master by name; in udev rules use ENV{ID_NET_DRIVER}=="${ofMaster}"`,
          });
        }
    return [...found.values()];
  },
};

function idOf({ place: { source, span } }: MatchKey): string {
  return `${source.path}\0${span.start}`;
}

/**
 * netplan writes one line of its YAML into a udev rule, where it is dead, and into a .link file, where it names the
 * master: that line does what it is for.
 */
function findLivePlaces(decisions: readonly Decision[]): ReadonlySet<string> {
  return new Set(
    decisions
      .flatMap(({ winners }) => winners)
      .flatMap(({ keys }) => keys.filter(({ on, verdict }) => on === 'driver' && verdict === 'yes').map(idOf)),
  );
}

function isDead({ manager }: Claim, { on, value }: MatchKey): boolean {
  return (
    on === 'parent-driver' &&
    findManager(manager)?.matchesByDriver !== true &&
    /\bnet_failover\b/.test(value) &&
    !value.startsWith('!')
  );
}
