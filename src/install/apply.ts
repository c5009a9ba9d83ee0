/**
 * Makes a plan's changes all together or not at all. Everything that needs space or can be refused is done first, under
 * names that no daemon reads (a leading dot, our own ending); then nothing is left but renames, and each can be taken
 * back by one more rename. So a full disk, a read-only mount or a lost right leaves the tree as it was.
 */
import { isFailure, type Failure, type System } from '../system/system.ts';
import type { FileState } from '../inventory/file-state.ts';
import type { Change, Plan } from './plan.ts';

/** What went wrong, and what could not be taken back: paths that are not as they were before. */
export interface ApplyFailure {
  readonly failure: Failure;
  readonly notRestored: readonly Failure[];
}

export function applyPlan(system: System, plan: Plan): ApplyFailure | null {
  const made: string[] = [];
  const staged: string[] = [];
  const done: Change[] = [];
  const fail = (failure: Failure): ApplyFailure => {
    const notRestored = done.reverse().flatMap((change) => takeBack(system, change) ?? []);
    for (const path of staged) system.remove(path); // ENOENT for those that were renamed
    for (const path of made.reverse()) system.removeDirectory(path);
    return { failure: { ...failure, path: plainName(failure.path) }, notRestored };
  };

  for (const directory of plan.makeDirectories) {
    const failure = system.makeDirectory(directory, 0o755);
    if (failure !== null) return fail(failure);
    made.push(directory);
  }
  for (const { path, from, to } of plan.changes) {
    for (const [name, state] of [
      [newName(path), to],
      [oldName(path), from],
    ] as const) {
      if (state.kind === 'absent') continue;
      staged.push(name);
      const failure = stage(system, name, state);
      if (failure !== null) return fail(failure);
    }
  }
  for (const change of plan.changes) {
    done.push(change); // a rename whose directory could not be synced has happened all the same
    const { path, to } = change;
    const failure = to.kind === 'absent' ? system.remove(path) : system.rename(newName(path), path);
    if (failure !== null) return fail(failure);
  }
  for (const name of staged) system.remove(name);
  // A run that was killed may have left one beside a file that this one takes away, and so does not stage anew.
  for (const { path, to } of plan.changes) if (to.kind === 'absent') system.remove(newName(path));
  for (const directory of plan.removeDirectories) system.removeDirectory(directory);
  return null;
}

function newName(path: string): string {
  return hiddenBeside(path, 'new');
}

function oldName(path: string): string {
  return hiddenBeside(path, 'old');
}

/** In the same directory, since rename(2) does not cross file systems. */
function hiddenBeside(path: string, ending: string): string {
  const slash = path.lastIndexOf('/');
  return `${path.slice(0, slash)}/.${path.slice(slash + 1)}.failoverctl-${ending}`;
}

/** A message names the file that was meant. */
function plainName(path: string): string {
  return path.replace(/\/\.([^/]*)\.failoverctl-(?:new|old)$/, '/$1');
}

/** Makes a file or link of this state at a name of our own; what an interrupted run left there is in the way. */
function stage(system: System, name: string, state: FileState): Failure | null {
  const make = () => {
    if (state.kind === 'link') return system.symlink(state.target, name);
    return state.kind === 'file' ? system.create(name, state.text, state.mode) : null;
  };
  let failure = make();
  if (failure?.errno === 'EEXIST') failure = system.remove(name) ?? make();
  if (failure !== null || state.kind !== 'file') return failure;
  const status = system.lstat(name);
  if (isFailure(status)) return status;
  if (status.uid === state.uid && status.gid === state.gid) return null;
  // chown(2) clears set-id bits
  return system.chown(name, state.uid, state.gid) ?? system.chmod(name, state.mode);
}

function takeBack(system: System, { path, from }: Change): Failure | null {
  const failure = from.kind === 'absent' ? system.remove(path) : system.rename(oldName(path), path);
  return failure === null || (failure.errno === 'ENOENT' && from.kind === 'absent') ? null : failure;
}
