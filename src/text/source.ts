/** A configuration file's text, and places in it. Offsets are UTF-16 code units, as editors and SARIF count. */

export interface Source {
  /** As the user knows it: absolute below the root, or as given on the command line, or `-`'s stand-in name. */
  readonly path: string;
  readonly text: string;
  /** For a text that was lowered from another file (netplan to networkd): who lowered it, and where a span of it came from. */
  readonly origin?: Origin;
  /** No file at all: what a program does by default, in words for people. */
  readonly builtIn?: string;
  /** Files that this one carries (Ignition, write_files): of its text only theirs is shown, and no fix edits it. */
  readonly carries?: readonly CarriedText[];
}

export interface CarriedText {
  /** Where it is to be written. */
  readonly path: string;
  readonly text: string;
  /** Where each character of it stands in the file that carries it, and the end; null: it is encoded. */
  readonly offsets: readonly number[] | null;
}

export interface Origin {
  /** The manager whose file it came from: netplan, cloud-init. */
  readonly manager: string;
  readonly placeOf: (span: Span) => Place;
  /** It was taken out of the file as somebody wrote it, and not made from it. */
  readonly carried?: true;
}

/** A half-open range of a source's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in a file. */
export interface Place {
  readonly source: Source;
  readonly span: Span;
}

/** Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Line and column are worked out only when something is printed. An offset past the end gives the end. A byte order mark is no
 * column: no editor shows it.
 */
export function positionAt(source: Source, offset: number): Position {
  const starts = lineStartsOf(source);
  const at = Math.min(offset, source.text.length);
  let line = 1;
  let last = starts.length;
  while (line < last) {
    const middle = Math.ceil((line + last) / 2);
    if ((starts[middle - 1] ?? 0) <= at) line = middle;
    else last = middle - 1;
  }
  return { line, column: Math.max(at - (starts[line - 1] ?? 0), 0) + 1 };
}

const lineStarts = new WeakMap<Source, readonly number[]>();

/** Found once for each text: a report of thousands of findings asks thousands of times. */
function lineStartsOf(source: Source): readonly number[] {
  const known = lineStarts.get(source);
  if (known !== undefined) return known;
  const starts = [source.text.startsWith('\ufeff') ? 1 : 0];
  for (let end = source.text.indexOf('\n'); end >= 0; end = source.text.indexOf('\n', end + 1)) starts.push(end + 1);
  lineStarts.set(source, starts);
  return starts;
}

/** The text of a place. */
export function textAt({ source, span }: Place): string {
  return source.text.slice(span.start, span.end);
}

/** "PATH:LINE:COLUMN", or what stands for a default that no file sets. */
export function describePlace(place: Place): string {
  if (place.source.builtIn !== undefined) return place.source.builtIn;
  const { line, column } = positionAt(place.source, place.span.start);
  return `${place.source.path}:${line}:${column}`;
}
