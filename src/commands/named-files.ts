/** Files and folders that a command line names, read. */
import { placeFile } from '../lint/guest-files.ts';
import { walkPaths } from '../lint/walk.ts';
import type { Coverage } from '../lint/coverage.ts';
import type { NamedFile } from '../lint/read-configuration.ts';
import type { ConfigFile } from '../managers/claim.ts';
import { isFailure, type System } from '../system/system.ts';
import { explainFailure } from './command.ts';

export interface NamedFiles {
  readonly files: readonly NamedFile[];
  readonly skipped: Coverage['skipped'];
  readonly troubles: readonly string[];
}

/** Reads files, and all files below directories; of those that are left out nothing is told. */
export function readNamedFiles(
  system: System,
  paths: readonly string[],
  isLeftOut: (path: string) => boolean = () => false,
): NamedFiles {
  const walk = walkPaths(system, paths);
  const troubles = [
    ...walk.failures.map((failure) => explainFailure(failure)),
    ...walk.odd.map((path) => `'${path}': neither a file nor a directory`),
  ];
  const skipped = [...walk.skipped];
  const files = walk.files.flatMap(({ path, named }): NamedFile[] => {
    const text = system.read(path);
    const leftOut = isLeftOut(path);
    if (isFailure(text)) {
      if (leftOut) return [];
      if (named || placeFile(path).root !== null) troubles.push(explainFailure(text));
      else skipped.push({ path, why: text.errno });
      return [];
    }
    const { root, place } = placeFile(path);
    // the mode and owner of a copy say nothing of the file that will be installed
    const status = root === '' ? system.stat(path) : null;
    const { mode, uid } = status === null || isFailure(status) ? { mode: undefined, uid: undefined } : status;
    const file: ConfigFile = { source: { path, text }, path: place, mode, uid, linkTarget: undefined };
    return [{ file, ...(named ? {} : { found: true }), ...(leftOut ? { leftOut } : {}) }];
  });
  return { files, skipped, troubles };
}
