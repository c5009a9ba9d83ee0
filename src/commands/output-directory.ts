/** Writes files below a directory, all of them or none. */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { CommandError, explainFailure } from './command.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';

/**
 * Writes the files, at their absolute paths below `directory`, which is made if it is not there. Returns the paths written.
 * Throws CommandError: what is there already is not overwritten, and after a failure all that was written is removed.
 */
export function writeFilesBelow(system: System, directory: string, files: readonly GeneratedFile[]): readonly string[] {
  const base = directory.replace(/\/+$/, '');
  const targets = files.map((file) => ({ ...file, target: `${base}${file.path}` }));
  for (const { target } of targets) {
    const status = system.lstat(target);
    if (!isFailure(status)) {
      throw new CommandError(`--out: '${target}' is there already; expected a place without it; nothing was written`);
    }
    if (status.errno !== 'ENOENT') throw new CommandError(`--out: ${explainFailure(status)}; nothing was written`);
  }
  const undo: (() => void)[] = [];
  for (const { target, text, mode } of targets) {
    const failure = makeParents(system, target, undo) ?? system.create(target, text, mode);
    if (failure !== null) {
      for (const step of undo.toReversed()) step();
      throw new CommandError(`--out: cannot write ${explainFailure(failure)}; nothing was written`);
    }
    undo.push(() => system.remove(target));
  }
  return targets.map(({ target }) => target);
}

/** The directories above a path, from the top. */
function makeParents(system: System, path: string, undo: (() => void)[]): Failure | null {
  for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
    const parent = path.slice(0, at);
    if (!isFailure(system.stat(parent))) continue;
    const failure = system.makeDirectory(parent, 0o755);
    if (failure !== null) return failure;
    undo.push(() => system.removeDirectory(parent));
  }
  return null;
}
