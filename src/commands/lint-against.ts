/** `lint --against OLD`: the same look at what was there before, and what differs about who claims what. */
import { changedClaims, changedFindingsBetween, type Side } from '../lint/changed-claims.ts';
import { splitPath } from '../lint/exclusions.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus } from './command.ts';
import { openRevision } from './git-tree.ts';
import { openGuest } from './guest.ts';
import { readFilesTargets, readSystemTarget, type Target, type TargetOptions } from './lint-target.ts';
import { lookAt, type Looked, type Looking } from './lint-look.ts';
import { readNamedFiles } from './named-files.ts';
import type { Linted } from './report-findings.ts';

/** What OLD is: a system whose configuration is complete, or files, with the folders that correspond. */
export interface Before {
  readonly tree: System;
  /** Null: the whole configuration. */
  readonly paths: readonly string[] | null;
  readonly live: boolean;
  readonly name: string;
  /** Folders of both that are taken for the same. */
  readonly base: { readonly before: string; readonly after: string };
  /** Git keeps no modes, so that what is wrong with them is not compared. */
  readonly hasModes: boolean;
}

/** OLD is a folder, a snapshot or a file where there is one of that name, else a revision of git's. */
export function openBefore(old: string, operands: readonly string[], root: string | undefined, system: System): Before {
  const status = system.stat(old);
  if (isFailure(status)) return openGit(old, operands, root, system);
  const same = { before: '', after: '' };
  if (operands.length === 0) {
    const { tree, live } = openGuest(
      system,
      status.kind === 'directory' ? { root: old } : { snapshot: old },
      '--against',
    );
    return { tree, paths: null, live: live && status.kind !== 'directory', name: old, base: same, hasModes: true };
  }
  const inOld = operands.map((path) => `${old.replace(/\/+$/, '')}/${path}`);
  if (operands.every((path) => !path.startsWith('/')) && inOld.every((path) => !isFailure(system.stat(path))))
    return { tree: system, paths: inOld, live: false, name: old, base: { before: old, after: '' }, hasModes: true };
  const [operand = '', ...more] = operands;
  if (more.length > 0)
    throw new CommandError(`--against: '${old}' does not hold all the paths: expected one path`, exitStatus.usage);
  return { tree: system, paths: [old], live: false, name: old, base: { before: old, after: operand }, hasModes: true };
}

function openGit(old: string, operands: readonly string[], root: string | undefined, system: System): Before {
  if (operands.some((path) => path === '-' || path.startsWith('/') || splitPath(`x/${path}`)[0] !== 'x'))
    throw new CommandError(`--against: with a revision paths are from the current folder`, exitStatus.usage);
  if (operands.length === 0 && root === undefined)
    throw new CommandError(
      `--against: '${old}': no such folder or snapshot; a revision goes with --root or paths`,
      exitStatus.usage,
    );
  const tree = openRevision(system, root ?? '.', old, operands);
  if (tree === null)
    throw new CommandError(`--against: '${old}' is no folder, no snapshot, and no revision of git's`, exitStatus.usage);
  const paths = operands.length === 0 ? null : operands.filter((path) => !isFailure(tree.stat(path)));
  const base = { before: '', after: '' };
  return { tree, paths, live: false, name: old, base, hasModes: false };
}

/** What is new since then; the rest of the result is that of now. */
export async function compareWith(before: Before, looking: Looking, how: TargetOptions, now: Looked): Promise<Linted> {
  const { name, base, hasModes } = before;
  const relative = relativeTo(base.before);
  const { exclusionOf } = how;
  const isMoved = base.before !== '' || base.after !== '';
  const excluded = (path: string) =>
    exclusionOf?.(isMoved ? [base.after, relative(path)].filter(Boolean).join('/') : path) ?? null;
  const then = await lookAt(looking, { exclusionOf: excluded }, (variant) =>
    readBefore(before, { ...how, ...variant, exclusionOf: excluded }),
  );
  const sideOf = ({ targets, findings }: Looked, folder: string): Side => ({
    guests: targets.map(({ view, guest }) => ({ guest, view })),
    findings: findings.filter(({ rule }) => hasModes || rule !== 'FO007'),
    relative: relativeTo(folder),
  });
  const [old, fresh] = [sideOf(then, base.before), sideOf(now, base.after)];
  const { gone, come } = changedFindingsBetween(old, fresh);
  const wasJudged = then.coverage === undefined || then.coverage.judged.length > 0;
  const { coverage } = now;
  return {
    ...now,
    findings: come,
    changes: { against: name, claims: changedClaims(old, fresh), gone },
    troubles: [...new Set([...then.troubles, ...now.troubles])],
    ...(coverage === undefined || wasJudged
      ? {}
      : { coverage: { ...coverage, assumed: [...coverage.assumed, `nothing in ${name}, where nothing was judged`] } }),
  };
}

/** The targets as they were. */
async function readBefore(before: Before, how: TargetOptions): Promise<readonly Target[]> {
  const { tree, paths, live, name } = before;
  const options = { ...how, live, name };
  if (paths === null) return [await readSystemTarget(tree, options)];
  return paths.length === 0 ? [] : readFilesTargets(tree, readNamedFiles(tree, paths), options);
}

export function relativeTo(folder: string): (path: string) => string {
  const base = splitPath(folder);
  return (path) => {
    const parts = splitPath(path);
    return base.every((part, at) => parts[at] === part) ? parts.slice(base.length).join('/') : parts.join('/');
  };
}
