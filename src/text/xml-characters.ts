/** The characters of XML: what a document may hold, references to them, and how text is made safe for a document. */

/** What XML 1.0 has no place for, not even as a character reference (2.2, Char). Lone surrogates are bytes that are no UTF-8. */
export const noCharacter =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export function hasNoCharacter(text: string): boolean {
  return text.search(noCharacter) >= 0;
}

/** What is wrong with one. A byte that is no UTF-8 is U+DC80 and up (src/system/bytes.ts). */
export function describeNoCharacter(character: string): string {
  const code = character.charCodeAt(0);
  const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0');
  if (code >= 0xdc80 && code <= 0xdcff) return `byte 0x${hex(code - 0xdc00, 2)} is not UTF-8`;
  return `U+${hex(code, 4)} is no character of XML`;
}

const namedEntities: Readonly<Record<string, string | undefined>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  apos: "'",
  quot: '"',
};

const reference = /&(?:#(x[0-9a-fA-F]{1,6}|[0-9]{1,7});|([A-Za-z_][\w.-]*);)?/g;

/**
 * Character data with its references resolved; one that means nothing stays as it is written, and is reported as a fault.
 * `fault` returns false when nobody wants to know more: the rest of the text is then not looked at.
 */
export function resolveEntities(
  text: string,
  offset: number,
  fault: (start: number, end: number, message: string) => boolean,
): string {
  if (!text.includes('&')) return text;
  const parts: string[] = [];
  let at = 0;
  for (const { 0: whole, 1: number, 2: name, index } of text.matchAll(reference)) {
    parts.push(text.slice(at, index));
    at = index + whole.length;
    const resolved = number === undefined ? namedEntities[name ?? ''] : resolveNumber(number);
    parts.push(resolved ?? whole);
    if (resolved !== undefined) continue;
    const message =
      number !== undefined
        ? `'${whole}' is no character`
        : whole === '&'
          ? "'&' begins no entity: expected '&amp;'"
          : `unknown entity '${whole}'`;
    if (!fault(offset + index, offset + at, message)) break;
  }
  return `${parts.join('')}${text.slice(at)}`;
}

function resolveNumber(number: string): string | undefined {
  const point = number.startsWith('x') ? Number.parseInt(number.slice(1), 16) : Number(number);
  if (point === 0 || point > 0x10ffff || hasNoCharacter(String.fromCodePoint(point))) return undefined;
  return String.fromCodePoint(point);
}

/** Text made safe for an attribute in single or double quotes, and for content. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&'"\t\n\r]/g, (character) => {
    const name = Object.keys(namedEntities).find((key) => namedEntities[key] === character);
    return name === undefined ? `&#${character.charCodeAt(0)};` : `&${name};`;
  });
}
