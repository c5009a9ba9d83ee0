/**
 * Files in systemd's INI format (systemd.syntax(7)), read as config_parse() reads them (src/shared/conf-parser.c) but
 * without loss: the pieces tile the text, and every key and value knows its place. Our own because no library keeps
 * places, repeated keys and comments inside of continued lines.
 *
 * What differs from other INI formats: a backslash at the end of a line joins the next one to it, and comment lines in
 * between are passed over; a `#` after a value is part of the value; a byte-order mark is passed over once; a bad section
 * header makes the daemon reject the file, while a line without `=` is only ignored. NetworkManager's keyfiles are
 * another format (GKeyFile).
 */
import { madeOnce } from './kept-with.ts';
import { countBytes, isValidUtf8, longLineBytes, spanOfSegments, splitLines, type Segment } from './lines.ts';
import type { Source, Span } from './source.ts';

export interface IniDocument {
  readonly source: Source;
  /** In order, from the first to the last character without a gap. */
  readonly pieces: readonly IniPiece[];
  readonly faults: readonly IniFault[];
  /** The first fault for which the daemon gives up on the file, or null. What follows it is read all the same. */
  readonly rejected: IniFault | null;
}

export type IniPiece =
  IniSection | IniAssignment | { readonly kind: 'blank' | 'comment' | 'broken'; readonly span: Span };

export interface IniSection {
  readonly kind: 'section';
  readonly name: string;
  readonly span: Span;
  /** With the brackets. */
  readonly headerSpan: Span;
  /** As in the daemon's messages: a continued line has the number of its last physical line. */
  readonly line: number;
}

export interface IniAssignment {
  readonly kind: 'assignment';
  readonly span: Span;
  /** The section it stands in; null before the first. */
  readonly section: IniSection | null;
  readonly key: string;
  readonly keySpan: Span;
  /** Blanks around it taken off, continued lines joined by a space. Empty: a reset, where the key is a list. */
  readonly value: string;
  readonly valueSpan: Span;
  readonly line: number;
  /** Where the value's parts come from: from `at` in the value on, it is the text of `span`. */
  readonly segments: readonly Segment[];
}

export interface IniFault {
  readonly span: Span;
  /** Lower case, quotes the offender. */
  readonly message: string;
  /** Does the daemon reject the whole file? Otherwise it ignores the line. */
  readonly rejects: boolean;
  readonly line: number;
}

export const parseIni: (source: Source) => IniDocument = madeOnce(readIni);

function readIni(source: Source): IniDocument {
  const { text } = source;
  const pieces: IniPiece[] = [];
  const faults: IniFault[] = [];
  let section: IniSection | null = null;
  let markSeen = false;
  let pending: LogicalLine | null = null;

  const fault = (span: Span, line: number, message: string, rejects: boolean) =>
    void faults.push({ span, message, rejects, line });

  const readLogicalLine = (logical: LogicalLine, number: number): void => {
    const piece = parseLogicalLine(logical, number, section, fault);
    if (piece.kind === 'section') section = piece;
    pieces.push(piece);
  };

  const lines = splitLines(text);
  for (const line of lines) {
    const { start, end } = line.content;
    let content = text.slice(start, end);
    const whole = { start, end: line.ending.end };
    const bytes = countBytes(content);
    if (bytes >= longLineBytes)
      fault(line.content, line.number, 'the line is too long: expected less than 1 MiB', true);
    if (/^[ \t\n\r]*[#;]/.test(content)) {
      if (pending === null) pieces.push({ kind: 'comment', span: whole });
      else pending.end = whole.end;
      continue;
    }
    let skipped = 0;
    if (!markSeen && content.startsWith('\ufeff')) {
      markSeen = true;
      skipped = 1;
      content = content.slice(1);
    }
    pending ??= { start, end: whole.end, text: '', bytes: 0, segments: [] };
    pending.end = whole.end;
    pending.segments.push({ at: pending.text.length, span: { start: start + skipped, end } });
    const continues = endsInBackslash(content);
    pending.text += continues ? `${content.slice(0, -1)} ` : content;
    pending.bytes += bytes;
    if (pending.segments.length > 1 && pending.bytes > longLineBytes)
      fault({ start: pending.start, end }, line.number, 'the continued line is too long: expected at most 1 MiB', true);
    if (continues) continue;
    readLogicalLine(pending, line.number);
    pending = null;
  }
  // At the end of the file config_parse() counts one line more.
  if (pending !== null) readLogicalLine(pending, (lines.at(-1)?.number ?? 0) + 1);
  return { source, pieces, faults, rejected: faults.find(({ rejects }) => rejects) ?? null };
}

/** The text again, from the pieces. */
export function printIni({ source, pieces }: IniDocument): string {
  return pieces.map(({ span }) => source.text.slice(span.start, span.end)).join('');
}

export function assignmentsOf(document: IniDocument): readonly IniAssignment[] {
  return document.pieces.filter((piece) => piece.kind === 'assignment');
}

/** Where a range of an assignment's value stands in the file. */
export function spanInValue({ segments }: IniAssignment, start: number, end: number): Span {
  return spanOfSegments(segments, start, end);
}

/** What looks like a comment after a value, and is part of it for the daemon. Its span begins at the `#` or `;`. */
export function findTrailingComment(assignment: IniAssignment): Span | null {
  const found = /[ \t][#;](?=[ \t]|[A-Za-z])/.exec(assignment.value);
  return found === null ? null : spanInValue(assignment, found.index + 1, assignment.value.length);
}

interface LogicalLine {
  start: number;
  end: number;
  text: string;
  bytes: number;
  segments: Segment[];
}

type ReportFault = (span: Span, line: number, message: string, rejects: boolean) => void;

function parseLogicalLine(
  logical: LogicalLine,
  number: number,
  section: IniSection | null,
  fault: ReportFault,
): IniPiece {
  const span = { start: logical.start, end: logical.end };
  const left = logical.text.length - trimStart(logical.text).length;
  const line = trimEnd(trimStart(logical.text));
  const broken = (message: string, rejects: boolean): IniPiece => {
    fault(spanOfSegments(logical.segments, left, left + line.length), number, message, rejects);
    return { kind: 'broken', span };
  };
  if (line === '') return { kind: 'blank', span };
  if (!isValidUtf8(line)) return broken('the line is not valid UTF-8', true);
  if (line.startsWith('[')) {
    if (!line.endsWith(']'))
      return broken(`invalid section header '${line}': expected '[NAME]' and nothing after it`, true);
    const name = line.slice(1, -1);
    // string_is_safe()
    if (/[\x01-\x1f"'\\\x7f]/.test(name)) return broken(`bad characters in section header '${line}'`, true);
    return {
      kind: 'section',
      name,
      span,
      headerSpan: spanOfSegments(logical.segments, left, left + line.length),
      line: number,
    };
  }
  const equals = line.indexOf('=');
  if (equals < 0) return broken(`'${line}' is no assignment: expected KEY=VALUE`, false);
  if (equals === 0) return broken(`'${line}' has no key: expected KEY=VALUE`, false);
  const key = trimEnd(line.slice(0, equals));
  const rest = line.slice(equals + 1);
  const value = trimStart(rest);
  const valueStart = left + equals + 1 + rest.length - value.length;
  return {
    kind: 'assignment',
    span,
    section,
    key,
    keySpan: spanOfSegments(logical.segments, left, left + key.length),
    value,
    valueSpan: spanOfSegments(logical.segments, valueStart, valueStart + value.length),
    line: number,
    segments: logical.segments.map(({ at, span: part }) => ({ at: at - valueStart, span: part })),
  };
}

function endsInBackslash(content: string): boolean {
  let start = content.length;
  while (content[start - 1] === '\\') start -= 1;
  return (content.length - start) % 2 === 1;
}

/** systemd's WHITESPACE; JavaScript's own trim takes more. */
function trimStart(text: string): string {
  return text.replace(/^[ \t\n\r]+/, '');
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\n\r'.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}
