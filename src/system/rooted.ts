/**
 * A mounted image, or a copied tree, as a System of its own (`--root DIR`). Symbolic links are followed inside the tree,
 * an absolute one from the tree's own root, as chroot(2) would: an image cannot make us read or write the host.
 * Nothing is ever run in it.
 */
import { isFailure, type Failure, type System } from './system.ts';

const maximalLinks = 40; // as the kernel: MAXSYMLINKS, include/linux/namei.h

export function rootedSystem(system: System, root: string): System {
  const base = root.replace(/\/+$/, '');
  /** Directories that are known to be no links: sysfs is deep, and its paths share their beginnings. */
  const plain = new Set<string>();

  const resolve = (path: string, followLast: boolean): string | Failure => {
    let done = '';
    let rest = path.split('/').filter((part) => part !== '' && part !== '.');
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
    write: (path, text) => change(path, true, (real) => system.write(real, text)),
    rename: (from, to) => change(from, false, (source) => change(to, false, (target) => system.rename(source, target))),
    remove: (path) => change(path, false, (real) => system.remove(real)),
    makeDirectory: (path, mode) => change(path, false, (real) => system.makeDirectory(real, mode)),
    removeDirectory: (path) => change(path, false, (real) => system.removeDirectory(real)),
    symlink: (target, path) => change(path, false, (real) => system.symlink(target, real)),
    chmod: (path, mode) => change(path, true, (real) => system.chmod(real, mode)),
    chown: (path, uid, gid) => change(path, true, (real) => system.chown(real, uid, gid)),
    run: (argv) => ({ errno: 'ENOSYS', path: argv[0] ?? '' }),
    follow: async (argv) => ({ errno: 'ENOSYS', path: argv[0] ?? '' }),
    runWatched: async (argv) => ({ errno: 'ENOSYS', path: argv[0] ?? '' }),
  };
}
