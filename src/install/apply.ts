/**
 * Makes a plan's changes all together or not at all. Everything that needs space or can be refused is done first, under
 * names that no daemon reads (a leading dot, our own ending); then nothing is left but renames, and each can be taken
 * back by one more rename. So a full disk, a read-only mount or a lost right leaves the tree as it was.
 *
 * A run that is killed leaves a manifest that names all that it may have made, since that is written first and taken away
 * last, with its directory, by one rename: the next run finds what was left (leftovers.ts).
 */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { readState, sameState, type FileState } from '../inventory/file-state.ts';
import { manifestPath } from '../inventory/manifest.ts';
import { hiddenBeside, isAbove, removeTree } from './leftovers.ts';
import type { Change, Plan } from './plan.ts';

/** What went wrong, and what could not be taken back: paths that are not as they were before. */
export interface ApplyFailure {
  readonly failure: Failure;
  readonly notRestored: readonly Failure[];
  /** All files are as they should be: the manifest alone still names what is no more. */
  readonly finished?: true;
}

type Undo = () => Failure | null;

export function applyPlan(system: System, plan: Plan): ApplyFailure | null {
  const undo: Undo[] = [];
  const fail = (failure: Failure): ApplyFailure => {
    const notRestored = undo.reverse().flatMap((step) => step() ?? []);
    return { failure: plainFailure(failure), notRestored: notRestored.map(plainFailure) };
  };
  for (const path of plan.leftovers) {
    const failure = removeTree(system, path);
    if (failure !== null) return fail(failure);
  }
  const { manifest } = plan;
  const failure =
    (manifest === null ? null : writeManifest(system, plan, manifest.from, manifest.during, undo)) ??
    makeDirectories(system, plan, undo) ??
    stageAll(system, plan, undo) ??
    exchangeAll(system, plan, undo);
  if (failure !== null) return fail(failure);

  const last =
    clearUp(system, plan) ?? (manifest === null ? null : finishManifest(system, plan, manifest.during, manifest.to));
  return last === null ? null : { failure: plainFailure(last), notRestored: [], finished: true };
}

/** Takes the old names and the directories that are empty now away. What cannot be stays known to the manifest. */
function clearUp(system: System, plan: Plan): Failure | null {
  for (const { path, from } of plan.changes) {
    const failure = from.kind === 'absent' ? null : system.remove(hiddenBeside(path, 'old'));
    if (failure !== null && failure.errno !== 'ENOENT') return failure;
  }
  for (const directory of plan.removeDirectories) {
    const failure = isAbove(directory, manifestPath) ? null : system.removeDirectory(directory);
    // somebody else's files are in it, or something is mounted there
    if (failure !== null && !['ENOENT', 'ENOTEMPTY', 'EBUSY', 'ENOTDIR'].includes(failure.errno)) return failure;
  }
  return null;
}

/** Before anything else. Directories that it needs come with it, by one rename: without it nobody would know whose they are. */
function writeManifest(system: System, plan: Plan, from: FileState, during: FileState, undo: Undo[]): Failure | null {
  if (sameState(from, during) || during.kind !== 'file') return null;
  const missing = plan.makeDirectories.filter((directory) => isAbove(directory, manifestPath));
  const [top] = missing;
  if (top === undefined) {
    const name = hiddenBeside(manifestPath, 'new');
    undo.push(silently(() => system.remove(name)));
    return stage(system, name, during) ?? commit(system, { path: manifestPath, from, to: during }, undo);
  }
  const hidden = hiddenBeside(top, 'new');
  undo.push(silently(() => removeTree(system, hidden)));
  for (const directory of missing) {
    const failure = system.makeDirectory(hidden + directory.slice(top.length), 0o755);
    if (failure !== null) return failure;
  }
  const failure = system.create(hidden + manifestPath.slice(top.length), during.text, during.mode);
  if (failure !== null) return failure;
  undo.push(() => {
    if (isFailure(system.lstat(top))) return null;
    system.rename(top, hidden);
    return isFailure(system.lstat(top)) ? null : { errno: 'EEXIST', path: top };
  });
  return system.rename(hidden, top);
}

function makeDirectories(system: System, plan: Plan, undo: Undo[]): Failure | null {
  for (const directory of plan.makeDirectories) {
    if (plan.manifest !== null && isAbove(directory, manifestPath)) continue;
    const failure = system.makeDirectory(directory, 0o755);
    if (failure?.errno !== 'EEXIST') undo.push(silently(() => system.removeDirectory(directory)));
    if (failure !== null) return failure;
  }
  return null;
}

/** What needs room. Where there is none, what is only to be taken away makes some: the manifest still names it. */
function stageAll(system: System, plan: Plan, undo: Undo[]): Failure | null {
  const stagings = plan.changes.filter(({ path, to }) => path !== manifestPath && to.kind !== 'absent');
  for (const { path, to } of stagings) {
    const name = hiddenBeside(path, 'new');
    undo.push(silently(() => system.remove(name)));
    let failure = stage(system, name, to);
    if (isFull(failure) && plan.removesFirst) {
      for (const { path: gone, to: left } of plan.changes) {
        if (gone === manifestPath || left.kind !== 'absent' || system.remove(gone) !== null) continue;
        undo.push(() => ({ errno: 'ENOSPC', path: gone }));
      }
      failure = stage(system, name, to);
    }
    if (failure !== null) return failure;
  }
  return null;
}

function isFull(failure: Failure | null): boolean {
  return failure?.errno === 'ENOSPC' || failure?.errno === 'EDQUOT';
}

function exchangeAll(system: System, plan: Plan, undo: Undo[]): Failure | null {
  for (const change of plan.changes) {
    const failure = change.path === manifestPath ? null : commit(system, change, undo);
    if (failure !== null) return failure;
  }
  return null;
}

/** What is there stays under another name until all is done; that needs no room, since it is a second name or the only one. */
function commit(system: System, change: Change, undo: Undo[]): Failure | null {
  const { path, from, to } = change;
  const [fresh, old] = [hiddenBeside(path, 'new'), hiddenBeside(path, 'old')];
  const takeBack = (): Failure | null => {
    const now = readState(system, path);
    const failure =
      !isFailure(now) && sameState(now, from)
        ? null // a refused rename has changed nothing
        : from.kind === 'absent'
          ? system.remove(path)
          : system.rename(old, path);
    if (failure === null) system.remove(old);
    return failure;
  };
  undo.push(takeBack);
  if (to.kind === 'absent') {
    const failure = system.rename(path, old);
    return failure?.errno === 'ENOENT' ? null : failure; // taken away already, to make room
  }
  if (from.kind !== 'absent') {
    let kept = system.link(path, old);
    if (kept?.errno === 'EEXIST') kept = system.remove(old) ?? system.link(path, old);
    // a file system without second names, or a file that has too many
    if (kept !== null && ['EPERM', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(kept.errno))
      kept = stage(system, old, from);
    if (kept !== null) return kept;
  }
  return system.rename(fresh, path);
}

/** After all else: then nothing is left that only it knows of. */
function finishManifest(system: System, plan: Plan, during: FileState, to: FileState): Failure | null {
  if (sameState(during, to)) return null;
  if (to.kind !== 'absent') {
    const name = hiddenBeside(manifestPath, 'new');
    const failure = stage(system, name, to) ?? system.rename(name, manifestPath);
    if (failure !== null) system.remove(name);
    return failure;
  }
  // innermost first, as long as nothing else is in them
  let [top, inside] = ['', manifestPath];
  for (const directory of plan.removeDirectories.filter((path) => isAbove(path, manifestPath))) {
    const names = system.list(directory);
    if (isFailure(names) || names.some((name) => `${directory}/${name}` !== inside)) break;
    [top, inside] = [directory, directory];
  }
  if (top === '') return system.remove(manifestPath);
  const hidden = hiddenBeside(top, 'old');
  return system.rename(top, hidden) ?? removeTree(system, hidden);
}

/** What is gone already need not be taken away, and what cannot be is a name that the next run takes away. */
function silently(work: () => Failure | null): Undo {
  return () => {
    work();
    return null;
  };
}

/** A message names the file that was meant. */
function plainFailure({ errno, path }: Failure): Failure {
  return { errno, path: path.replace(/\/\.([^/]*)\.failoverctl-(?:new|old)(?=\/|$)/g, '/$1') };
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
