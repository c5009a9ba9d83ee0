/** A recorded guest as a System: it answers what was asked when it was recorded, and can be neither changed nor run in. */
import { readOnly } from './read-only.ts';
import { baseName } from '../text/base-name.ts';
import { madeOnce } from '../text/kept-with.ts';
import { encodeText } from './bytes.ts';
import { rootedSystem } from './rooted.ts';
import { isFailure, type Failure, type FileStatus, type ProcessResult, type System } from './system.ts';

/**
 * What is at a path that leads through no symbolic link. A file's text, mode 0644 and root's; a file with another mode or
 * owner; a file of which only the size was recorded; one that answers with an errno; a link; a directory, whose entries
 * are those that are recorded below it (`true`) or are not known (`false`).
 */
export type SnapshotNode =
  | string
  | ({ readonly text: string } & Ownership)
  | ({ readonly size: number } & Ownership)
  | ({ readonly directory: boolean; readonly errno?: string } & Ownership)
  | ({ readonly errno: string } & Ownership)
  | { readonly link: string }
  | ({ readonly other: true } & Ownership);

export type SnapshotNodes = ReadonlyMap<string, SnapshotNode>;

interface Ownership {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * `parts`: all entries, each in one of them. `programs`: answers of programs, by argv joined with NUL; any other is `noProgram`: it was not there, or, in a tree, nothing
 * could be run. The rest (streams, environment) is the machine's.
 */
export function snapshotSystem(
  machine: System,
  parts: readonly SnapshotNodes[],
  programs: ReadonlyMap<string, ProcessResult>,
  noProgram: 'ENOENT' | 'ENOSYS',
): System {
  const trees = parts.map((nodes) => ({ nodes, children: childrenOf(nodes) }));
  const at = (path: string) => trees.find(({ nodes }) => nodes.has(path))?.nodes.get(path);
  const childrenAt = (path: string): readonly string[] => {
    const [names = [], ...more] = trees.flatMap(({ children }) =>
      [children.get(path) ?? []].filter(({ length }) => length > 0),
    );
    return more.length === 0 ? names : [...new Set([names, ...more].flat())];
  };
  const find = (path: string): SnapshotNode | Failure => {
    const node = at(path);
    if (node !== undefined) return node;
    if (trees.some(({ children }) => children.has(path))) return { directory: false };
    const above = at(parentOf(path));
    const below = above === undefined || (typeof above === 'object' && 'directory' in above);
    return { errno: below ? 'ENOENT' : 'ENOTDIR', path };
  };
  const status = (path: string): FileStatus | Failure => {
    const node = find(path);
    return isMissing(node) ? node : statusOf(node, path);
  };
  const tree = rootedSystem(
    {
      ...machine,
      list: (path) => {
        const node = find(path);
        if (isMissing(node)) return node;
        if (typeof node === 'string' || !('directory' in node)) {
          return { errno: typeof node === 'object' && 'errno' in node ? node.errno : 'ENOTDIR', path };
        }
        if (node.errno !== undefined) return { errno: node.errno, path };
        return node.directory ? childrenAt(path) : { errno: notRecorded, path };
      },
      readlink: (path) => {
        const node = find(path);
        if (isMissing(node)) return node;
        return typeof node === 'object' && 'link' in node ? node.link : { errno: 'EINVAL', path };
      },
      read: (path) => {
        const node = find(path);
        if (typeof node === 'string') return node;
        if (isMissing(node)) return node;
        if ('text' in node) return node.text;
        if ('directory' in node) return { errno: 'EISDIR', path };
        return { errno: 'errno' in node ? node.errno : notRecorded, path };
      },
      stat: status,
      lstat: status,
    },
    '',
  );
  return {
    ...tree,
    ...readOnly,
    run: (argv) => programs.get(argv.join('\0')) ?? { errno: noProgram, path: argv[0] ?? '' },
  };
}

/** It was there, but what is in it is not in the snapshot. */
const notRecorded = 'ENODATA';

function isMissing(found: SnapshotNode | Failure): found is Failure {
  return isFailure(found) && 'path' in found;
}

/** Names by directory, in the order of the snapshot, whether or not the directory itself was recorded. */
const childrenOf = madeOnce((nodes: SnapshotNodes): ReadonlyMap<string, readonly string[]> => {
  const children = new Map<string, string[]>();
  const known = new Set<string>();
  for (const path of nodes.keys()) {
    let at = path;
    while (at !== '/' && !known.has(at)) {
      known.add(at);
      const parent = parentOf(at);
      const name = baseName(at);
      const names = children.get(parent);
      if (names === undefined) children.set(parent, [name]);
      else names.push(name);
      at = parent;
    }
  }
  return children;
});

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function statusOf(node: SnapshotNode, path: string): FileStatus {
  const text = typeof node === 'string' ? node : 'text' in node ? node.text : null;
  const { mode, uid = 0, gid = 0 }: Ownership = typeof node === 'string' || 'link' in node ? {} : node;
  const kind = kindOf(node);
  return {
    kind,
    mode: mode ?? usualModes[kind],
    uid,
    gid,
    id: path,
    // few ask, and it has to be counted
    get size() {
      return text !== null ? encodeText(text).length : typeof node === 'object' && 'size' in node ? node.size : 0;
    },
  };
}

function kindOf(node: SnapshotNode): FileStatus['kind'] {
  if (typeof node === 'string') return 'file';
  if ('link' in node) return 'symlink';
  if ('directory' in node) return 'directory';
  return 'other' in node ? 'other' : 'file';
}

const usualModes: Readonly<Record<FileStatus['kind'], number>> = {
  file: 0o644,
  directory: 0o755,
  symlink: 0o777,
  other: 0o644,
};
