/**
 * Guards that a package has put into the tree: failoverctl-guard, made by `failoverctl generate guard`. They are the package's:
 * an installation adds to them, and never changes or removes them.
 */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { addedPaths, parseManifest, readManifest, type Manifest } from './manifest.ts';

export const guardPackage = 'failoverctl-guard';

/** What the package has, as an installation would list it. */
export const guardListPath = '/usr/share/failoverctl/guard.json';

/** Null: no such package. A string: its list is damaged, and this is how. */
export function readSupplied(system: System): Manifest | null | string | Failure {
  const text = system.read(guardListPath);
  return isFailure(text) ? (text.errno === 'ENOENT' ? null : text) : parseManifest(text);
}

/** The same for whatever installation is there; one whose manifest cannot be read counts as none. */
export function readOwnPaths(system: System): ReadonlySet<string> {
  const manifest = readManifest(system);
  return ownPaths(system, manifest !== null && typeof manifest === 'object' && !isFailure(manifest) ? manifest : null);
}

/** What is there by us: by this installation, and by the package. It is no evidence of a manager. */
export function ownPaths(system: System, installed: Manifest | null): ReadonlySet<string> {
  const supplied = readSupplied(system);
  const known = supplied !== null && typeof supplied === 'object' && !isFailure(supplied) ? supplied : null;
  return new Set([...addedPaths(installed), ...addedPaths(known)]);
}
