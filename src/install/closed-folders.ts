/** Folders that a daemon cannot enter: what is written there does not exist for it, and the slaves are its own. */
import { findDirectoryDenial, findReader, type Denial } from '../inventory/readers.ts';
import { managers } from '../managers/all.ts';
import type { System } from '../system/system.ts';

/** The first folder of these files that keeps out the daemon which is to read them; null: there is none. */
export function findClosedFolder(system: System, paths: readonly string[]): Denial | null {
  for (const { reader } of managers) {
    if (reader === undefined) continue;
    const directories = paths
      .filter((path) => path.startsWith(`${reader.below}/`))
      .map((path) => path.slice(0, path.lastIndexOf('/')));
    const user = directories.length === 0 ? null : findReader(system, reader.user);
    for (const directory of new Set(directories)) {
      const denial = user === null ? null : findDirectoryDenial(system, directory, user);
      if (denial !== null) return denial;
    }
  }
  return null;
}
