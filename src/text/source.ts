/** A configuration file's text, and places in it. Offsets are UTF-16 code units, as editors and SARIF count. */

export interface Source {
  /** As the user knows it: absolute below the root, or as given on the command line, or `-`'s stand-in name. */
  readonly path: string;
  readonly text: string;
  /** For a text that was lowered from another file (netplan to networkd): who lowered it, and where a span of it came from. */
  readonly origin?: Origin;
}

export interface Origin {
  /** The manager whose file it came from: netplan, cloud-init. */
  readonly manager: string;
  readonly placeOf: (span: Span) => Place;
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

/** Line and column are worked out only when something is printed. An offset past the end gives the end. */
export function positionAt(source: Source, offset: number): Position {
  const before = source.text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

/** The text of a place. */
export function textAt({ source, span }: Place): string {
  return source.text.slice(span.start, span.end);
}

/** "PATH:LINE:COLUMN". */
export function describePlace(place: Place): string {
  const { line, column } = positionAt(place.source, place.span.start);
  return `${place.source.path}:${line}:${column}`;
}
