/**
 * The lines of interfaces(5), as ifupdown's get_line and next_word cut them (config.c): leading blanks go, `#` is a
 * comment only as a line's first character, a trailing `\` joins the next raw line whatever it holds, even a comment.
 * Every line keeps its raw span, so that the lines of a file, put together, are the file.
 */
import type { Place, Source, Span } from '../../text/source.ts';

export interface Line {
  readonly source: Source;
  readonly kind: 'blank' | 'comment' | 'text';
  /** The whole of it, with its newline and the lines it was continued on. */
  readonly raw: Span;
  /** What ifupdown sees: joined, trimmed. */
  readonly text: string;
  readonly words: readonly Word[];
  /** Where each joined piece starts in `text` and in the source. */
  readonly pieces: readonly { readonly at: number; readonly start: number }[];
}

export interface Word {
  /** As ifupdown keeps it: at most 79 bytes. */
  readonly value: string;
  /** In the line's text. */
  readonly at: number;
  readonly end: number;
  readonly place: Place;
}

/** isspace(3) in the C locale, which ifupdown never leaves. */
const blank = /[ \t\n\v\f\r]/;
const leadingBlanks = /^[ \t\n\v\f\r]+/;

export function splitLines(source: Source): readonly Line[] {
  const lines: Line[] = [];
  let at = 0;
  while (at < source.text.length) {
    const line = readLine(source, at);
    lines.push(line);
    at = line.raw.end;
  }
  return lines;
}

/** The same text again: nothing of a file is lost in its lines. */
export function printLines(lines: readonly Line[]): string {
  return lines.map(({ source, raw }) => source.text.slice(raw.start, raw.end)).join('');
}

/** What follows a line's first word, as ifupdown takes an option's value. */
export function restOf(line: Line): { readonly value: string; readonly place: Place } {
  const start = line.words[1]?.at ?? line.text.length;
  return { value: line.text.slice(start), place: placeIn(line, start, line.text.length) };
}

/** The line without its indentation and newline: what a finding about it underlines. */
export function placeOf(line: Line): Place {
  return placeIn(line, 0, line.text.length);
}

function readLine(source: Source, start: number): Line {
  const first = physicalLine(source.text, start);
  const indent = leadingBlanks.exec(first.content)?.[0].length ?? 0;
  const pieces = [{ at: 0, start: start + indent }];
  let text = first.content.slice(indent);
  let end = first.end;
  if (text.startsWith('#')) return { source, kind: 'comment', raw: { start, end }, text, words: [], pieces };
  while (text.endsWith('\\')) {
    text = text.slice(0, -1);
    if (end >= source.text.length) break;
    const next = physicalLine(source.text, end);
    pieces.push({ at: text.length, start: end });
    text += next.content;
    end = next.end;
  }
  let trimmed = text.length;
  while (trimmed > 0 && blank.test(text.charAt(trimmed - 1))) trimmed -= 1;
  const line = { source, raw: { start, end }, text: text.slice(0, trimmed), pieces };
  return { ...line, kind: line.text === '' ? 'blank' : 'text', words: splitWords(line) };
}

/** A NUL ends what ifupdown sees of a line, since it measures what it read with strlen. */
function physicalLine(text: string, start: number): { readonly content: string; readonly end: number } {
  const newline = text.indexOf('\n', start);
  const content = text.slice(start, newline < 0 ? text.length : newline);
  const nul = content.indexOf('\0');
  return { content: nul < 0 ? content : content.slice(0, nul), end: newline < 0 ? text.length : newline + 1 };
}

/** Only a continuation can leave blanks in front: the first word is empty then, as next_word gives it. */
function splitWords(line: Pick<Line, 'source' | 'text' | 'pieces'>): readonly Word[] {
  const words: Word[] = [];
  const { text } = line;
  for (let at = 0; at < text.length;) {
    let end = at;
    while (end < text.length && !blank.test(text.charAt(end))) end += 1;
    words.push({ value: truncate(text.slice(at, end)), at, end, place: placeIn(line, at, end) });
    at = end;
    while (at < text.length && blank.test(text.charAt(at))) at += 1;
  }
  return words;
}

function placeIn(line: Pick<Line, 'source' | 'pieces'>, at: number, end: number): Place {
  return {
    source: line.source,
    span: { start: offsetOf(line, at), end: end > at ? offsetOf(line, end - 1) + 1 : offsetOf(line, at) },
  };
}

function offsetOf({ pieces }: Pick<Line, 'pieces'>, at: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  return piece === undefined ? 0 : piece.start + at - piece.at;
}

/** ifupdown copies a word into 80 bytes, the last of them NUL. */
const wordBytes = 79;

function truncate(word: string): string {
  if (word.length * 3 <= wordBytes) return word;
  let bytes = 0;
  let end = 0;
  for (const character of word) {
    const point = character.codePointAt(0) ?? 0;
    // A lone surrogate stands for one raw byte (src/system/bytes.ts).
    bytes += point < 0x80 || (point >= 0xdc80 && point <= 0xdcff) ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > wordBytes) return word.slice(0, end);
    end += character.length;
  }
  return word;
}
