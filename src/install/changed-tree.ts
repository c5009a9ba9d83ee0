/** A tree as it would be once a plan was carried out: to be looked at, and nothing else. */
import { encodeText } from '../system/bytes.ts';
import { readOnly } from '../system/read-only.ts';
import type { FileState } from '../inventory/file-state.ts';
import type { Failure, FileStatus, System } from '../system/system.ts';
import { baseName } from '../text/base-name.ts';
import type { Plan } from './plan.ts';

export function treeAfter(tree: System, { changes }: Pick<Plan, 'changes'>): System {
  const states = new Map<string, FileState>(changes.map(({ path, to }) => [path, to]));
  const added = namesAdded(changes);
  const missing = (path: string): Failure => ({ errno: 'ENOENT', path });
  const targetOf = (path: string, target: string) => (target.startsWith('/') ? target : `${parentOf(path)}/${target}`);

  /** What is there by itself; a folder that the plan makes, where it is not there yet. */
  const orFolder = (path: string, found: FileStatus | Failure): FileStatus | Failure =>
    'errno' in found && added.has(path) ? statusOf(path, 'directory', { mode: 0o755, uid: 0, gid: 0 }) : found;
  const lstat = (path: string): FileStatus | Failure => {
    const state = states.get(path);
    if (state === undefined) return orFolder(path, tree.lstat(path));
    if (state.kind === 'absent') return missing(path);
    if (state.kind === 'link') return statusOf(path, 'symlink', { mode: 0o777, uid: 0, gid: 0 });
    return statusOf(path, 'file', state);
  };
  const stat = (path: string): FileStatus | Failure => {
    const state = states.get(path);
    if (state === undefined) return orFolder(path, tree.stat(path));
    return state.kind === 'link' ? stat(targetOf(path, state.target)) : lstat(path);
  };
  const read = (path: string): string | Failure => {
    const state = states.get(path);
    if (state === undefined) return tree.read(path);
    if (state.kind === 'absent') return missing(path);
    return state.kind === 'link' ? read(targetOf(path, state.target)) : state.text;
  };
  return {
    ...tree,
    lstat,
    stat,
    read,
    readlink: (path) => {
      const state = states.get(path);
      if (state === undefined) return tree.readlink(path);
      return state.kind === 'link' ? state.target : { errno: state.kind === 'file' ? 'EINVAL' : 'ENOENT', path };
    },
    list: (directory) => {
      const names = tree.list(directory);
      const more = added.get(directory);
      if (more === undefined && 'errno' in names) return names;
      const there = ('errno' in names ? [] : names).filter(
        (name) => states.get(`${directory === '/' ? '' : directory}/${name}`)?.kind !== 'absent',
      );
      return [...new Set([...there, ...(more ?? [])])];
    },
    ...readOnly,
  };
}

/** By folder: the files that the plan makes, and the folders that lead to them. */
function namesAdded(changes: Plan['changes']): ReadonlyMap<string, ReadonlySet<string>> {
  const added = new Map<string, Set<string>>();
  for (const { path, to } of changes)
    for (let at = path; to.kind !== 'absent' && at !== '/'; at = parentOf(at)) {
      const names = added.get(parentOf(at)) ?? new Set<string>();
      added.set(parentOf(at), names.add(baseName(at)));
    }
  return added;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function statusOf(
  path: string,
  kind: FileStatus['kind'],
  { mode, uid, gid, text = '' }: Pick<FileStatus, 'mode' | 'uid' | 'gid'> & { readonly text?: string },
): FileStatus {
  return { kind, mode, uid, gid, size: encodeText(text).length, id: path };
}
