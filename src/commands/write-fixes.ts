/**
 * Fixed files written over those that were read. A new one of ours, as `install` writes it too (its path says failover), goes
 * into the same manifest, so that `install` and `uninstall` know it.
 */
import { applyPlan } from '../install/apply.ts';
import { readState, type FileState } from '../inventory/file-state.ts';
import { missingDirectories, planInstall, type Change, type Plan, type Wanted } from '../install/plan.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, explainFailure } from './command.ts';
import { readInstalled } from './install-report.ts';
import type { FixedFile } from '../findings/apply-fixes.ts';

/** What a manifest of fixes alone says: `install` would complete it, and `doctor` says so. */
const command = 'failoverctl install';

/** All together or none: as an installation is written. */
export function writeFixes(system: System, files: readonly FixedFile[]): void {
  const isOurs = ({ before, path }: FixedFile) => before === null && /^\/(?:etc|usr)\/.*failover/.test(path);
  const changes = files.filter((file) => !isOurs(file)).map((file) => changeOf(system, file));
  const wanted = files
    .filter(isOurs)
    .map(({ path, after, mode }): Wanted => ({ path, text: after, mode: mode ?? 0o644 }));
  const missing = missingDirectories(
    system,
    changes.map(({ path }) => path),
  );
  if (isFailure(missing)) throw new CommandError(explainFailure(missing));
  const plan = wanted.length === 0 ? noPlan : planAdded(system, wanted);
  const failed = applyPlan(system, {
    ...plan,
    changes: [...plan.changes, ...changes],
    makeDirectories: [...new Set([...plan.makeDirectories, ...missing])],
  });
  if (failed !== null) throw new CommandError(explainFailure(failed.failure));
}

const noPlan: Plan = {
  changes: [],
  makeDirectories: [],
  removeDirectories: [],
  conflicts: [],
  changed: [],
  leftovers: [],
  manifest: null,
  removesFirst: false,
};

/** What is installed already stays as it is. */
function planAdded(system: System, wanted: readonly Wanted[]): Plan {
  const installed = readInstalled(system);
  const plan = planInstall(system, wanted, installed?.command ?? command, installed, false, 'stay');
  if (isFailure(plan)) throw new CommandError(explainFailure(plan));
  const [conflict] = plan.conflicts;
  if (conflict !== undefined) throw new CommandError(`'${conflict.path}' ${conflict.why}; nothing has been changed`);
  return plan;
}

function changeOf(system: System, { path: name, after, mode }: FixedFile): Change {
  const path = name.includes('/') ? name : `./${name}`; // changes are staged in the file's directory
  const from = readState(system, path);
  if (isFailure(from)) throw new CommandError(explainFailure(from));
  if (from.kind === 'link') throw new CommandError(`'${path}' is a symbolic link to ${from.target}: fix that file`);
  const to: FileState =
    from.kind === 'file'
      ? { ...from, text: after }
      : { kind: 'file', text: after, mode: mode ?? 0o644, uid: 0, gid: 0 };
  return { path, from, to };
}
