/** What an installation has changed, and what was there before: all that `uninstall` needs. Kept in the tree itself. */
import { isFailure, type Failure, type System } from '../system/system.ts';
import { vendorManifestPath } from './layout.ts';
import type { FileState } from './file-state.ts';

export const manifestPath = '/var/lib/failoverctl/manifest.json';

export interface Manifest {
  /** The command line that made the present state. */
  readonly command: string;
  readonly files: readonly InstalledFile[];
  /** Directories that were made for them, outermost first. */
  readonly directories: readonly string[];
}

export interface InstalledFile {
  readonly path: string;
  /**
   * Digests of what we wrote there: the latest, then the one before it, which is still there if an update was cut short
   * between this manifest and the file.
   */
  readonly wrote: readonly string[];
  readonly before: FileState;
}

export const emptyManifest: Manifest = { command: '', files: [], directories: [] };

/** What is there by an installation alone. A file that was there before it, and was altered, is still somebody else's evidence. */
export function addedPaths(manifest: Manifest | null): ReadonlySet<string> {
  const added = (manifest?.files ?? []).filter(({ before }) => before.kind === 'absent');
  return new Set(added.map(({ path }) => path));
}

/** Null: there is none. A string: it is damaged, and this is how. */
export function readManifest(system: System): Manifest | null | string | Failure {
  const own = system.read(manifestPath);
  // an image brings its own where a machine has none
  const text = isFailure(own) && own.errno === 'ENOENT' ? system.read(vendorManifestPath) : own;
  return isFailure(text) ? (text.errno === 'ENOENT' ? null : text) : parseManifest(text);
}

/** A string: it is damaged, and this is how. */
export function parseManifest(text: string): Manifest | string {
  if (!isShallow(text)) return `it is nested more than ${maximalDepth} deep`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  return readValue(value);
}

/** A manifest has four levels. Engines read and print what is deeper by recursion, and each ends in its own way. */
const maximalDepth = 16;

function isShallow(text: string): boolean {
  let depth = 0;
  for (const { 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > maximalDepth) return false;
  }
  return true;
}

export function printManifest({ command, files, directories }: Manifest): string {
  return `${JSON.stringify({ version: 1, command, files, directories }, null, 2)}\n`;
}

function readValue(value: unknown): Manifest | string {
  if (!isRecord(value)) return 'expected an object';
  const { version, command, files, directories } = value;
  if (version !== 1) return `version ${JSON.stringify(version)}; this program reads version 1`;
  if (typeof command !== 'string') return 'expected "command" to be a string';
  if (!Array.isArray(directories) || !directories.every(isAbsolute)) return 'expected "directories" to be paths';
  if (!Array.isArray(files)) return 'expected "files" to be a list';
  const read: InstalledFile[] = [];
  for (const file of files as readonly unknown[]) {
    const parsed = parseFile(file);
    if (parsed === null) return `cannot read the entry ${JSON.stringify(file).slice(0, 80)}`;
    read.push(parsed);
  }
  return { command, directories, files: read };
}

function parseFile(value: unknown): InstalledFile | null {
  if (!isRecord(value)) return null;
  const { path, wrote } = value;
  const before = parseState(value['before']);
  if (!isAbsolute(path) || !Array.isArray(wrote) || wrote.length === 0 || before === null) return null;
  return wrote.every((digest) => typeof digest === 'string') ? { path, wrote, before } : null;
}

function parseState(value: unknown): FileState | null {
  if (!isRecord(value)) return null;
  const { kind, target, text, mode, uid, gid } = value;
  if (kind === 'absent') return { kind };
  if (kind === 'link') return typeof target === 'string' ? { kind, target } : null;
  if (kind !== 'file' || typeof text !== 'string') return null;
  return isMode(mode) && isId(uid) && isId(gid) ? { kind, text, mode, uid, gid } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** uid_t and gid_t have 32 bits; the last is nobody's, chown(2). */
function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 0xffffffff;
}

function isMode(value: unknown): value is number {
  return isId(value) && value <= 0o7777;
}

/** A path that was tampered with must not lead elsewhere: the manifest is trusted with deleting files. */
function isAbsolute(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/') && !value.split('/').includes('..');
}
