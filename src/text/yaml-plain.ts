/**
 * A reader for the YAML that most configuration is written in: block mappings and lists, single values on one line, and flow
 * collections on one line. It gives the tree that `yaml` gives, at a tenth of the cost, or null for everything else (anchors,
 * tags, block scalars, escapes, values on several lines, what is wrong): then `yaml` reads the text.
 */
import type { Source } from './source.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';
import {
  give,
  notPlain,
  placeAt,
  plainScalar,
  type PlainText,
  type ResolveScalar,
  unquote,
} from './yaml-plain-scalar.ts';
import { type Flow, readFlow } from './yaml-plain-flow.ts';

export function readPlainYaml(source: Source, resolve: ResolveScalar): YamlNode | null {
  const { text } = source;
  if (/[^\n\x20-\x7e]/.test(text)) return null;
  try {
    const reader: Reader = { source, text, resolve, line: null, at: 0, depth: 0 };
    if (text.startsWith('---\n')) reader.at = 4;
    const first = peek(reader);
    if (first === null || first.column !== 0 || first.marker > 0) return null;
    const { node } = readMap(reader, first);
    return peek(reader) === null ? node : null;
  } catch (error) {
    if (error === notPlain) return null;
    throw error;
  }
}

/** A line that says something. */
interface Line {
  /** Of its first character, or after `- ` of its key. */
  readonly column: number;
  /** The length of `- ` with its blanks, 0 where there is none. */
  readonly marker: number;
  readonly key: string | null;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Where the value begins: after the key, or after the marker. */
  readonly start: number;
  /** Without the newline, and after it. */
  readonly end: number;
  readonly next: number;
  /** Comments stand before it. */
  readonly isCommented: boolean;
}

interface Reader extends PlainText {
  /** The line that has been looked at, and not yet been read. */
  line: Line | null;
  at: number;
  depth: number;
}

/** `end`: where the node's line ends, newline and all. */
interface Read {
  readonly node: YamlNode;
  readonly end: number;
}

const linePattern =
  /( *)(?:(#[^\n]*)|(-(?: +|(?=\n|$)))?(?:("[^"\\\n]*"|'[^'\n]*'|[A-Za-z0-9_/.][A-Za-z0-9_/.@%+-]*):(?: +|(?=\n)|$))?[^\n]*)(\n|$)/y;

/** The next line that says something, or null at the end. Comments count only where they stand as far in as what follows. */
function peek(reader: Reader): Line | null {
  if (reader.line !== null) return reader.line;
  const { text } = reader;
  let comment: number | null = null;
  while (reader.at < text.length) {
    if (text[reader.at] === '\n') {
      reader.at += 1;
      continue;
    }
    linePattern.lastIndex = reader.at;
    const found = linePattern.exec(text) ?? give();
    const start = reader.at;
    const [whole, { length: indent } = '', remark, marker = '', key, newline = ''] = found;
    reader.at = start + whole.length;
    if (remark !== undefined) {
      if (comment !== null && comment !== indent) give();
      comment = indent;
      continue;
    }
    const keyStart = start + indent + marker.length;
    const keyEnd = keyStart + (key?.length ?? 0);
    const end = reader.at - newline.length;
    if (start + indent === end || (comment !== null && comment !== indent)) give();
    let from = key === undefined ? keyStart : keyEnd + 1;
    while (text[from] === ' ') from += 1;
    const line: Line = {
      column: indent,
      marker: marker.length,
      key: key === undefined ? null : key,
      keyStart,
      keyEnd,
      start: Math.min(from, end),
      end,
      next: reader.at,
      isCommented: comment !== null,
    };
    reader.line = line;
    return line;
  }
  // What stands below the last value is the document's, unless it is further in.
  if (comment !== null && comment > 0) give();
  return null;
}

/** The mapping whose first key is on this line, behind a marker or not. */
function readMap(reader: Reader, first: Line): Read {
  const column = first.column + first.marker;
  const entries: YamlEntry[] = [];
  let end = first.next;
  for (let line: Line | null = first; line !== null; line = peek(reader)) {
    if (line !== first) {
      if (line.column < column) break;
      if (line.column > column || line.marker > 0) give();
    }
    if (line.key === null) give();
    reader.line = null;
    const key = unquote(line.key ?? '');
    if (key === '<<') give();
    const value = readValue(reader, line, column);
    end = value.end;
    entries.push({ key, keyPlace: placeAt(reader, line.keyStart, line.keyEnd), value: value.node });
  }
  return { node: { kind: 'map', entries, place: placeAt(reader, first.keyStart, end) }, end };
}

/** Of a key: on its line, or below. */
function readValue(reader: Reader, line: Line, column: number): Read {
  if (hasValue(reader, line)) return readInline(reader, line);
  const below = peek(reader);
  if (below === null) return give();
  if (below.column > column) return readBlock(reader, below);
  if (below.column < column || below.marker === 0) return give();
  const list = readList(reader, below);
  // A comment there is the list's, and the list is as far in as what follows.
  if (reader.line?.isCommented === true) give();
  return list;
}

function hasValue({ text }: Reader, { start, end }: Line): boolean {
  return start < end && text[start] !== '#';
}

function readBlock(reader: Reader, line: Line): Read {
  reader.depth += 1;
  if (reader.depth > 20) give();
  const read = line.marker > 0 ? readList(reader, line) : readMap(reader, line);
  reader.depth -= 1;
  return read;
}

function readList(reader: Reader, first: Line): Read {
  const items: YamlNode[] = [];
  let end = first.next;
  for (let line: Line | null = first; line !== null; line = peek(reader)) {
    if (line.column > first.column) give();
    if (line.column < first.column || line.marker === 0) break;
    if (!hasValue(reader, line) && line.key === null) give();
    if (line.key !== null) {
      reader.depth += 1;
      if (reader.depth > 20) give();
    } else reader.line = null;
    const item = line.key === null ? readInline(reader, line) : readMap(reader, line);
    if (line.key !== null) reader.depth -= 1;
    end = item.end;
    items.push(item.node);
  }
  const start = first.keyStart - first.marker;
  return { node: { kind: 'sequence', items, place: placeAt(reader, start, end) }, end };
}

/** A value on its line, with a comment behind it at most; nothing further in may follow, as it would be part of it. */
function readInline(reader: Reader, line: Line): Read {
  const { text } = reader;
  const { start, end } = line;
  const first = text[start] ?? '';
  let node: YamlNode;
  let at: number;
  if (first === '[' || first === '{') {
    const flow: Flow = { reader, at: start, end, depth: 0 };
    node = readFlow(flow);
    at = flow.at;
  } else if (first === '"' || first === "'") {
    const close = text.indexOf(first, start + 1);
    if (close < 0 || close >= end) give();
    at = close + 1;
    const content = text.slice(start + 1, close);
    if (first === '"' && content.includes('\\')) give();
    node = { kind: 'scalar', value: content, text: content, place: placeAt(reader, start, at) };
  } else {
    const rest = text.slice(start, end);
    const comment = rest.indexOf(' #');
    const content = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
    if (!/^[A-Za-z0-9_/.]/.test(content) || content.includes(': ') || content.endsWith(':')) give();
    at = start + content.length;
    node = plainScalar(reader, content, start);
  }
  let gap = at;
  while (text[gap] === ' ') gap += 1;
  if (gap < end && (text[gap] !== '#' || gap === at)) give();
  const below = peek(reader);
  if (below !== null && below.column > line.column && below.column !== line.column + line.marker) give();
  return { node, end: line.next };
}
