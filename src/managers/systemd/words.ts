/**
 * Splitting a value into words as systemd's extract_first_word() does (src/basic/extract-word.c), with each word's place.
 */
import { spanInValue, type IniAssignment } from '../../text/ini.ts';
import type { Span } from '../../text/source.ts';

export interface Word {
  readonly text: string;
  readonly span: Span;
}

export interface WordOptions {
  /** EXTRACT_UNQUOTE: quotes group and are taken off. */
  readonly unquote?: boolean;
  /** EXTRACT_RETAIN_ESCAPE: a backslash is an ordinary character. */
  readonly retainEscape?: boolean;
  /** EXTRACT_CUNESCAPE: C's escapes are resolved, and an unknown one is an error. */
  readonly unescape?: boolean;
}

export interface Words {
  readonly words: readonly Word[];
  /** The rest could not be read: an open quote, a backslash at the end, an unknown escape. The words before it count. */
  readonly broken: boolean;
}

/** The words of an assignment's value, from `start` in it on. */
export function splitWords(assignment: IniAssignment, options: WordOptions, start = 0): Words {
  const { value } = assignment;
  const words: Word[] = [];
  let at = start;
  for (;;) {
    while (isBlank(value[at])) at += 1;
    if (at >= value.length) return { words, broken: false };
    const wordStart = at;
    let text = '';
    let quote = '';
    for (; at < value.length; at += 1) {
      const character = value[at] ?? '';
      if (quote === '' && isBlank(character)) break;
      if (character === quote) quote = '';
      else if (quote === '' && options.unquote === true && (character === '"' || character === "'")) quote = character;
      else if (character === '\\' && options.retainEscape !== true) {
        const escape = options.unescape === true ? readEscape(value, at + 1) : value.slice(at + 1, at + 2);
        if (escape === null || escape === '') return { words, broken: true };
        text += typeof escape === 'string' ? escape : escape.text;
        at += typeof escape === 'string' ? escape.length : escape.length;
      } else text += character;
    }
    if (quote !== '') return { words, broken: true };
    words.push({ text, span: spanInValue(assignment, wordStart, at) });
  }
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  s: ' ',
};

/** cunescape_one(): \n, \x41, \u0041, \U00000041, \101. Null for what is no escape. */
function readEscape(value: string, at: number): { text: string; length: number } | null {
  const simple = simpleEscapes[value[at] ?? ''];
  if (simple !== undefined) return { text: simple, length: 1 };
  const rest = value.slice(at, at + 9);
  const found = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{3}))/.exec(rest);
  if (found === null) return null;
  const [whole, byte, short, long, octal] = found;
  const point = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  const isByte = byte !== undefined || octal !== undefined;
  if (point === 0 || point > (isByte ? 0xff : 0x10ffff)) return null;
  // A byte over 7F is not UTF-8 by itself.
  const text = isByte && point > 0x7f ? String.fromCharCode(0xdc00 + point) : String.fromCodePoint(point);
  return { text, length: whole.length };
}
