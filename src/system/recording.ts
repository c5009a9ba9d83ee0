/** A System that remembers what was asked of it, for a snapshot: the same questions have the same answers there. */
import { readOnly } from './read-only.ts';
import { rootedSystem } from './rooted.ts';
import type { SnapshotNode } from './snapshot.ts';
import { isFailure, type FileStatus, type ProcessResult, type System } from './system.ts';

export interface RecordedProgram {
  readonly argv: readonly string[];
  readonly result: ProcessResult;
}

export interface Recording {
  /** Reads go to the machine and are remembered; nothing can be changed through it. */
  readonly system: System;
  readonly nodes: ReadonlyMap<string, SnapshotNode>;
  readonly programs: readonly RecordedProgram[];
}

/**
 * `mayRun`: programs that may be run and whose answers are remembered; any other is ENOSYS. Symbolic links are resolved
 * here, name by name, so that what is remembered is one tree, whatever path a question took.
 */
export function recordingSystem(machine: System, mayRun: (argv: readonly string[]) => boolean): Recording {
  const nodes = new Map<string, SnapshotNode>();
  const programs: RecordedProgram[] = [];
  const listed = new Set<string>();
  /** Names that were not there, and the complete names of listed directories: nothing below or beside them is asked for again. */
  const missing = new Set<string>();
  const namesOf = new Map<string, ReadonlySet<string>>();
  const isMissing = (path: string): boolean => {
    if (missing.has(path)) return true;
    const slash = path.lastIndexOf('/');
    const parent = path.slice(0, slash) || '/';
    return namesOf.get(parent)?.has(path.slice(slash + 1)) === false || (parent !== '/' && missing.has(parent));
  };

  const note = (path: string): void => {
    if (nodes.has(path) || isMissing(path)) return;
    const status = machine.lstat(path);
    if (isFailure(status)) {
      if (isThere(status.errno)) nodes.set(path, { errno: status.errno });
      else if (status.errno === 'ENOENT') missing.add(path);
      return;
    }
    nodes.set(path, nodeWithoutText(machine, path, status));
  };

  const flat: System = {
    ...machine,
    list: (path) => {
      const names = machine.list(path);
      note(path);
      const node = nodes.get(path);
      if (node !== undefined && typeof node === 'object' && 'directory' in node) {
        if (!isFailure(names)) nodes.set(path, { ...node, directory: true });
        else if (isThere(names.errno)) nodes.set(path, { ...node, errno: names.errno });
      }
      if (!isFailure(names) && !listed.has(path)) {
        listed.add(path);
        namesOf.set(path, new Set(names));
        for (const name of names) note(`${path === '/' ? '' : path}/${name}`);
      }
      return names;
    },
    readlink: (path) => {
      if (isMissing(path)) return { errno: 'ENOENT', path };
      const before = nodes.get(path);
      if (typeof before === 'object' && 'link' in before) return before.link;
      // a directory or a file that was looked at is no link
      if (before !== undefined && (typeof before === 'string' || !('errno' in before)))
        return { errno: 'EINVAL', path };
      const target = machine.readlink(path);
      if (!isFailure(target)) nodes.set(path, { link: target });
      else if (target.errno === 'ENOENT') missing.add(path);
      else if (target.errno !== 'ENOENT' && target.errno !== 'ENOTDIR') note(path);
      return target;
    },
    read: (path) => {
      if (isMissing(path)) return { errno: 'ENOENT', path };
      const text = machine.read(path);
      note(path);
      const node = nodes.get(path);
      if (node !== undefined && typeof node === 'object' && 'size' in node) {
        const { size: _, ...status } = node;
        if (!isFailure(text)) nodes.set(path, nodeWithText(text, status));
        else if (isThere(text.errno)) nodes.set(path, { errno: text.errno, ...status });
      }
      return text;
    },
    stat: (path) => {
      if (isMissing(path)) return { errno: 'ENOENT', path };
      note(path);
      return machine.stat(path);
    },
    lstat: (path) => {
      if (isMissing(path)) return { errno: 'ENOENT', path };
      note(path);
      return machine.lstat(path);
    },
  };
  const rooted = rootedSystem(flat, '');
  return {
    nodes,
    programs,
    system: {
      ...rooted,
      ...readOnly,
      run: (argv, options) => {
        if (!mayRun(argv)) return { errno: 'ENOSYS', path: argv[0] ?? '' };
        const result = machine.run(argv, options);
        if (!isFailure(result)) programs.push({ argv, result });
        return result;
      },
    },
  };
}

/** Something is there, and does not let itself be read. */
function isThere(errno: string): boolean {
  return errno !== 'ENOENT' && errno !== 'ENOTDIR' && errno !== 'ENODEV' && errno !== 'EISDIR';
}

type Ownership = { readonly mode?: number; readonly uid?: number; readonly gid?: number };

function ownershipOf({ mode, uid, gid }: FileStatus, usualMode: number): Ownership {
  return { ...(mode === usualMode ? {} : { mode }), ...(uid === 0 ? {} : { uid }), ...(gid === 0 ? {} : { gid }) };
}

function nodeWithoutText(machine: System, path: string, status: FileStatus): SnapshotNode {
  switch (status.kind) {
    case 'symlink': {
      const target = machine.readlink(path);
      return isFailure(target) ? { errno: target.errno } : { link: target };
    }
    case 'directory':
      return { directory: false, ...ownershipOf(status, 0o755) };
    case 'file':
      return { size: status.size, ...ownershipOf(status, 0o644) };
    case 'other':
      return { other: true, ...ownershipOf(status, 0o644) };
  }
}

function nodeWithText(text: string, status: Ownership): SnapshotNode {
  return Object.keys(status).length === 0 ? text : { text, ...status };
}
