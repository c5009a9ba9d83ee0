/**
 * Tells the daemons of a running guest about files that have changed, and of nothing else. Never `netplan apply`, which
 * unbinds and renames NICs by the driver that sysfs tells (netplan_cli/cli/commands/apply.py), and never a restart.
 */
import { managers as described } from '../managers/all.ts';
import type { ManagerUses } from '../inventory/managers-in-use.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { Misnamed } from '../managers/description.ts';
import type { Step } from '../managers/step.ts';

export interface ReloadTarget {
  /** Paths that have been written, replaced or taken away. */
  readonly changed: readonly string[];
  readonly managers: ManagerUses;
  /** Every link of a failover group; no other link is touched. */
  readonly links: readonly string[];
  /** Groups that udev could not give their names: one link took the name that was meant for another. */
  readonly misnamed: readonly Misnamed[];
  /** Is this unit active? A daemon that is not will read its files when it starts. */
  readonly running: (unit: string) => boolean;
  /** Is a path like this part of the installation, as it is then? */
  readonly remains: (pattern: RegExp) => boolean;
}

/** In the order in which they are judged: who writes for others, then udev's properties, since the managers ask for them. */
export function planReload({ changed, managers, links, misnamed, running, remains }: ReloadTarget): readonly Step[] {
  const changedIn = (pattern: RegExp) => changed.some((path) => pattern.test(path));
  const steps: Step[] = [];
  const rewritten = new Set<ManagerName>();
  for (const { name, reload, lowersTo = [] } of described) {
    const told =
      reload?.({
        changed: changedIn,
        rewritten: rewritten.has(name),
        inUse: managers.uses.some(({ manager, inUse }) => manager === name && inUse),
        links,
        misnamed,
        running,
      }) ?? [];
    if (told.length > 0) for (const other of lowersTo) rewritten.add(other);
    steps.push(...told);
  }
  // After all that asks a daemon to read its files: it runs netplan's generator, which writes all of them anew; networkd would
  // take them for changed, and begin the master's lease again. But before a unit is started by what has changed of it.
  const readUnits: Step = { why: 'read the units again', run: ['systemctl', 'daemon-reload'] };
  return [
    ...steps.filter((step) => !isRestart(step)),
    ...(changedIn(/^\/(?:etc|usr\/lib)\/systemd\/system\//) ? [readUnits] : []),
    ...steps.filter(isRestart),
    ...tellFollower(changedIn(follower), running(followUnit), remains),
  ];
}

function isRestart(step: Step): boolean {
  return 'run' in step && step.run[0] === 'systemctl' && step.run[1] === 'restart';
}

const followUnit = 'net-failover-promiscuity.service';
const follower = /(?:follow-promiscuity|net-failover-promiscuity\.(?:service|rules))$/;

/** Its rules start it with the master's next event; one that runs goes on with the script that it was started with. */
function tellFollower(hasChanged: boolean, isRunning: boolean, remains: (path: RegExp) => boolean): readonly Step[] {
  if (!hasChanged) return [];
  if (remains(follower))
    return [{ why: 'pass promiscuous mode on to the slaves', run: ['systemctl', 'restart', followUnit] }];
  return isRunning
    ? [{ why: 'end what passes promiscuous mode on, and take it back', run: ['systemctl', 'stop', followUnit] }]
    : [];
}
