/** A folder as git has it at a revision, as a System: read from git's objects, nothing is checked out. */
import { decodeBytes, encodeText } from '../system/bytes.ts';
import { snapshotSystem, type SnapshotNode } from '../system/snapshot.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';

/** `folder`: becomes "/" of the result; `paths`: only what is below these, from the folder. Null: `revision` is none of git's. */
export function openRevision(
  system: System,
  folder: string,
  revision: string,
  paths: readonly string[],
): System | null {
  const git = (args: readonly string[], input?: string): string | null => {
    const result = system.run(['git', '-C', folder, ...args], input === undefined ? {} : { input });
    if (isFailure(result)) {
      if (result.errno === 'ENOENT') return null;
      throw new CommandError(explainFailure(result));
    }
    return result.status === 0 ? result.stdout : null;
  };
  const commit = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])?.trim() ?? '';
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return null;
  const listed = git(['ls-tree', '-r', '-z', commit, '--', ...paths]);
  if (listed === null) throw new CommandError(`--against: git cannot list '${revision}'`, exitStatus.failure);
  const entries = listed.split('\0').flatMap((line) => {
    const [, mode, id, path] = /^(\d+) blob ([0-9a-f]+)\t([^]+)$/.exec(line) ?? [];
    return mode === undefined || id === undefined || path === undefined ? [] : [{ mode, id, path }];
  });
  const blobs = git(['cat-file', '--batch'], entries.map(({ id }) => `${id}\n`).join(''));
  if (blobs === null) throw new CommandError(`--against: git cannot read '${revision}'`, exitStatus.failure);
  const texts = splitBlobs(encodeText(blobs));
  const nodes = new Map<string, SnapshotNode>([['/', { directory: true }]]);
  for (const [at, { mode, path }] of entries.entries()) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      nodes.set(`/${path.slice(0, end)}`, { directory: true });
    nodes.set(`/${path}`, nodeOf(mode, texts[at] ?? ''));
  }
  return snapshotSystem(system, [nodes], new Map(), 'ENOSYS');
}

function nodeOf(mode: string, text: string): SnapshotNode {
  if (mode === '120000') return { link: text };
  return mode === '100755' ? { text, mode: 0o755 } : text;
}

/** "ID TYPE SIZE", a newline, the bytes, a newline; git-cat-file(1), BATCH OUTPUT. */
function splitBlobs(bytes: Uint8Array): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    if (end < 0) break;
    const size = Number(decodeBytes(bytes.slice(at, end)).split(' ')[2] ?? '0');
    texts.push(decodeBytes(bytes.slice(end + 1, end + 1 + size)));
    at = end + 1 + size + 1;
  }
  return texts;
}
