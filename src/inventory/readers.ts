/**
 * May a daemon read a file? One that does not run as root needs leave for the file and for each directory above it. networkd
 * runs as systemd-network without CAP_DAC_OVERRIDE (systemd-networkd.service): what it cannot open is not there for it.
 */
import { isFailure, type FileStatus, type System } from '../system/system.ts';

export interface Reader {
  readonly user: string;
  /** Undefined: the tree does not say; the user then owns nothing. */
  readonly uid: number | undefined;
  readonly gids: ReadonlySet<number>;
}

/** By /etc/passwd and /etc/group. passwd(5), group(5). */
export function findReader(system: System, user: string): Reader {
  const lines = (path: string): readonly (readonly string[])[] => {
    const text = system.read(path);
    return isFailure(text) ? [] : text.split('\n').map((line) => line.split(':'));
  };
  const entry = lines('/etc/passwd').find(([name]) => name === user);
  const own = Number(entry?.[3]);
  const groups =
    entry === undefined ? [] : lines('/etc/group').filter(([, , , members]) => members?.split(',').includes(user));
  return {
    user,
    uid: entry === undefined ? undefined : Number(entry[2]),
    gids: new Set([...(Number.isNaN(own) ? [] : [own]), ...groups.map(([, , gid]) => Number(gid))]),
  };
}

/** What keeps a reader from a file or from a directory's files. */
export interface Denial {
  /** The file or directory whose mode it is. */
  readonly path: string;
  /** "mode 0700 of root: expected 0755, as networkd reads as user systemd-network". */
  readonly message: string;
}

/** The directory and those above it, from the top; the tree's own root says nothing of the guest's. Null: it can be listed and entered. */
export function findDirectoryDenial(system: System, directory: string, reader: Reader): Denial | null {
  for (let at = directory.indexOf('/', 1); ; at = directory.indexOf('/', at + 1)) {
    const path = at < 0 ? directory : directory.slice(0, at);
    const status = system.stat(path);
    if (isFailure(status)) return null;
    const wanted = at < 0 ? 0o5 : 0o1;
    if ((permissionsOf(status, reader) & wanted) !== wanted) return { path, message: describe(status, '0755', reader) };
    if (at < 0) return null;
  }
}

export function findFileDenial(status: FileStatus, path: string, reader: Reader): Denial | null {
  return (permissionsOf(status, reader) & 0o4) !== 0 ? null : { path, message: describe(status, '0644', reader) };
}

/** The first of owner, group and others that the reader is one of, and no other. path_resolution(7). */
function permissionsOf({ mode, uid, gid }: FileStatus, reader: Reader): number {
  if (uid === reader.uid) return (mode >> 6) & 0o7;
  return reader.gids.has(gid) ? (mode >> 3) & 0o7 : mode & 0o7;
}

function describe({ mode, uid }: FileStatus, expected: string, { user }: Reader): string {
  const owner = uid === 0 ? 'root' : `user ${uid}`;
  return `mode ${mode.toString(8).padStart(4, '0')} of ${owner}; expected ${expected}: its daemon reads as user ${user}`;
}
