/** Files, directories and links on Node: below the machine's root, or below a directory of its own (node-tree.ts). */
import { isUtf8 } from 'node:buffer';
import * as fs from 'node:fs';
import { decodeBytes, encodeText } from './bytes.ts';
import { fileLimit, type Failure, type FileOperations, type FileStatus } from './system.ts';

/** Where the kernel shall look for a path. Each may throw what Node throws for an errno. */
export interface Locator {
  /** The path itself, or what it leads to where `follow` is set. */
  locate(path: string, follow: boolean): string;
  /** A directory to be listed. */
  directory(path: string): string;
  /** `locate` has followed every link: one that is there now was put there since. */
  readonly resolved: boolean;
  /** The tree was changed. */
  changed(): void;
}

const { O_RDONLY, O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW, O_DIRECTORY } = fs.constants;

export function nodeFiles({ locate, directory, resolved, changed }: Locator): FileOperations {
  const noLink = resolved ? O_NOFOLLOW : 0;
  const at = (path: string, follow: boolean) => bytePath(locate(path, follow));
  const alter = (path: string, work: () => void): Failure | null => {
    const outcome = attempt(path, work);
    changed();
    return outcome ?? null;
  };
  return {
    list: (path) =>
      attempt(path, () => fs.readdirSync(bytePath(directory(path)), 'buffer').map((name) => decodeBytes(name))),
    readlink: (path) => attempt(path, () => decodeBytes(fs.readlinkSync(at(path, false), 'buffer'))),
    read: (path) => attempt(path, () => readFile(at(path, true), noLink, path)),
    stat: (path) =>
      attempt(path, () => fileStatus((resolved ? fs.lstatSync : fs.statSync)(at(path, true), { bigint: true }))),
    lstat: (path) => attempt(path, () => fileStatus(fs.lstatSync(at(path, false), { bigint: true }))),

    create: (path, text, mode) => alter(path, () => createFile(at(path, false), text, mode)),
    append: (path, text) =>
      alter(path, () => {
        const file = fs.openSync(at(path, true), O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | noLink);
        try {
          writeAll(file, encodeText(text));
        } finally {
          fs.closeSync(file);
        }
      }),
    rename: (from, to) =>
      alter(to, () => {
        fs.renameSync(at(from, false), at(to, false));
        const parent = fs.openSync(bytePath(directory(to.replace(/\/[^/]*$/, '') || '/')), 'r');
        try {
          fs.fsyncSync(parent);
        } catch (error) {
          // fsync(2): a file system that cannot sync directories (some FUSE and network ones); the rename is done
          if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error;
        } finally {
          fs.closeSync(parent);
        }
      }),
    link: (from, to) => alter(to, () => fs.linkSync(at(from, false), at(to, false))),
    remove: (path) => alter(path, () => fs.unlinkSync(at(path, false))),
    makeDirectory: (path, mode) => alter(path, () => makeDirectory(at(path, false), mode)),
    removeDirectory: (path) => alter(path, () => fs.rmdirSync(at(path, false))),
    symlink: (target, path) => alter(path, () => fs.symlinkSync(bytePath(target), at(path, false))),
    chmod: (path, mode) => alter(path, () => changeMode(at(path, true), noLink, mode)),
    chown: (path, uid, gid) => alter(path, () => (resolved ? fs.lchownSync : fs.chownSync)(at(path, true), uid, gid)),
  };
}

/** A path as the kernel wants it: a name that is not UTF-8 must not pass through Node's own encoding. */
export function bytePath(path: string): string | Buffer {
  return /[\ud800-\udfff]/.test(path) ? Buffer.from(encodeText(path)) : path;
}

export function attempt<Value>(path: string, work: () => Value): Value | Failure {
  try {
    return work();
  } catch (error) {
    return asFailure(error, path);
  }
}

/** Only what the system refused is a failure; anything else is a bug, and is thrown on. */
export function asFailure(error: unknown, path: string): Failure {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    if (error.code === 'ERR_INVALID_ARG_VALUE') return { errno: 'ENOENT', path }; // a NUL byte: no file has such a name
    if (error.code === 'ENOTSUP') return { errno: 'EOPNOTSUPP', path }; // one number on Linux, and libuv takes the other name
    if (/^E[A-Z0-9]+$/.test(error.code)) return { errno: error.code, path };
    if ('errno' in error && typeof error.errno === 'number') return { errno: `E${-error.errno}`, path };
  }
  throw error;
}

/** What Node throws for an errno. */
export function errnoError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function fileStatus(status: fs.BigIntStats): FileStatus {
  const kind = status.isFile()
    ? 'file'
    : status.isDirectory()
      ? 'directory'
      : status.isSymbolicLink()
        ? 'symlink'
        : 'other';
  return {
    kind,
    mode: Number(status.mode) & 0o7777,
    uid: Number(status.uid),
    gid: Number(status.gid),
    size: Number(status.size),
    id: `${status.dev}:${status.ino}`,
    changed: `${status.ctimeNs}`,
  };
}

const nullDevice = 0x103; // 1:3, Documentation/admin-guide/devices.txt

/** Opened without waiting for a FIFO's writer; what is no file is told by its status, before a byte is read. */
function readFile(place: string | Buffer, flags: number, path: string): string | Failure {
  let file: number;
  try {
    file = fs.openSync(place, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags);
  } catch (error) {
    // open(2): a socket, or a device that nothing drives
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return { errno: 'EFTYPE', path };
    throw error;
  }
  try {
    const status = fs.fstatSync(file);
    if (status.isDirectory()) return { errno: 'EISDIR', path };
    if (status.isCharacterDevice() && status.rdev === nullDevice) return '';
    if (!status.isFile()) return { errno: 'EFTYPE', path };
    if (status.size > fileLimit) return { errno: 'EFBIG', path };
    const bytes = readToEnd(file, status.size);
    return bytes === null ? { errno: 'EFBIG', path } : decodeFile(bytes);
  } finally {
    fs.closeSync(file);
  }
}

const oneRead = 65536;

/**
 * sysfs tells 4096 and gives all in one read; procfs tells 0 and gives what it likes, and a pipe comes in small pieces. Null:
 * more than the limit, and no more than that is read. A file that gave just as much as it told, when more was asked for, is
 * not read again.
 */
export function readToEnd(file: number, size: number, limit: number = fileLimit): Buffer | null {
  let bytes = Buffer.allocUnsafe(Math.max(oneRead, size + 1));
  for (let length = 0; ;) {
    const count = fs.readSync(file, bytes, length, Math.min(bytes.length, limit + 1) - length, null);
    const whole = size > 0 && length === 0 && (count === size || size === 4096) && count < bytes.length;
    length += count;
    if (length > limit) return null;
    if (count === 0 || whole) return bytes.subarray(0, length);
    if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length);
  }
}

/** The same as `decodeBytes`, in a tenth of the time where it is UTF-8. */
export function decodeFile(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : decodeBytes(bytes);
}

/** A file that could not be written whole is taken away again: the caller sees all of it or nothing. */
function createFile(place: string | Buffer, text: string, mode: number): void {
  const file = fs.openSync(place, 'wx', 0o600);
  try {
    writeAll(file, encodeText(text));
    fs.fchmodSync(file, mode);
    fs.fsyncSync(file);
  } catch (error) {
    fs.unlinkSync(place);
    throw error;
  } finally {
    fs.closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += fs.writeSync(file, bytes, at);
}

/** Of its mode from the first moment; what a parent's set-group-id bit or default ACL added is taken away after. */
function makeDirectory(place: string | Buffer, mode: number): void {
  const mask = process.umask(0);
  try {
    fs.mkdirSync(place, mode);
  } finally {
    process.umask(mask);
  }
  changeMode(place, O_NOFOLLOW | O_DIRECTORY, mode);
}

function changeMode(place: string | Buffer, flags: number, mode: number): void {
  const file = fs.openSync(place, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags);
  try {
    if ((fs.fstatSync(file).mode & 0o7777) !== mode) fs.fchmodSync(file, mode);
  } finally {
    fs.closeSync(file);
  }
}
