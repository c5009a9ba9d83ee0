/** Roots of guests in the folders of a tree that has no configuration itself: a repository of many hosts, named as one guest. */
import { isFailure, type System } from '../system/system.ts';

const folders = ['systemd/network', 'netplan', 'network', 'NetworkManager', 'cloud', 'sysconfig'];
const maximalDepth = 3;
/** A tree with more folders is no repository of configurations. */
const maximalFolders = 500;

/** Paths from the tree's own root, without the slash before them, sorted. Links are not followed. */
export function findNestedRoots(system: System): readonly string[] {
  const roots: string[] = [];
  let left = maximalFolders;
  const isFolder = (path: string): boolean => {
    const status = system.lstat(path);
    return !isFailure(status) && status.kind === 'directory';
  };
  const look = (path: string, depth: number): void => {
    const names = left > 0 ? system.list(path === '' ? '/' : path) : [];
    left -= 1;
    if (isFailure(names)) return;
    for (const name of [...names].sort()) {
      const below = `${path}/${name}`;
      if (name.startsWith('.') || !isFolder(below)) continue;
      if (name !== 'etc') {
        if (depth < maximalDepth) look(below, depth + 1);
      } else if (path !== '' && folders.some((folder) => isFolder(`${below}/${folder}`))) roots.push(path.slice(1));
    }
  };
  look('', 0);
  return roots.sort();
}
