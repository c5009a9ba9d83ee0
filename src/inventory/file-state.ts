/** What is at a path, whole: what an installation remembers of the file that it replaces, and puts back. */
import { encodeText } from '../system/bytes.ts';
import { isFailure, type Failure, type System } from '../system/system.ts';
import { sha256 } from '../text/sha256.ts';
import { unifiedDiff, type DiffSide } from '../text/diff.ts';

export type FileState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'link'; readonly target: string }
  | {
      readonly kind: 'file';
      readonly text: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

export const absent: FileState = { kind: 'absent' };

/** A path whose directory is missing is absent too. A directory or a device there is a Failure (EISDIR, EINVAL). */
export function readState(system: System, path: string): FileState | Failure {
  const status = system.lstat(path);
  if (isFailure(status)) return status.errno === 'ENOENT' ? absent : status;
  if (status.kind === 'symlink') {
    const target = system.readlink(path);
    return isFailure(target) ? target : { kind: 'link', target };
  }
  if (status.kind !== 'file') return { errno: status.kind === 'directory' ? 'EISDIR' : 'EINVAL', path };
  const text = system.read(path);
  return isFailure(text) ? text : { kind: 'file', text, mode: status.mode, uid: status.uid, gid: status.gid };
}

export function sameState(a: FileState, b: FileState): boolean {
  return a.kind === b.kind && digestOf(a) === digestOf(b);
}

/**
 * Names a state in the manifest. Mode and owner count: a file whose mode somebody changed is changed.
 */
export function digestOf(state: FileState): string {
  if (state.kind === 'absent') return 'absent';
  if (state.kind === 'link') return `link:${sha256(encodeText(state.target))}`;
  const { text, mode, uid, gid } = state;
  return `${sha256(encodeText(text))} ${mode.toString(8).padStart(4, '0')} ${uid}:${gid}`;
}

/** The change of one path for people and patch(1). */
export function diffStates(path: string, before: FileState, after: FileState): string {
  const mention = before.kind === 'link' ? `# ${path} was a symbolic link to ${before.target}\n` : '';
  const back = after.kind === 'link' ? `# ${path} becomes a symbolic link to ${after.target}\n` : '';
  return mention + back + unifiedDiff(path, sideOf(before), sideOf(after));
}

function sideOf(state: FileState): DiffSide | null {
  return state.kind === 'file' ? state : null;
}
