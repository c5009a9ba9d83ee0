/** The files of a configuration, each read once however many managers ask for it. */
import { findExtensions, type Extension } from '../inventory/extensions.ts';
import { findDirectoryDenial, findFileDenial, findReader, type Denial, type Reader } from '../inventory/readers.ts';
import type { ConfigFile, Manager, ManagerName } from '../managers/claim.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { fnmatch, hasWildcard } from '../text/fnmatch.ts';
import { sharedSource } from '../text/shared-source.ts';

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
  /** Files and directories that a daemon cannot read, though we can. */
  readonly denials: readonly FileDenial[];
  /** Extensions that are disk images: nothing of them is read. */
  readonly images: readonly string[];
}

export interface FileDenial extends Denial {
  readonly manager: ManagerName;
  /** The file, or the first of those that are lost with the directory. */
  readonly file: ConfigFile;
  readonly isDirectory: boolean;
}

export function createFileReader(system: System): FileReader {
  const files = new Map<string, ConfigFile | null>();
  const lists = new Map<string, readonly string[]>();
  const failures: Failure[] = [];
  const denials: FileDenial[] = [];
  const extensions = findExtensions(system);

  const readAt = (path: string): ConfigFile | null => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const above = layersAbove(path).find((layer) => !isFailure(system.lstat(layer.path + path)));
    const file = readFile(system, `${above?.path ?? ''}${path}`, path, failures);
    files.set(path, file);
    return file;
  };
  const layersAbove = (path: string): readonly Extension[] =>
    extensions.layers.filter(({ hierarchy }) => path.startsWith(`${hierarchy}/`));
  const list = (directory: string): readonly string[] => {
    const known = lists.get(directory);
    if (known !== undefined) return known;
    const names = system.list(directory);
    if (isFailure(names) && names.errno !== 'ENOENT' && names.errno !== 'ENOTDIR') failures.push(names);
    const added = layersAbove(`${directory}/`).flatMap((layer) => {
      const more = system.list(layer.path + directory);
      return isFailure(more) ? [] : more;
    });
    const sorted = [...new Set([...(isFailure(names) ? [] : names), ...added])].sort();
    lists.set(directory, sorted);
    return sorted;
  };
  /** On a system whose /lib is /usr/lib, one file has two paths: it counts where the daemon looks first. */
  const seenAs = (directory: string): boolean => directory.startsWith('/lib/') && system.readlink('/lib') === 'usr/lib';

  const readLocations = (manager: Manager): readonly ConfigFile[] => {
    const found = findAtLocations(manager);
    const { user } = manager;
    return user === undefined ? found : admit(manager.name, found, findReader(system, user));
  };

  /** A directory that the reader cannot enter takes its files with it; a file that it cannot open is there all the same. */
  const admit = (manager: ManagerName, found: readonly ConfigFile[], reader: Reader): readonly ConfigFile[] => {
    const byDirectory = new Map<string, Denial | null>();
    return found.flatMap((file): readonly ConfigFile[] => {
      const directory = file.source.path.slice(0, file.source.path.lastIndexOf('/'));
      const before = byDirectory.get(directory);
      const closed = before === undefined ? findDirectoryDenial(system, directory, reader) : before;
      if (closed !== null && !denials.some(({ path }) => path === closed.path))
        denials.push({ ...closed, manager, file, isDirectory: true });
      byDirectory.set(directory, closed);
      if (closed !== null) return [];
      const status = system.stat(file.source.path);
      const denied = isFailure(status) || status.kind !== 'file' ? null : findFileDenial(status, file.path, reader);
      if (denied === null) return [file];
      denials.push({ ...denied, manager, file, isDirectory: false });
      return [{ ...file, denied: denied.message }];
    });
  };

  const findAtLocations = (manager: Manager): readonly ConfigFile[] =>
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

  return { readAt, readLocations, include, count: () => files.size, failures, denials, images: extensions.images };
}

/** `place`: where the daemon finds it; elsewhere than `path` if an extension brings it. */
function readFile(system: System, path: string, place: string, failures: Failure[]): ConfigFile | null {
  const own = system.lstat(path);
  if (isFailure(own)) {
    if (own.errno !== 'ENOENT' && own.errno !== 'ENOTDIR') failures.push(own);
    return null;
  }
  const target = own.kind === 'symlink' ? system.readlink(path) : undefined;
  const linkTarget = target === undefined || isFailure(target) ? undefined : target;
  if (linkTarget === '/dev/null')
    return { source: { path, text: '' }, path: place, mode: undefined, uid: undefined, linkTarget };
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
  return { source: sharedSource(path, text), path: place, mode: status.mode, uid: status.uid, linkTarget };
}
