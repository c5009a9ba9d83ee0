/**
 * Compares what should be with what is, without touching anything. Each path is in one of three states: as we left it,
 * as it was before us, or changed by somebody else since. Only the last is a conflict.
 */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { absent, digestOf, readState, sameState, type FileState } from '../inventory/file-state.ts';
import {
  emptyManifest,
  manifestPath,
  printManifest,
  type InstalledFile,
  type Manifest,
} from '../inventory/manifest.ts';
import { findLeftovers } from './leftovers.ts';

/** A file that shall be there, or one of somebody else's that shall be altered. */
export type Wanted =
  | { readonly path: string; readonly text: string; readonly mode: number }
  | { readonly path: string; readonly patch: (text: string) => string };

export interface Change {
  readonly path: string;
  readonly from: FileState;
  readonly to: FileState;
}

export interface Conflict {
  readonly path: string;
  readonly why: string;
}

export interface Plan {
  /** In the order in which they are made. */
  readonly changes: readonly Change[];
  /** To be made first, outermost first. */
  readonly makeDirectories: readonly string[];
  /** To be taken away last if they are empty, innermost first. */
  readonly removeDirectories: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** Paths of `changes` without the manifest's own. */
  readonly changed: readonly string[];
  /** What a run that was killed has left, to be taken away before anything else. */
  readonly leftovers: readonly string[];
  /** What the manifest is now, while changes are made (then it names all that was and will be), and after. Null: none is kept. */
  readonly manifest: { readonly from: FileState; readonly during: FileState; readonly to: FileState } | null;
  /** Where the disk is full, what is to go may go before what is to come back is written. */
  readonly removesFirst: boolean;
}

/** Nothing is left to do. */
export function isEmptyPlan({ changes, leftovers }: Plan): boolean {
  return changes.length === 0 && leftovers.length === 0;
}

/** One path's part in a plan. */
interface Step {
  readonly path: string;
  readonly change: Change | null;
  readonly conflict: string | null;
  /** What the manifest will say; null: nothing any more. */
  readonly entry: InstalledFile | null;
}

/**
 * Brings the tree to `wanted`; what an earlier installation wrote and nobody wants any more is undone, or stays where
 * `others` says so.
 */
export function planInstall(
  system: System,
  wanted: readonly Wanted[],
  command: string,
  installed: Manifest | null,
  force: boolean,
  others: 'undo' | 'stay' = 'undo',
): Plan | Failure {
  const old = installed ?? emptyManifest;
  const steps: Step[] = [];
  for (const want of wanted) {
    const known = old.files.find(({ path }) => path === want.path) ?? null;
    const step = stepToward(system, want, known, force);
    if (isFailure(step)) return step;
    steps.push(step);
  }
  for (const known of old.files.filter(({ path }) => !wanted.some((want) => want.path === path))) {
    const stay: Step = { path: known.path, change: null, conflict: null, entry: known };
    const step = others === 'stay' ? stay : stepBack(system, known, force);
    if (isFailure(step)) return step;
    steps.push(step);
  }
  const changes = steps.flatMap(({ change }) => change ?? []);
  const targets = changes.filter(({ to }) => to.kind !== 'absent').map(({ path }) => path);
  const files = steps.flatMap(({ entry }) => entry ?? []);
  const made = missingDirectories(system, files.length > 0 ? [...targets, manifestPath] : targets);
  if (isFailure(made)) return made;
  const manifest: Manifest = { command, files, directories: [...new Set([...old.directories, ...made])] };
  return finishPlan(system, steps, { old, manifest, growing: true }, made);
}

/** Brings the tree back to what it was; a path with a conflict stays, and stays in the manifest. */
export function planUninstall(system: System, installed: Manifest, force: boolean): Plan | Failure {
  const steps: Step[] = [];
  for (const known of installed.files) {
    const step = stepBack(system, known, force);
    if (isFailure(step)) return step;
    steps.push(step);
  }
  const files = steps.flatMap(({ entry }) => entry ?? []);
  return finishPlan(system, steps, { old: installed, manifest: { ...installed, files }, growing: false }, []);
}

/** Nothing is installed; something may be left of a run that was killed before it had a manifest. */
export function planClearing(system: System): Plan | Failure {
  return finishPlan(system, [], { old: emptyManifest, manifest: emptyManifest, growing: false }, []);
}

/** While changes are made the manifest names everything that we changed or will: after a power cut it is all that is known. */
function finishPlan(
  system: System,
  steps: readonly Step[],
  { old, manifest, growing }: { readonly old: Manifest; readonly manifest: Manifest; readonly growing: boolean },
  makeDirectories: readonly string[],
): Plan | Failure {
  const changes = steps.flatMap(({ change }) => change ?? []);
  const leftovers = findLeftovers(
    system,
    steps.map(({ path }) => path),
  );
  if (isFailure(leftovers)) return leftovers;
  const conflicts = steps.flatMap(({ path, conflict }) => (conflict === null ? [] : [{ path, why: conflict }]));
  const from = readState(system, manifestPath);
  if (isFailure(from)) return from;
  const empty = manifest.files.length === 0;
  const to = empty ? absent : wholeFile({ text: printManifest(manifest), mode: 0o600 });
  const ofManifest = sameState(from, to) ? [] : [{ path: manifestPath, from, to }];
  const dropped = old.files.filter(({ path }) => !manifest.files.some((file) => file.path === path));
  const union = { ...manifest, files: [...manifest.files, ...dropped] };
  const larger = dropped.length === 0 ? to : wholeFile({ text: printManifest(union), mode: 0o600 });
  return {
    leftovers,
    manifest: { from, during: growing && union.files.length > 0 ? larger : from, to },
    removesFirst: !growing,
    changes: empty ? [...changes, ...ofManifest] : [...ofManifest, ...changes],
    makeDirectories,
    removeDirectories: empty ? [...manifest.directories].reverse() : [],
    conflicts,
    changed: changes.map(({ path }) => path),
  };
}

function stepToward(system: System, want: Wanted, known: InstalledFile | null, force: boolean): Step | Failure {
  const path = want.path;
  const from = readState(system, path);
  if (isFailure(from)) return from;
  const digest = digestOf(from);
  const ours = known !== null && known.wrote.includes(digest);
  const before = beforeUs(from, known, ours, 'patch' in want);
  const to = 'patch' in want ? patched(system, want, before) : wholeFile(want);
  if (isFailure(to)) return to;
  const wrote = [...new Set([digestOf(to), ...(ours ? [digest] : [])])];
  if (sameState(from, to)) return { path, change: null, conflict: null, entry: known ?? { path, wrote, before } };
  const free =
    known === null
      ? from.kind === 'absent' || 'patch' in want
      : ours || from.kind === 'absent' || sameState(from, known.before);
  if (free || force) return { path, change: { path, from, to }, conflict: null, entry: { path, wrote, before } };
  const why = known === null ? 'is there already and is not ours' : changedSince;
  return { path, change: null, conflict: why, entry: known };
}

const changedSince = 'has been changed since it was installed';

/**
 * What uninstall shall put back. A whole file of ours goes back to what was there first, whoever has edited it since; an
 * altered file of somebody else's to what its owner last made of it.
 */
function beforeUs(from: FileState, known: InstalledFile | null, ours: boolean, patch: boolean): FileState {
  if (known === null || (patch && !ours)) return from;
  return known.before;
}

function wholeFile({ text, mode }: { readonly text: string; readonly mode: number }): FileState {
  return { kind: 'file', text, mode, uid: 0, gid: 0 };
}

/** The altered file keeps mode and owner. Behind a link it is the link that is replaced: what it leads to may be shared. */
function patched(
  system: System,
  { path, patch }: { readonly path: string; readonly patch: (text: string) => string },
  before: FileState,
): FileState | Failure {
  if (before.kind === 'absent') return absent;
  if (before.kind === 'file') return { ...before, text: patch(before.text) };
  const text = system.read(path);
  const status = system.stat(path);
  if (isFailure(text)) return text;
  if (isFailure(status)) return status;
  return { kind: 'file', text: patch(text), mode: status.mode, uid: status.uid, gid: status.gid };
}

function stepBack(system: System, known: InstalledFile, force: boolean): Step | Failure {
  const { path, before } = known;
  const from = readState(system, path);
  if (isFailure(from)) return from;
  if (sameState(from, before)) return { path, change: null, conflict: null, entry: null };
  if (known.wrote.includes(digestOf(from)) || force) {
    return { path, change: { path, from, to: before }, conflict: null, entry: null };
  }
  const why = from.kind === 'absent' ? 'has been removed since it was installed' : changedSince;
  return { path, change: null, conflict: why, entry: known };
}

/** The directories that must be made so that these paths can be, outermost first. */
export function missingDirectories(system: System, paths: readonly string[]): readonly string[] | Failure {
  const missing = new Set<string>();
  for (const path of paths) {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      const directory = path.slice(0, at);
      if (missing.has(directory)) continue;
      const status = system.stat(directory);
      if (isFailure(status)) {
        if (status.errno !== 'ENOENT') return status;
        missing.add(directory);
      } else if (status.kind !== 'directory') return { errno: 'ENOTDIR', path: directory };
    }
  }
  return [...missing];
}
