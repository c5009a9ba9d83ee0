/**
 * A reader for the YAML that most configuration is written in: block mappings and lists, single values on one line, and flow
 * collections on one line. It gives the tree that `yaml` gives, at a tenth of the cost, or null for everything else (anchors,
 * tags, block scalars, escapes, values on several lines, what is wrong): then `yaml` reads the text.
 */
import type { Place, Source } from './source.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts';

/** What a plain scalar means where its first look does not tell. */
export type ResolveScalar = (text: string) => YamlScalar['value'];

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

const notPlain = Symbol('not plain');

function give(): never {
  throw notPlain;
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

interface Reader {
  readonly source: Source;
  readonly text: string;
  readonly resolve: ResolveScalar;
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

function placeAt({ source }: Reader, start: number, end: number): Place {
  return { source, span: { start, end } };
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

interface Flow {
  readonly reader: Reader;
  at: number;
  readonly end: number;
  depth: number;
}

const flowScalar = /"[^"\\\n]*"|'[^'\n]*'|[A-Za-z0-9_/.](?:[A-Za-z0-9_/.*+@%=-]|:(?=[A-Za-z0-9_/.]))*/y;

function readFlow(flow: Flow): YamlNode {
  const { reader } = flow;
  const start = flow.at;
  const first = reader.text[start];
  if (first !== '[' && first !== '{') return readFlowScalar(flow);
  flow.depth += 1;
  if (flow.depth > 10) give();
  flow.at += 1;
  const close = first === '[' ? ']' : '}';
  const items: YamlNode[] = [];
  const entries: YamlEntry[] = [];
  skipBlanks(flow);
  let isFirst = true;
  while (reader.text[flow.at] !== close) {
    if (!isFirst) {
      if (reader.text[flow.at] !== ',') give();
      flow.at += 1;
      skipBlanks(flow);
    }
    isFirst = false;
    if (first === '[') items.push(readFlow(flow));
    else {
      const key = readFlowScalar(flow);
      if (key.text === '<<' || reader.text[flow.at] !== ':' || reader.text[flow.at + 1] !== ' ') give();
      flow.at += 1;
      skipBlanks(flow);
      entries.push({ key: key.text, keyPlace: key.place, value: readFlow(flow) });
    }
    skipBlanks(flow);
  }
  flow.at += 1;
  flow.depth -= 1;
  const place = placeAt(reader, start, flow.at);
  return first === '[' ? { kind: 'sequence', items, place } : { kind: 'map', entries, place };
}

function readFlowScalar(flow: Flow): YamlScalar {
  const { reader, at } = flow;
  flowScalar.lastIndex = at;
  const [found = ''] = flowScalar.exec(reader.text) ?? [];
  if (found === '' || at + found.length > flow.end) give();
  flow.at += found.length;
  const isQuoted = found.startsWith('"') || found.startsWith("'");
  if (!isQuoted) return plainScalar(reader, found, at);
  const content = unquote(found);
  return { kind: 'scalar', value: content, text: content, place: placeAt(reader, at, flow.at) };
}

function skipBlanks(flow: Flow): void {
  while (flow.reader.text[flow.at] === ' ') flow.at += 1;
  if (flow.at >= flow.end) give();
}

function unquote(text: string): string {
  return text.startsWith('"') || text.startsWith("'") ? text.slice(1, -1) : text;
}

/** Words, paths and addresses are texts; true and false, and numbers without a 0 in front, are what they look like. */
function plainScalar(reader: Reader, text: string, start: number): YamlScalar {
  const place = placeAt(reader, start, start + text.length);
  return { kind: 'scalar', value: valueOf(text, reader.resolve), text, place };
}

function valueOf(text: string, resolve: ResolveScalar): YamlScalar['value'] {
  if (/^[A-Za-z/_]/.test(text)) return /^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text) ? resolve(text) : text;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  return text.includes('/') ? text : resolve(text);
}
