/** How a running udev takes rules and .link files that have changed: it reads them again, and the links get an event. */
import type { Misnamed, ReloadContext } from '../description.ts';
import type { Step } from '../step.ts';

export function reloadUdev({ changed, rewritten, links, misnamed }: ReloadContext): readonly Step[] {
  const rules = changed(/^\/etc\/(?:udev\/rules\.d\/|systemd\/network\/.*\.link$)/);
  const read: readonly Step[] =
    rules || rewritten ? [{ why: 'read the udev rules again', run: ['udevadm', 'control', '--reload'] }] : [];
  if (!rules || links.length === 0) return read;
  const roles: Step = { why: 'let udev give the links their roles', run: triggerOf('change', links) };
  return [...read, roles, settle, ...misnamed.flatMap(nameAgain)];
}

/** udev waits for its own programs, and one of them may be the cloud helper that waits for ifup, and that for dhclient. */
export const settle: Step = { why: 'wait for udev', run: ['udevadm', 'settle', '--timeout=120'] };

/** udev gives names at "add" alone. The slaves first: one of them has the master's. */
function nameAgain({ master, slaves }: Misnamed): readonly Step[] {
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
