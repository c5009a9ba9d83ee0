/**
 * `$name` and `%x` in the values of rules: udev(7), SUBSTITUTIONS; get_subst_type() and udev_check_format() of
 * src/udev/udev-format.c (systemd 257; the same in 262, which was asked).
 */

/** The short forms. */
export type FormatLetter =
  'N' | 's' | 'E' | 'k' | 'n' | 'd' | 'p' | 'b' | 'M' | 'm' | 'c' | 'P' | 'D' | 'L' | 'r' | 'S';

export type FormatPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `argument`: what is in braces, "" where nothing is. */
  | { readonly kind: 'value'; readonly letter: FormatLetter; readonly argument: string }
  /** udev reads no further: what comes before is the value. */
  | { readonly kind: 'end' };

export interface Format {
  readonly parts: readonly FormatPart[];
  /** What `udevadm verify` and udevd's log say against it: what is wrong, and what was expected. */
  readonly fault: string | null;
}

/** In udev's order: the first that the text begins with. */
const names: readonly (readonly [name: string, letter: FormatLetter])[] = [
  ['devnode', 'N'],
  ['tempnode', 'N'],
  ['attr', 's'],
  ['sysfs', 's'],
  ['env', 'E'],
  ['kernel', 'k'],
  ['number', 'n'],
  ['driver', 'd'],
  ['devpath', 'p'],
  ['id', 'b'],
  ['major', 'M'],
  ['minor', 'm'],
  ['result', 'c'],
  ['parent', 'P'],
  ['name', 'D'],
  ['links', 'L'],
  ['root', 'r'],
  ['sys', 'S'],
];

/** UDEV_PATH_SIZE: what is in braces has to be shorter. */
const longArgument = 1024;

/** Null: there is nothing to replace. */
export function parseFormat(value: string): Format | null {
  if (!/[$%]/.test(value)) return null;
  const parts: FormatPart[] = [];
  let fault: string | null = null;
  let text = '';
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  let at = 0;
  while (at < value.length) {
    const sign = value[at] ?? '';
    if (sign !== '$' && sign !== '%') {
      text += sign;
      at += 1;
      continue;
    }
    if (value[at + 1] === sign) {
      text += sign;
      at += 2;
      continue;
    }
    const found = readName(value, at);
    if (found === null) {
      // udevd leaves it as it is
      fault ??= describeUnknown(value, at);
      text += sign;
      at += 1;
      continue;
    }
    const { letter, next } = found;
    const written = value.slice(at, next);
    let argument = '';
    at = next;
    if (value[next] === '{') {
      const close = value.indexOf('}', next);
      argument = close < 0 ? '' : value.slice(next + 1, close);
      if (argument === '' || argument.length >= longArgument) {
        const wrong = close < 0 ? `'${written}{' has no '}'` : `the braces of '${written}' are empty or too long`;
        fault ??= `${wrong}, expected '${written}{NAME}'`;
        flush();
        return { parts: [...parts, { kind: 'end' }], fault };
      }
      at = close + 1;
    }
    const wrong = checkArgument(letter, argument, written);
    flush();
    if (wrong !== null) return { parts: [...parts, { kind: 'end' }], fault: fault ?? wrong };
    parts.push({ kind: 'value', letter, argument });
  }
  flush();
  return { parts, fault };
}

function readName(value: string, at: number): { letter: FormatLetter; next: number } | null {
  if (value[at] === '%') {
    const letter = names.find(([, short]) => short === value[at + 1])?.[1];
    return letter === undefined ? null : { letter, next: at + 2 };
  }
  const known = names.find(([name]) => value.startsWith(name, at + 1));
  return known === undefined ? null : { letter: known[1], next: at + 1 + known[0].length };
}

function checkArgument(letter: FormatLetter, argument: string, written: string): string | null {
  if ((letter === 's' || letter === 'E') && argument === '')
    return `'${written}' names nothing, expected '${written}{NAME}'`;
  if (letter === 'c' && argument !== '' && !isPartNumber(argument))
    return `'${written}{${argument}}' is not a part of a result, expected a number as in '${written}{1}' or '${written}{2+}'`;
  return null;
}

/** safe_atou(), with a plus behind it or not. */
function isPartNumber(text: string): boolean {
  return isInteger(text.replace(/\+$/, ''), 0, 2 ** 32 - 1) && !/^\s*-/.test(text);
}

function describeUnknown(value: string, at: number): string {
  const [word = ''] = /^(?:\$\w*|%.?)/s.exec(value.slice(at)) ?? [];
  const sign = value[at] ?? '';
  return `'${word}' is not a substitution, expected one of udev(7), or '${sign}${sign}' for a plain '${sign}'`;
}

/** safe_atoi() and safe_atou() of systemd: base by prefix (0x, 0b, 0o, 0), blanks in front, no blanks behind. */
export function isInteger(text: string, min: number, max: number): boolean {
  const match = /^[ \t\n\r]*([-+]?)(?:0b([01]+)|0o([0-7]+)|0x([0-9a-f]+)|(0[0-7]*)|([1-9]\d*))$/i.exec(text);
  if (match === null) return false;
  const [, sign, binary, octal, hex, old, decimal] = match;
  const number =
    binary !== undefined
      ? Number.parseInt(binary, 2)
      : Number.parseInt(octal ?? hex ?? old ?? decimal ?? '', (octal ?? old) ? 8 : hex === undefined ? 10 : 16);
  const value = sign === '-' ? -number : number;
  return value >= min && value <= max;
}
