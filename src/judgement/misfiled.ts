/** Files that a daemon never reads, because they lie beside the folder that it looks in or have another ending. */
import type { ConfigFile, JudgeContext, Manager, ManagerName } from '../managers/claim.ts';

/** Left by editors, packages and people who know that it is not read; and what explains a folder. */
const leftover =
  /(?:~|\.(?:bak|backup|orig|rej|old|save|saved|swp|tmp|disabled|off|example|sample|md|txt|dpkg-\w+|rpm\w+|ucf-\w+|failoverctl-\w+)|\/README[^/]*|\/\d{8}.*)$/i;

export interface Misfiled {
  readonly manager: ManagerName;
  readonly file: ConfigFile;
  readonly why: string;
}

/** `managers`: those that the system has; the first of them that knows a place speaks. */
export function findMisfiled(managers: readonly Manager[], { include }: JudgeContext): readonly Misfiled[] {
  const found = new Map<string, Misfiled>();
  for (const { name: manager, misfiled = [] } of managers)
    for (const { found: glob, reads, expected } of misfiled)
      for (const file of include(glob)) {
        if (reads?.test(file.path) === true || leftover.test(file.path) || file.source.text === '') continue;
        if (!found.has(file.path)) found.set(file.path, { manager, file, why: `expected ${expected}` });
      }
  return [...found.values()];
}
