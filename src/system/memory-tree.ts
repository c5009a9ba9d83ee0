/** The tree of a System in memory: what is at each path, and where a path leads. */
import type { Failure, FileStatus } from './system.ts';

/**
 * What is at a path: a file's text; a link's target as `{ link }`; a file that answers with an errno as `{ errno }`;
 * `{ directory: true }` where it is empty; `{ device: true }` for what is no file (a FIFO, a socket). The directories above a path need not be named.
 */
export type MemoryEntry =
  | string
  | { readonly link: string }
  | { readonly errno: string }
  | { readonly directory: true; readonly mode?: number }
  | { readonly device: true }
  | { readonly text: string; readonly mode?: number; readonly uid?: number; readonly gid?: number };

export type Node =
  | { readonly kind: 'file'; readonly text: string; readonly mode: number; readonly uid: number; readonly gid: number }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'directory'; readonly mode: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'refusing'; readonly errno: string };

/** The nodes of these entries, and the directories above them. */
export function plantTree(entries: Readonly<Record<string, MemoryEntry>>): Map<string, Node> {
  const nodes = new Map<string, Node>([['/', { kind: 'directory', mode: 0o755 }]]);
  for (const [path, entry] of Object.entries(entries)) {
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1)) {
      if (!nodes.has(path.slice(0, at))) nodes.set(path.slice(0, at), { kind: 'directory', mode: 0o755 });
    }
    nodes.set(path, nodeOf(entry));
  }
  return nodes;
}

/** Follows links; `last` says whether the final name is followed too. */
export function resolvePath(nodes: ReadonlyMap<string, Node>, path: string, last: boolean): string | Failure {
  let done = '';
  let rest = path.split('/').filter((part) => part !== '');
  for (let hops = 0; rest.length > 0;) {
    const [part = '', ...more] = rest;
    rest = more;
    if (part === '.') continue;
    if (part === '..') {
      done = parentOf(done);
      continue;
    }
    const here = nodes.get(done === '' ? '/' : done);
    if (here === undefined) return { errno: 'ENOENT', path };
    if (here.kind !== 'directory') return { errno: 'ENOTDIR', path };
    const next = `${done}/${part}`;
    const node = nodes.get(next);
    if (node?.kind === 'symlink' && (rest.length > 0 || last)) {
      hops += 1;
      if (hops > 40) return { errno: 'ELOOP', path };
      if (node.target.startsWith('/')) done = '';
      rest = [...node.target.split('/').filter((name) => name !== ''), ...rest];
    } else done = next;
  }
  return done === '' ? '/' : done;
}

/** What a directory holds. */
export function namesIn(nodes: ReadonlyMap<string, Node>, real: string): string[] {
  const prefix = real === '/' ? '/' : `${real}/`;
  return [...nodes.keys()]
    .filter((key) => key.startsWith(prefix) && key !== real && !key.slice(prefix.length).includes('/'))
    .map((key) => key.slice(prefix.length));
}

function nodeOf(entry: MemoryEntry): Node {
  if (typeof entry === 'string') return { kind: 'file', text: entry, mode: 0o644, uid: 0, gid: 0 };
  if ('link' in entry) return { kind: 'symlink', target: entry.link };
  if ('device' in entry) return { kind: 'other' };
  if ('errno' in entry) return { kind: 'refusing', errno: entry.errno };
  if ('directory' in entry) return { kind: 'directory', mode: entry.mode ?? 0o755 };
  return { kind: 'file', text: entry.text, mode: entry.mode ?? 0o644, uid: entry.uid ?? 0, gid: entry.gid ?? 0 };
}

export function statusOf(node: Node, path: string): FileStatus {
  const owner = { uid: 0, gid: 0, size: 0, id: path };
  if (node.kind === 'file')
    return { ...owner, kind: 'file', mode: node.mode, uid: node.uid, gid: node.gid, size: node.text.length };
  if (node.kind === 'directory') return { ...owner, kind: 'directory', mode: node.mode };
  if (node.kind === 'other') return { ...owner, kind: 'other', mode: 0o644 };
  return {
    ...owner,
    kind: node.kind === 'symlink' ? 'symlink' : 'file',
    mode: node.kind === 'symlink' ? 0o777 : 0o444,
  };
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
