/** Files that failoverctl.yaml leaves out: they count for what the daemons do, and nothing is reported of them. */
import { fnmatch } from '../text/fnmatch.ts';
import type { ConfiguredWord } from './linter-config.ts';

/** Where a file is: for a daemon of its guest, and below the folder of failoverctl.yaml; null: elsewhere. */
export interface ExcludablePaths {
  readonly inGuest: string | null;
  readonly inProject: string | null;
}

/**
 * "failoverctl.yaml:3", or null where the file is not left out. A pattern that begins with / is for paths in a guest, others for
 * paths in the project; without any / inside it is for a name in every folder. What a folder's pattern matches is left out whole.
 */
export function findExclusion(exclude: readonly ConfiguredWord[], paths: ExcludablePaths): string | null {
  return exclude.find(({ word }) => isExcluded(word, paths))?.by ?? null;
}

function isExcluded(pattern: string, { inGuest, inProject }: ExcludablePaths): boolean {
  const path = pattern.startsWith('/') ? inGuest : inProject;
  if (path === null) return false;
  const parts = splitPath(pattern);
  const isName = parts.length === 1 && !pattern.startsWith('/');
  return matchesBeginning(isName ? ['**', ...parts] : parts, splitPath(path));
}

/** Only the last `**` is ever tried again, so that it is linear in pattern times path. */
function matchesBeginning(pattern: readonly string[], path: readonly string[]): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let starPlace = 0;
  for (;;) {
    const part = pattern[at];
    if (part === undefined) return true;
    const name = path[place];
    if (name === undefined) return false;
    if (part === '**') {
      star = at;
      starPlace = place;
      at += 1;
      if (at === pattern.length) return true;
    } else if (fnmatch(part, name)) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      starPlace += 1;
      at = star + 1;
      place = starPlace;
    } else return false;
  }
}

export function splitPath(path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}
