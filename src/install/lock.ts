/**
 * One installation at a time: of two that read the same manifest, each would write one that knows nothing of the other's files.
 * The port has no flock(2), so it is a file that can be made only once (O_EXCL) and that names its maker; one whose maker is
 * no more was left by a run that was killed, and is taken over. In /run, which does not outlast a boot.
 */
import { isFailure, type Failure, type System } from '../system/system.ts';

export const lockPath = '/run/failoverctl.lock';

/** How long another's work is waited for: udev's settling alone may take two minutes. */
const patience = 240_000;

export interface Lock {
  release(): void;
}

/**
 * Waits for its turn on `tree`. A string: who has not ended in all that time; a Failure: the lock cannot be made. `onWait` is
 * told once, who is at it. `system` is the machine, which knows its processes; a tree without /run, or a machine without
 * /proc, goes unlocked.
 */
export function takeLock(system: System, tree: System, onWait: (who: string) => void): Lock | string | Failure {
  const me = nameProcess(system, 'self');
  const unlocked: Lock = { release: () => undefined };
  if (me === null) return unlocked;
  for (let waited = 0; ; waited += 200) {
    const failure = tree.create(lockPath, me, 0o644);
    if (failure === null) return { release: () => void tree.remove(lockPath) };
    if (failure.errno === 'ENOENT') return unlocked;
    if (failure.errno !== 'EEXIST') return failure;
    const holder = tree.read(lockPath);
    if (isFailure(holder)) continue; // it has just been released
    const pid = holder.split(' ')[0] ?? '';
    if (nameProcess(system, pid) !== holder) {
      takeAway(tree, holder, `${lockPath}.${me.split(' ')[0]}`);
      continue;
    }
    if (waited >= patience) return `process ${pid}`;
    if (waited === 0) onWait(`process ${pid}`);
    system.sleep(200);
  }
}

/** Its id and when it started, field 22 of proc_pid_stat(5): an id is used again. Null: there is no such process, or a dead one. */
function nameProcess(system: System, pid: string): string | null {
  const stat = /^(?:self|\d+)$/.test(pid) ? system.read(`/proc/${pid}/stat`) : '';
  if (isFailure(stat)) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third: the name may hold anything
  const [state, started] = [fields[0], fields[19]];
  return started === undefined || state === 'Z' ? null : `${stat.split(' ', 1)[0]} ${started}\n`;
}

/** By way of a name of our own: another run may have done so already, and what is there now be its lock. */
function takeAway(tree: System, dead: string, aside: string): void {
  if (tree.rename(lockPath, aside) !== null) return;
  if (tree.read(aside) === dead) tree.remove(aside);
  else tree.rename(aside, lockPath);
}
