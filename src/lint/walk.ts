/**
 * Files below folders that were named: each real folder is entered once, so that a link that leads back ends the walk; what is
 * no file is passed over.
 */
import { isFailure, type Failure, type System } from '../system/system.ts';

export interface Found {
  readonly path: string;
  /** It was named itself, and not found in a folder. */
  readonly named: boolean;
}

export interface Skipped {
  readonly path: string;
  readonly why: string;
}

export interface Walk {
  /** Sorted, each path once. */
  readonly files: readonly Found[];
  readonly skipped: readonly Skipped[];
  /** What was named and is not there, or cannot be read; and folders that cannot be looked into. */
  readonly failures: readonly Failure[];
  /** What was named and is neither a file nor a folder. */
  readonly odd: readonly string[];
}

/** The result does not depend on the order of the paths. */
export function walkPaths(system: System, paths: readonly string[]): Walk {
  const files = new Map<string, Found>();
  const skipped: Skipped[] = [];
  const failures: Failure[] = [];
  const odd: string[] = [];
  const seen = new Map<string, string>();

  const enter = (path: string, id: string): void => {
    const before = seen.get(id);
    if (before !== undefined) {
      if (before !== path) skipped.push({ path, why: `the same folder as ${before}` });
      return;
    }
    seen.set(id, path);
    const names = system.list(path);
    if (isFailure(names)) {
      failures.push(names);
      return;
    }
    const prefix = path.endsWith('/') ? path : `${path}/`;
    for (const name of [...names].sort()) {
      if (name.startsWith('.')) continue;
      const below = `${prefix}${name}`;
      const status = system.stat(below);
      if (isFailure(status)) skipped.push({ path: below, why: reasonOf(system, below, status) });
      else if (status.kind === 'directory') enter(below, status.id);
      else if (status.kind === 'file') files.set(below, files.get(below) ?? { path: below, named: false });
      else skipped.push({ path: below, why: 'neither a file nor a folder' });
    }
  };

  for (const given of [...new Set(paths.map(tidy))].sort()) {
    const status = system.stat(given);
    if (isFailure(status)) failures.push(status);
    else if (status.kind === 'directory') enter(given, status.id);
    else if (status.kind === 'file') files.set(given, { path: given, named: true });
    else odd.push(given);
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, skipped, failures, odd };
}

function reasonOf(system: System, path: string, { errno }: Failure): string {
  const target = system.readlink(path);
  if (isFailure(target)) return errno;
  return errno === 'ELOOP' ? 'a link that leads to itself' : `a link to ${target}, which cannot be followed (${errno})`;
}

/** Without `./` at the front, `/` at the end, and doubled slashes. */
function tidy(path: string): string {
  const plain = path
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '')
    .replace(/(?:^|(?<=\/))\.\//g, '');
  return plain === '' ? '.' : plain;
}
