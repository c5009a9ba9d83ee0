/** The guest that a command looks at: this machine, a tree, or a snapshot. */
import { layeredTree } from '../inventory/layout.ts';
import { parseSnapshot } from '../snapshot/format.ts';
import { treeSystem } from '../system/rooted.ts';
import { snapshotSystem } from '../system/snapshot.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';

/** The machine, or the tree that `--root` names. */
export function systemAt(system: System, root: string | undefined): System {
  if (root === undefined) return system;
  const status = system.stat(root);
  if (isFailure(status)) throw new CommandError(`--root: ${explainFailure(status)}`);
  if (status.kind !== 'directory') throw new CommandError(`--root: '${root}' is not a directory`);
  const tree = treeSystem(system, root);
  if (isFailure(tree)) throw new CommandError(`--root: ${explainFailure(tree)}`);
  return layeredTree(tree);
}

export interface GuestOptions {
  readonly root?: string;
  readonly snapshot?: string;
}

/** A guest to look at, and whether it is a running one, whose kernel is known. */
export interface OpenedGuest {
  readonly tree: System;
  readonly live: boolean;
}

/** The machine, or what `--root` or `--snapshot` names. */
export function openGuest(system: System, { root, snapshot: file }: GuestOptions, option = '--snapshot'): OpenedGuest {
  if (file === undefined) return { tree: systemAt(system, root), live: root === undefined };
  if (root !== undefined) throw new CommandError('--root and --snapshot differ: give one of them', exitStatus.usage);
  const text = file === '-' ? system.stdin() : system.read(file);
  if (isFailure(text)) throw new CommandError(`${option}: ${explainFailure(text)}`);
  const snapshot = parseSnapshot(text);
  if (typeof snapshot === 'string') throw new CommandError(`${option}: '${file}' is no snapshot: ${snapshot}`);
  const programs = new Map(snapshot.programs.map(({ argv, result }) => [argv.join('\0'), result]));
  const noProgram = snapshot.live ? 'ENOENT' : 'ENOSYS';
  return { tree: snapshotSystem(system, snapshot.parts, programs, noProgram), live: snapshot.live };
}
