/**
 * Physical lines as systemd's read_line() splits them (src/basic/fileio.c): \n, \r and NUL each end a line, and one of
 * each kind in a row, NUL last, are one ending. Configuration files and udev rules are both read so.
 */
import type { Span } from './source.ts';

export interface Line {
  /** Counts from 1, as daemons count in their messages: a lone \r or NUL begins a line too. */
  readonly number: number;
  /** Without the line's ending. */
  readonly content: Span;
  /** The ending; empty at the end of the text. */
  readonly ending: Span;
}

/** LONG_LINE_MAX: a line of as many bytes makes the daemon give up on the file. */
export const longLineBytes = 1024 * 1024;

export function splitLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  // A \n and a \r in either order, and a NUL, which ends the ending.
  const ending = /\n\r?\0?|\r\n?\0?|\0/g;
  let start = 0;
  while (start < text.length) {
    ending.lastIndex = start;
    const found = ending.exec(text);
    const end = found?.index ?? text.length;
    const next = end + (found?.[0].length ?? 0);
    lines.push({ number: lines.length + 1, content: { start, end }, ending: { start: end, end: next } });
    start = next;
  }
  return lines;
}

/** The length of a text in UTF-8; a lone surrogate U+DC80…U+DCFF is one byte that is not UTF-8. */
export function countBytes(text: string): number {
  let bytes = text.length;
  if (!/[^\x00-\x7f]/.test(text)) return bytes;
  bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 || (point >= 0xdc80 && point <= 0xdcff) ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** What systemd's utf8_is_valid() refuses: bytes that are not UTF-8, and noncharacters. */
export function isValidUtf8(text: string): boolean {
  if (!/[^\x00-\x7f]/.test(text)) return true;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if ((point >= 0xd800 && point <= 0xdfff) || (point >= 0xfdd0 && point <= 0xfdef)) return false;
    if ((point & 0xfffe) === 0xfffe) return false;
  }
  return true;
}

/** A part of a logical line: from `at` in it on, it is the text of `span`. */
export interface Segment {
  readonly at: number;
  readonly span: Span;
}

/** Where a range of a logical line stands in the file. */
export function spanOfSegments(segments: readonly Segment[], start: number, end: number): Span {
  const place = (offset: number): number => {
    const segment = segments.findLast(({ at }) => at <= offset);
    return segment === undefined ? 0 : Math.min(segment.span.end, segment.span.start + offset - segment.at);
  };
  // The end is that of the last character, so that it does not move on to the next physical line.
  return { start: place(start), end: end > start ? place(end - 1) + 1 : place(start) };
}
