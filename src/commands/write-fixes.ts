/** Fixed files written over those that were read. */
import { applyPlan } from '../install/apply.ts';
import { readState, type FileState } from '../inventory/file-state.ts';
import { missingDirectories, type Change } from '../install/plan.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, explainFailure } from './command.ts';
import type { FixedFile } from '../findings/apply-fixes.ts';

/** All together or none: as an installation is written. */
export function writeFixes(system: System, files: readonly FixedFile[]): void {
  const changes: Change[] = files.map(({ path: name, after, mode }) => {
    const path = name.includes('/') ? name : `./${name}`; // changes are staged in the file's directory
    const from = readState(system, path);
    if (isFailure(from)) throw new CommandError(explainFailure(from));
    if (from.kind === 'link') throw new CommandError(`'${path}' is a symbolic link to ${from.target}: fix that file`);
    const to: FileState =
      from.kind === 'file'
        ? { ...from, text: after }
        : { kind: 'file', text: after, mode: mode ?? 0o644, uid: 0, gid: 0 };
    return { path, from, to };
  });
  const makeDirectories = missingDirectories(
    system,
    changes.map(({ path }) => path),
  );
  if (isFailure(makeDirectories)) throw new CommandError(explainFailure(makeDirectories));
  const nothing = {
    removeDirectories: [],
    conflicts: [],
    changed: [],
    leftovers: [],
    manifest: null,
    removesFirst: false,
  };
  const failed = applyPlan(system, { ...nothing, changes, makeDirectories });
  if (failed !== null) throw new CommandError(explainFailure(failed.failure));
}
