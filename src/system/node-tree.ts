/**
 * A tree below a directory on Node, with what chroot(2) makes of its links. Each directory on the way is opened by its name in
 * the one above, and no link is followed but by us: what becomes a link meanwhile leads nowhere. Node has no openat(2);
 * /proc/self/fd/N/NAME is the same.
 *
 * Not covered: without /proc there is no such way (null; rooted.ts then resolves names, and a directory that is swapped for a
 * link in between can lead out), and a directory that is moved out of the tree while it is open is still written to.
 */
import * as fs from 'node:fs';
import { decodeBytes } from './bytes.ts';
import { bytePath, errnoError, nodeFiles } from './node-files.ts';
import type { FileOperations } from './system.ts';

const { O_DIRECTORY, O_NOFOLLOW } = fs.constants;
const O_PATH = 0o10000000; // include/uapi/asm-generic/fcntl.h; the same on x86-64 and arm64
const maximalLinks = 40; // as the kernel: MAXSYMLINKS, include/linux/namei.h
/** Directories that are kept open: sysfs is deep, and its paths share their beginnings. */
const maximalOpen = 128;

export function nodeTree(root: string): FileOperations | null {
  const top = fs.openSync(bytePath(root), O_PATH | O_DIRECTORY);
  if (!fs.existsSync(`/proc/self/fd/${top}/.`)) {
    fs.closeSync(top);
    return null;
  }
  const open = new Map<string, number>();
  const forget = () => {
    for (const file of open.values()) fs.closeSync(file);
    open.clear();
  };

  const openDirectory = (parent: string, name: string): number | null => {
    const path = `${parent}/${name}`;
    const known = open.get(path);
    if (known !== undefined) return known;
    try {
      const file = fs.openSync(bytePath(`${placeOf(parent)}/${name}`), O_PATH | O_DIRECTORY | O_NOFOLLOW);
      open.set(path, file);
      return file;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return null; // a file, or a link
      throw error;
    }
  };
  const placeOf = (directory: string) => `/proc/self/fd/${directory === '' ? top : open.get(directory)}`;

  /** The directory that a path ends in (open, `''` is the root), and its last name, which is no link where `follow` is set. */
  const walk = (path: string, follow: boolean): { readonly directory: string; readonly name: string } => {
    if (open.size > maximalOpen) forget();
    let directory = '';
    let rest = path.split('/').filter((part) => part !== '' && part !== '.');
    for (let links = 0; ;) {
      const [name = '.', ...more] = rest;
      if (name === '..') {
        directory = directory.slice(0, Math.max(0, directory.lastIndexOf('/')));
        rest = more;
        if (rest.length === 0) return { directory, name: '.' };
        continue;
      }
      const last = more.length === 0;
      if (last && !follow) return { directory, name };
      if (!last && openDirectory(directory, name) !== null) {
        directory = `${directory}/${name}`;
        rest = more;
        continue;
      }
      const target = readTarget(`${placeOf(directory)}/${name}`);
      if (target === null && last) return { directory, name };
      if (target === null) throw errnoError('ENOTDIR');
      links += 1;
      if (links > maximalLinks) throw errnoError('ELOOP');
      if (target.startsWith('/')) directory = '';
      rest = [...target.split('/').filter((part) => part !== '' && part !== '.'), ...more];
      if (rest.length === 0) return { directory, name: '.' };
    }
  };

  const locate = (path: string, follow: boolean) => {
    const { directory, name } = walk(path, follow);
    return `${placeOf(directory)}/${name}`;
  };
  return nodeFiles({
    locate,
    directory: (path) => {
      const { directory, name } = walk(path, true);
      if (name === '.') return `${placeOf(directory)}/.`;
      if (openDirectory(directory, name) === null) throw errnoError('ENOTDIR');
      return `${placeOf(`${directory}/${name}`)}/.`;
    },
    resolved: true,
    changed: forget,
  });
}

/** Null: it is no link, or nothing is there. */
function readTarget(place: string): string | null {
  try {
    return decodeBytes(fs.readlinkSync(bytePath(place), 'buffer'));
  } catch {
    return null;
  }
}
