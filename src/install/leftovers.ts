/** Names that a change is made under before it has its own, and what a run that was killed has left of them. */
import { manifestPath } from '../inventory/manifest.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';

/** In the same directory, since rename(2) does not cross file systems; with a leading dot, since no daemon reads those. */
export function hiddenBeside(path: string, ending: 'new' | 'old'): string {
  const slash = path.lastIndexOf('/');
  return `${path.slice(0, slash)}/.${path.slice(slash + 1)}.failoverctl-${ending}`;
}

const hiddenName = /^\..+\.failoverctl-(?:new|old)$/;

/** Is one the other's directory, or above it? */
export function isAbove(directory: string, path: string): boolean {
  return path.startsWith(`${directory}/`);
}

/** What is left beside files that an installation has or wants, and the directory of a manifest that was on its way. */
export function findLeftovers(system: System, paths: readonly string[]): readonly string[] | Failure {
  const parents = new Set([...paths, manifestPath].map((path) => path.slice(0, path.lastIndexOf('/'))));
  // the manifest's directories come and go under such a name too
  for (let at = manifestPath.indexOf('/', 1); at > 0; at = manifestPath.indexOf('/', at + 1))
    parents.add(manifestPath.slice(0, manifestPath.lastIndexOf('/', at - 1)));
  const left: string[] = [];
  for (const parent of parents) {
    const names = system.list(parent === '' ? '/' : parent);
    if (!isFailure(names))
      left.push(...names.filter((name) => hiddenName.test(name)).map((name) => `${parent}/${name}`));
    else if (names.errno !== 'ENOENT' && names.errno !== 'ENOTDIR') return names;
  }
  return left.sort();
}

/** Takes a file, or a directory of ours and what is in it, away; it need not be there. */
export function removeTree(system: System, path: string): Failure | null {
  const status = system.lstat(path);
  if (isFailure(status)) return status.errno === 'ENOENT' ? null : status;
  if (status.kind !== 'directory') return system.remove(path);
  const names = system.list(path);
  if (isFailure(names)) return names;
  for (const name of names) {
    const failure = removeTree(system, `${path}/${name}`);
    if (failure !== null) return failure;
  }
  return system.removeDirectory(path);
}
