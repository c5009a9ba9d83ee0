/**
 * Tells the daemons of a running guest about files that have changed, and of nothing else. Never `netplan apply`, which
 * unbinds and renames NICs by the driver that sysfs tells (netplan_cli/cli/commands/apply.py), and never a restart.
 */
import type { ManagerUses } from '../inventory/managers-in-use.ts';
import type { Step } from './step.ts';

export interface ReloadTarget {
  /** Paths that have been written, replaced or taken away. */
  readonly changed: readonly string[];
  readonly managers: ManagerUses;
  /** Every link of a failover group; no other link is touched. */
  readonly links: readonly string[];
  /** Groups that udev could not give their names: one link took the name that was meant for another. */
  readonly misnamed: readonly { readonly master: string; readonly slaves: readonly string[] }[];
  /** Is this unit active? A daemon that is not will read its files when it starts. */
  readonly running: (unit: string) => boolean;
}

/** In the order in which they must happen: udev's properties first, since the managers ask for them. */
export function planReload({ changed, managers, links, misnamed, running }: ReloadTarget): readonly Step[] {
  const changedIn = (pattern: RegExp) => changed.some((path) => pattern.test(path));
  const inUse = (name: string) => managers.uses.some(({ manager, inUse: used }) => manager === name && used);
  const steps: Step[] = [];
  const netplan = changedIn(/^\/etc\/netplan\//) && inUse('netplan');
  if (netplan) steps.push({ why: 'render netplan for its backends', run: ['netplan', 'generate'] });
  const rules = changedIn(/^\/etc\/(?:udev\/rules\.d\/|systemd\/network\/.*\.link$)/);
  if (rules || netplan) steps.push({ why: 'read the udev rules again', run: ['udevadm', 'control', '--reload'] });
  if (rules && links.length > 0) {
    steps.push(
      {
        why: 'let udev give the links their roles',
        run: triggerOf('change', links),
      },
      settle,
      ...misnamed.flatMap(nameAgain),
    );
  }
  const networkFiles = changedIn(/^\/etc\/systemd\/network\/.*\.network(?:\.d\/.*)?$/);
  if ((networkFiles || netplan) && running('systemd-networkd.service')) {
    steps.push({ why: 'let networkd read its files and match the links again', run: ['networkctl', 'reload'] });
  }
  const guard = changedIn(/^\/etc\/NetworkManager\/.*\.conf$/);
  const profiles = netplan || changedIn(/\.nmconnection$/);
  if ((guard || profiles) && running('NetworkManager.service')) {
    if (guard) {
      steps.push({ why: 'let NetworkManager read its configuration', run: ['nmcli', 'general', 'reload', 'conf'] });
    }
    if (profiles) {
      steps.push({ why: 'let NetworkManager read its profiles', run: ['nmcli', 'connection', 'reload'] });
    }
  }
  // Last: it runs netplan's generator, which writes all its files anew; networkd would take them for changed, and begin the
  // master's lease again.
  if (changedIn(/^\/etc\/systemd\/system\//)) {
    steps.push({ why: 'read the units again', run: ['systemctl', 'daemon-reload'] });
  }
  return steps;
}

/** udev waits for its own programs, and one of them may be the cloud helper that waits for ifup, and that for dhclient. */
export const settle: Step = { why: 'wait for udev', run: ['udevadm', 'settle', '--timeout=120'] };

/** udev gives names at "add" alone. The slaves first: one of them has the master's. */
function nameAgain({ master, slaves }: ReloadTarget['misnamed'][number]): readonly Step[] {
  return [
    { why: `let udev give ${slaves.join(' and ')} names of their own`, run: triggerOf('add', slaves) },
    settle,
    { why: `let udev give ${master} the name that is meant for it`, run: triggerOf('add', [master]) },
    settle,
  ];
}

function triggerOf(action: string, links: readonly string[]): readonly string[] {
  return ['udevadm', 'trigger', `--action=${action}`, ...links.map((link) => `/sys/class/net/${link}`)];
}
