/**
 * A mounted image, or a copied tree, as a System of its own (`--root DIR`). Symbolic links are followed inside the tree,
 * an absolute one from the tree's own root, as chroot(2) would: an image cannot make us read or write the host.
 * Nothing is ever run in it.
 */
import { isFailure, type Failure, type FileOperations, type System } from './system.ts';

/**
 * The tree below `root`, below open directories where the machine offers it (System.openBelow), so that nothing that becomes a
 * link meanwhile leads out. Else names are resolved here one by one, and a change between that and the call is not noticed.
 */
export function treeSystem(system: System, root: string): System | Failure {
  const base = root.replace(/\/+$/, '') || '/';
  const files = system.openBelow(base);
  if (isFailure(files)) return files;
  if (files === null) return rootedSystem(system, root);
  return { ...system, ...namedFrom(base === '/' ? '' : base, files), openBelow: () => null, ...runsNothing };
}

/** A failure names the path that the caller knows, not the one below the root. */
function namedFrom(base: string, files: FileOperations): FileOperations {
  const named = <Value>(path: string, outcome: Value | Failure): Value | Failure =>
    isFailure(outcome) ? { errno: outcome.errno, path: `${base}${path}` } : outcome;
  return {
    list: (path) => named(path, files.list(path)),
    readlink: (path) => named(path, files.readlink(path)),
    read: (path) => named(path, files.read(path)),
    stat: (path) => named(path, files.stat(path)),
    lstat: (path) => named(path, files.lstat(path)),
    create: (path, text, mode) => named(path, files.create(path, text, mode)),
    append: (path, text) => named(path, files.append(path, text)),
    rename: (from, to) => named(to, files.rename(from, to)),
    link: (from, to) => named(to, files.link(from, to)),
    remove: (path) => named(path, files.remove(path)),
    makeDirectory: (path, mode) => named(path, files.makeDirectory(path, mode)),
    removeDirectory: (path) => named(path, files.removeDirectory(path)),
    symlink: (target, path) => named(path, files.symlink(target, path)),
    chmod: (path, mode) => named(path, files.chmod(path, mode)),
    chown: (path, uid, gid) => named(path, files.chown(path, uid, gid)),
  };
}

const maximalLinks = 40; // as the kernel: MAXSYMLINKS, include/linux/namei.h

export function rootedSystem(system: System, root: string): System {
  const base = root.replace(/\/+$/, '');
  /** Directories that are known to be no links: sysfs is deep, and its paths share their beginnings. */
  const plain = new Set<string>();

  const resolve = (path: string, followLast: boolean): string | Failure => {
    const slash = path.lastIndexOf('/');
    const isNear = plain.has(path.slice(0, slash)) && !/^\.{0,2}$/.test(path.slice(slash + 1));
    let done = isNear ? path.slice(0, slash) : '';
    let rest = isNear ? [path.slice(slash + 1)] : path.split('/').filter((part) => part !== '' && part !== '.');
    let links = 0;
    while (rest.length > 0) {
      const [part = '', ...more] = rest;
      rest = more;
      if (part === '..') {
        done = done.slice(0, Math.max(0, done.lastIndexOf('/')));
        continue;
      }
      const next = `${done}/${part}`;
      if ((rest.length === 0 && !followLast) || plain.has(next)) {
        done = next;
        continue;
      }
      const target = system.readlink(base + next);
      if (isFailure(target)) {
        if (rest.length > 0 && target.errno === 'EINVAL') plain.add(next);
        done = next; // no link, or nothing there: the call itself will say which
        continue;
      }
      links += 1;
      if (links > maximalLinks) return { errno: 'ELOOP', path };
      if (target.startsWith('/')) done = '';
      rest = [...target.split('/').filter((name) => name !== '' && name !== '.'), ...rest];
    }
    return `${base}${done}` || '/';
  };

  /** A failure names the path that the caller knows, not the one below the root. */
  const at = <Value>(path: string, followLast: boolean, work: (real: string) => Value): Value | Failure => {
    const real = resolve(path, followLast);
    if (isFailure(real)) return real;
    const outcome = work(real);
    return isFailure(outcome) ? { errno: outcome.errno, path: `${base}${path}` } : outcome;
  };

  /** A change of the tree: what was a directory may be a link afterwards. */
  const change = (path: string, followLast: boolean, work: (real: string) => Failure | null): Failure | null => {
    const outcome = at(path, followLast, work);
    plain.clear();
    return outcome;
  };

  return {
    ...system,
    list: (path) => at(path, true, (real) => system.list(real)),
    readlink: (path) => at(path, false, (real) => system.readlink(real)),
    read: (path) => at(path, true, (real) => system.read(real)),
    stat: (path) => at(path, true, (real) => system.stat(real)),
    lstat: (path) => at(path, false, (real) => system.lstat(real)),
    create: (path, text, mode) => change(path, false, (real) => system.create(real, text, mode)),
    append: (path, text) => change(path, true, (real) => system.append(real, text)),
    rename: (from, to) => change(from, false, (source) => change(to, false, (target) => system.rename(source, target))),
    link: (from, to) => change(from, false, (source) => change(to, false, (target) => system.link(source, target))),
    openBelow: () => null,
    remove: (path) => change(path, false, (real) => system.remove(real)),
    makeDirectory: (path, mode) => change(path, false, (real) => system.makeDirectory(real, mode)),
    removeDirectory: (path) => change(path, false, (real) => system.removeDirectory(real)),
    symlink: (target, path) => change(path, false, (real) => system.symlink(target, real)),
    chmod: (path, mode) => change(path, true, (real) => system.chmod(real, mode)),
    chown: (path, uid, gid) => change(path, true, (real) => system.chown(real, uid, gid)),
    ...runsNothing,
  };
}

const runsNothing: Pick<System, 'run' | 'follow' | 'followAll' | 'runWatched'> = {
  run: (argv) => ({ errno: 'ENOSYS', path: argv[0] ?? '' }),
  follow: async (argv) => ({ errno: 'ENOSYS', path: argv[0] ?? '' }),
  followAll: async (argvs) => argvs.map(([path = '']) => ({ errno: 'ENOSYS', path })),
  runWatched: async (argv) => ({ errno: 'ENOSYS', path: argv[0] ?? '' }),
};
