/** Plain and quoted scalars on one line, and the way out for what is not plain. */
import type { Place, Source } from './source.ts';
import type { YamlScalar } from './yaml-node.ts';

/** What a plain scalar means where its first look does not tell. */
export type ResolveScalar = (text: string) => YamlScalar['value'];

export const notPlain = Symbol('not plain');

export function give(): never {
  throw notPlain;
}

/** A text, and who says what its unclear scalars mean. */
export interface PlainText {
  readonly source: Source;
  readonly text: string;
  readonly resolve: ResolveScalar;
}

export function placeAt({ source }: PlainText, start: number, end: number): Place {
  return { source, span: { start, end } };
}

export function unquote(text: string): string {
  return text.startsWith('"') || text.startsWith("'") ? text.slice(1, -1) : text;
}

/** Words, paths and addresses are texts; true and false, and numbers without a 0 in front, are what they look like. */
export function plainScalar(reader: PlainText, text: string, start: number): YamlScalar {
  const place = placeAt(reader, start, start + text.length);
  return { kind: 'scalar', value: valueOf(text, reader.resolve), text, place };
}

function valueOf(text: string, resolve: ResolveScalar): YamlScalar['value'] {
  if (/^[A-Za-z/_]/.test(text)) return /^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text) ? resolve(text) : text;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  return text.includes('/') ? text : resolve(text);
}
