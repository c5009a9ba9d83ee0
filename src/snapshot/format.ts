/** A snapshot as JSON, version 1: what `failoverctl snapshot` prints and `--snapshot FILE` reads. */
import type { RecordedProgram } from '../system/recording.ts';
import type { SnapshotNode, SnapshotNodes } from '../system/snapshot.ts';
import type { ProcessResult } from '../system/system.ts';

export interface Snapshot {
  /** Recorded on the running guest; else in a tree, whose kernel is not known. */
  readonly live: boolean;
  readonly leftOut: readonly LeftOut[];
  readonly nodes: ReadonlyMap<string, SnapshotNode>;
  readonly programs: readonly RecordedProgram[];
}

/** A secret that was overwritten. */
export interface LeftOut {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

export function printSnapshot({ live, leftOut, nodes, programs }: Snapshot, program: string): string {
  const entries = Object.fromEntries([...nodes].sort(([a], [b]) => (a < b ? -1 : 1)));
  const ran = programs.map(({ argv, result }) => ({ argv, ...result }));
  return `${JSON.stringify({ version: 1, program, live, leftOut, entries, programs: ran }, null, 1)}\n`;
}

/** A snapshot as it was read: its entries in a few parts, one after the other. */
export interface ParsedSnapshot extends Omit<Snapshot, 'nodes'> {
  readonly parts: readonly SnapshotNodes[];
}

/** A string: it is no snapshot, and this is why. */
export function parseSnapshot(text: string): ParsedSnapshot | string {
  const cut = cutShared(text);
  let value: unknown;
  try {
    value = JSON.parse(cut?.rest ?? text);
  } catch {
    return 'it is not JSON';
  }
  if (!isRecord(value)) return 'expected an object';
  const { version, live, leftOut, entries, programs } = value;
  if (version !== 1) return `version ${JSON.stringify(version) ?? 'missing'}; this program reads version 1`;
  if (typeof live !== 'boolean') return 'expected "live" to be true or false';
  if (!Array.isArray(leftOut) || !leftOut.every(isLeftOut)) return 'expected "leftOut" to be a list of secrets';
  if (!isRecord(entries)) return 'expected "entries" to be an object of paths';
  if (!Array.isArray(programs)) return 'expected "programs" to be a list';
  const own = readNodes(entries);
  if (typeof own === 'string') return own;
  const parts = cut === null ? [own] : placeShared(own, cut.nodes);
  const ran: RecordedProgram[] = [];
  for (const one of programs as readonly unknown[]) {
    const program = parseProgram(one);
    if (program === null) return 'cannot read an entry of "programs"';
    ran.push(program);
  }
  return { live, leftOut, parts, programs: ran };
}

function readNodes(entries: Record<string, unknown>): SnapshotNodes | string {
  const nodes = new Map<string, SnapshotNode>();
  for (const path of Object.keys(entries)) {
    const node = entries[path];
    if (!path.startsWith('/') || !isNode(node)) return `cannot read the entry "${path}"`;
    nodes.set(path, node);
  }
  return nodes;
}

/** What lies below /usr is most of a snapshot, and the same in all guests of an image: these texts were read last, the newest first. */
let shared: readonly { readonly text: string; readonly nodes: SnapshotNodes }[] = [];
const mostShared = 4;
const beginning = ',\n  "/usr/';

/** The text without its entries below /usr, and those; null: it is not laid out as printSnapshot does. */
function cutShared(text: string): { readonly rest: string; readonly nodes: SnapshotNodes } | null {
  const start = text.indexOf(beginning, text.indexOf('\n "entries": {\n'));
  if (start < 0) return null;
  let part = shared.find((one) => text.startsWith(one.text, start) && isEnd(text, start + one.text.length));
  if (part === undefined) {
    const last = text.lastIndexOf(beginning);
    const ends = [',\n  "/', '\n }'].map((end) => text.indexOf(end, last + 1)).filter((end) => end > 0);
    const inside = text.slice(start, Math.min(...ends));
    try {
      const nodes = readNodes(JSON.parse(`{${inside.slice(1)}}`) as Record<string, unknown>);
      if (typeof nodes === 'string' || inside.includes('\n }')) return null;
      part = { text: inside, nodes };
    } catch {
      return null;
    }
  }
  const found = part;
  shared = [found, ...shared.filter((one) => one !== found)].slice(0, mostShared);
  return { rest: text.slice(0, start) + text.slice(start + found.text.length), nodes: found.nodes };
}

function isEnd(text: string, at: number): boolean {
  return text.startsWith('\n }', at) || (text.startsWith(',\n  "/', at) && !text.startsWith(beginning, at));
}

/** Names are listed in the order of the entries. */
function placeShared(own: SnapshotNodes, nodes: SnapshotNodes): readonly SnapshotNodes[] {
  const entries = [...own];
  return [
    new Map(entries.filter(([path]) => path < '/usr/')),
    nodes,
    new Map(entries.filter(([path]) => path > '/usr/')),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLeftOut(value: unknown): value is LeftOut {
  return (
    isRecord(value) &&
    typeof value['file'] === 'string' &&
    typeof value['line'] === 'number' &&
    typeof value['what'] === 'string'
  );
}

/** What a node is told by, and the type that it must have. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['link', 'string'],
  ['text', 'string'],
  ['directory', 'boolean'],
  ['errno', 'string'],
  ['size', 'number'],
  ['other', 'boolean'],
]);
const ownership: ReadonlySet<string> = new Set(['mode', 'uid', 'gid']);

function isNode(value: unknown): value is SnapshotNode {
  if (typeof value === 'string') return true;
  if (!isRecord(value)) return false;
  let isKnown = false;
  for (const key of Object.keys(value)) {
    const kind = kinds.get(key) ?? (ownership.has(key) ? 'number' : null);
    if (kind !== null && typeof value[key] !== kind) return false;
    isKnown ||= kinds.has(key);
  }
  return isKnown;
}

function parseProgram(value: unknown): RecordedProgram | null {
  if (!isRecord(value)) return null;
  const { argv, status, signal, stdout, stderr } = value;
  if (!Array.isArray(argv) || !argv.every((word) => typeof word === 'string')) return null;
  if (typeof stdout !== 'string' || typeof stderr !== 'string') return null;
  if (status !== null && typeof status !== 'number') return null;
  if (signal !== null && typeof signal !== 'string') return null;
  const result: ProcessResult = { status, signal, stdout, stderr };
  return { argv, result };
}
