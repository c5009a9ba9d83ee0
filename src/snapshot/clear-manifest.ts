/**
 * Takes secrets out of what an installation remembers: it has whole copies of the files that it altered. Their digests
 * become those of the files as the snapshot has them, so that what was unchanged is so there too.
 */
import { digestOf } from '../inventory/file-state.ts';
import { parseManifest, printManifest, type InstalledFile } from '../inventory/manifest.ts';
import { clearSecrets, type Cleared, type Secret } from '../secrets/clear.ts';
import type { SnapshotNode } from '../system/snapshot.ts';

/** `nodes`: the guest's files as they were read, with their secrets. */
export function clearManifest(path: string, text: string, nodes: ReadonlyMap<string, SnapshotNode>): Cleared {
  const manifest = parseManifest(text);
  if (typeof manifest === 'string') return clearSecrets(path, text);
  const found: Secret[] = [];
  const files = manifest.files.map((file): InstalledFile => {
    const wrote = clearDigests(file, nodes.get(file.path));
    if (file.before.kind !== 'file') return { ...file, wrote };
    const { text: clear, secrets } = clearSecrets(file.path, file.before.text);
    found.push(...secrets.map(({ what }) => ({ line: 1, what: `${what}, in its copy of ${file.path}` })));
    return { ...file, wrote, before: { ...file.before, text: clear } };
  });
  return { text: printManifest({ ...manifest, files }), secrets: found };
}

function clearDigests({ path, wrote }: InstalledFile, node: SnapshotNode | undefined): readonly string[] {
  const { text, ...owner } =
    typeof node === 'string' ? { text: node } : node !== undefined && 'text' in node ? node : {};
  if (text === undefined) return wrote;
  const state = { kind: 'file', mode: 0o644, uid: 0, gid: 0, ...owner } as const;
  const [real, cleared] = [text, clearSecrets(path, text).text].map((content) => digestOf({ ...state, text: content }));
  return wrote.map((digest) => (digest === real && cleared !== undefined ? cleared : digest));
}
