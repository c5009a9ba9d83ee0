/** The files of a configuration, each read once however many managers ask for it. */
import type { ConfigFile, Manager } from '../managers/claim.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { fnmatch, hasWildcard } from '../text/fnmatch.ts';

export interface FileReader {
  /** Null where there is nothing, or no file. */
  readonly readAt: (path: string) => ConfigFile | null;
  /** What a daemon would find. */
  readonly readLocations: (manager: Manager) => readonly ConfigFile[];
  /** A path, or a glob(3). */
  readonly include: (glob: string) => readonly ConfigFile[];
  readonly count: () => number;
  /** Files that are there and could not be read. */
  readonly failures: readonly Failure[];
}

export function createFileReader(system: System): FileReader {
  const files = new Map<string, ConfigFile | null>();
  const lists = new Map<string, readonly string[]>();
  const failures: Failure[] = [];

  const readAt = (path: string): ConfigFile | null => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const file = readFile(system, path, failures);
    files.set(path, file);
    return file;
  };
  const list = (directory: string): readonly string[] => {
    const known = lists.get(directory);
    if (known !== undefined) return known;
    const names = system.list(directory);
    if (isFailure(names) && names.errno !== 'ENOENT' && names.errno !== 'ENOTDIR') failures.push(names);
    const sorted = isFailure(names) ? [] : [...names].sort();
    lists.set(directory, sorted);
    return sorted;
  };
  /** On a system whose /lib is /usr/lib, one file has two paths: it counts where the daemon looks first. */
  const seenAs = (directory: string): boolean => directory.startsWith('/lib/') && system.readlink('/lib') === 'usr/lib';

  const readLocations = (manager: Manager): readonly ConfigFile[] =>
    manager.locations.flatMap(({ path, pattern, dropIns }) => {
      if (pattern === undefined) return readAt(path) ?? [];
      if (seenAs(path)) return [];
      return list(path).flatMap((name) => {
        const below = `${path}/${name}`;
        if (dropIns === true && name.endsWith('.d') && pattern.test(name.slice(0, -2)))
          return list(below)
            .filter((part) => part.endsWith('.conf'))
            .flatMap((part) => readAt(`${below}/${part}`) ?? []);
        return pattern.test(name) ? (readAt(below) ?? []) : [];
      });
    });

  const include = (glob: string): readonly ConfigFile[] => {
    if (!hasWildcard(glob)) return [readAt(glob) ?? []].flat();
    let directories = [''];
    const parts = glob.split('/').slice(1);
    for (const part of parts)
      directories = directories.flatMap((directory) =>
        hasWildcard(part)
          ? list(directory === '' ? '/' : directory)
              .filter((name) => fnmatch(part, name, { period: true }))
              .map((name) => `${directory}/${name}`)
          : [`${directory}/${part}`],
      );
    return directories.flatMap((path) => readAt(path) ?? []);
  };

  return { readAt, readLocations, include, count: () => files.size, failures };
}

function readFile(system: System, path: string, failures: Failure[]): ConfigFile | null {
  const own = system.lstat(path);
  if (isFailure(own)) {
    if (own.errno !== 'ENOENT' && own.errno !== 'ENOTDIR') failures.push(own);
    return null;
  }
  const target = own.kind === 'symlink' ? system.readlink(path) : undefined;
  const linkTarget = target === undefined || isFailure(target) ? undefined : target;
  if (linkTarget === '/dev/null')
    return { source: { path, text: '' }, path, mode: undefined, uid: undefined, linkTarget };
  const status = own.kind === 'symlink' ? system.stat(path) : own;
  if (isFailure(status)) {
    failures.push(status);
    return null;
  }
  if (status.kind !== 'file') return null;
  const text = system.read(path);
  if (isFailure(text)) {
    failures.push(text);
    return null;
  }
  return { source: { path, text }, path, mode: status.mode, uid: status.uid, linkTarget };
}
