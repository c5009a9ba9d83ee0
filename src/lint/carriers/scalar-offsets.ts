/** Where each character of a YAML or JSON value stands in its file, so that what the value holds can be pointed at. */
import type { YamlScalar } from '../../text/yaml-tree.ts';

/** As many as the value has characters, and one for its end. Null: it is written in a way that is not followed. */
export function offsetsOfScalar({ text, place: { source, span } }: YamlScalar): readonly number[] | null {
  const written = source.text.slice(span.start, span.end);
  if (written.startsWith('|')) return offsetsOfBlock(text, written, span.start);
  if (written.startsWith('"')) return offsetsOfQuoted(text, written, span.start);
  const from = written.startsWith("'") ? 1 : 0;
  const plain = written.slice(from, from + text.length);
  return plain === text ? countFrom(span.start + from, text.length) : null;
}

function countFrom(start: number, length: number): readonly number[] {
  return Array.from({ length: length + 1 }, (_, index) => start + index);
}

/** A literal block: its lines, less what the first one that is not empty is indented. */
function offsetsOfBlock(text: string, written: string, start: number): readonly number[] | null {
  const header = /^\|[^\n]*\n/.exec(written)?.[0].length ?? written.length;
  const indent = /^(?:[ \t]*\n)*( *)/.exec(written.slice(header))?.[1]?.length ?? 0;
  const offsets: number[] = [];
  let at = header;
  let isLineStart = true;
  for (const letter of text) {
    if (isLineStart) {
      const line = written.slice(at, at + indent);
      at += /^ */.exec(line)?.[0].length ?? 0;
    }
    for (let part = 0; part < letter.length; part += 1) {
      if (written[at] !== letter[part]) return null;
      offsets.push(start + at);
      at += 1;
    }
    isLineStart = letter === '\n';
  }
  offsets.push(start + at);
  return offsets;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
  '/': '/',
  ' ': ' ',
};

/** On one line, as JSON has it. */
function offsetsOfQuoted(text: string, written: string, start: number): readonly number[] | null {
  const offsets: number[] = [];
  let at = 1;
  while (offsets.length < text.length) {
    const here = start + at;
    let letter = written[at] ?? '';
    if (letter === '\n') return null;
    if (letter === '\\') {
      const hex = /^\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(written.slice(at, at + 6));
      const code = hex?.[1] ?? hex?.[2];
      letter =
        code === undefined ? (escapes[written[at + 1] ?? ''] ?? '') : String.fromCharCode(Number.parseInt(code, 16));
      at += hex?.[0].length ?? 2;
    } else at += 1;
    if (letter === '' || letter !== text[offsets.length]) return null;
    offsets.push(here);
  }
  offsets.push(start + at);
  return offsets;
}
