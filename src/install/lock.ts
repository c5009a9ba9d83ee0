/**
 * One installation at a time: of two that read the same manifest, each would write one that knows nothing of the other's files.
 * The port has no flock(2), so it is a file that names its maker and gets its name when it is written: link(2) makes it once.
 * One whose maker is no more was left by a run that was killed, and is taken over. In /run, which does not outlast a boot.
 */
import { isFailure, type Failure, type System } from '../system/system.ts';

const directory = '/run';
const lockName = 'failoverctl.lock';
export const lockPath = `${directory}/${lockName}`;

/** How long another's work is waited for: udev's settling alone may take two minutes. */
const patience = 240_000;
/** How long one that names nobody is: version 0.1 wrote into it once it had its name. */
const emptyPatience = 10_000;
/** How often in a row it may be there to a call and gone to the next. */
const maximalVanishings = 100;

export interface Lock {
  release(): void;
}

/**
 * Waits for its turn on `tree`. A string: who has not ended in all that time; a Failure: the lock cannot be made, or is no
 * file. `onWait` is told once, who is at it. `system` is the machine, which knows its processes; a tree without /run or without
 * room, or a machine without /proc, goes unlocked.
 */
export function takeLock(system: System, tree: System, onWait: (who: string) => void): Lock | string | Failure {
  const unlocked: Lock = { release: () => undefined };
  const self = system.read('/proc/self/stat');
  if (isFailure(self) && self.errno !== 'ENOENT') return self;
  const me = isFailure(self) ? null : nameIn(self);
  if (me === null) return unlocked;
  const aside = `${lockPath}.${me.split(' ')[0]}`;
  let vanished = 0;
  for (let waited = 0; ;) {
    const failure = makeLock(tree, aside, me);
    if (failure === null) {
      clearAsides(system, tree);
      return { release: () => void tree.remove(lockPath) };
    }
    // on a full disk `uninstall` must go on: it makes room
    if (failure.errno === 'ENOENT' || failure.errno === 'ENOSPC' || failure.errno === 'EDQUOT') return unlocked;
    if (failure.errno !== 'EEXIST') return failure;
    const holder = readHolder(tree);
    if (isFailure(holder)) {
      vanished += 1;
      if (holder.errno !== 'ENOENT' || vanished > maximalVanishings) return holder;
      continue; // it has just been released
    }
    const pid = holder.split(' ')[0] ?? '';
    if (holder === '' ? waited >= emptyPatience : !isHolding(system, pid, holder)) {
      takeAway(tree, holder, `${aside}.old`);
      continue;
    }
    const who = holder === '' ? 'a process that has not said who it is' : `process ${pid}`;
    if (waited >= patience) return who;
    if (waited === 0) onWait(who);
    system.sleep(200);
    waited += 200;
  }
}

/** A file that has its text before it has its name. A file system without hard links gets one that is empty for a moment. */
function makeLock(tree: System, aside: string, text: string): Failure | null {
  let failure = tree.create(aside, text, 0o644);
  if (failure?.errno === 'EEXIST') failure = tree.remove(aside) ?? tree.create(aside, text, 0o644); // a process had our id
  if (failure !== null) return { ...failure, path: failure.path.replace(aside, lockPath) };
  const linked = tree.link(aside, lockPath);
  tree.remove(aside);
  return linked?.errno === 'EPERM' || linked?.errno === 'EOPNOTSUPP' ? tree.create(lockPath, text, 0o644) : linked;
}

function readHolder(tree: System): string | Failure {
  const status = tree.lstat(lockPath);
  if (isFailure(status)) return status;
  if (status.kind === 'file') return tree.read(lockPath);
  return { errno: status.kind === 'directory' ? 'EISDIR' : 'EFTYPE', path: lockPath };
}

/** Does the process that a lock names live, and is it one of ours? An image may name any process of its host. */
function isHolding(system: System, pid: string, holder: string): boolean {
  if (nameProcess(system, pid) !== holder) return false;
  const words = system.read(`/proc/${pid}/cmdline`);
  if (isFailure(words) || words.includes('failoverctl')) return true; // one that does not let itself be looked at may be
  const [its, ours] = [system.readlink(`/proc/${pid}/exe`), system.readlink('/proc/self/exe')];
  return !isFailure(its) && its === ours && !/\/node[^/]*$/.test(its);
}

/** Its id and when it started, field 22 of proc_pid_stat(5): an id is used again. Null: there is no such process, or a dead one. */
function nameProcess(system: System, pid: string): string | null {
  const stat = /^\d+$/.test(pid) ? system.read(`/proc/${pid}/stat`) : '';
  return isFailure(stat) ? null : nameIn(stat);
}

function nameIn(stat: string): string | null {
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

/** What runs have left that were killed while they made their lock. */
function clearAsides(system: System, tree: System): void {
  const names = tree.list(directory);
  for (const name of isFailure(names) ? [] : names) {
    const pid = name.startsWith(`${lockName}.`)
      ? /^\.(\d+)(?:\.old)?$/.exec(name.slice(lockName.length))?.[1]
      : undefined;
    if (pid !== undefined && nameProcess(system, pid) === null) tree.remove(`${directory}/${name}`);
  }
}
