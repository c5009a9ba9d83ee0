/** One token of a rules line: KEY{attribute} operator "value", as udev reads it. */
import { parseFormat } from './format.ts';
import { hasGlob } from './plan.ts';
import type { RuleOperator, RuleToken } from './rule-model.ts';
import { type Segment, spanOfSegments } from '../../text/lines.ts';

export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function readToken(
  text: string,
  start: number,
  segments: readonly Segment[],
  version: number | undefined,
): { token: RuleToken; next: number } | null {
  const [key = ''] = /^(?:(?![-+!:]=)[^ \t\n\r={])*/.exec(text.slice(start, start + 256)) ?? [];
  let at = start + key.length;
  if (at >= text.length) return null;
  let attribute: string | null = null;
  if (text[at] === '{') {
    const close = text.indexOf('}', at);
    if (close < 0) return null;
    attribute = text.slice(at + 1, close);
    at = close + 1;
  }
  at = skip(text, at, ' \t\n\r');
  const [operator = ''] = /^(?:[=!]=|[-+:]=|=)/.exec(text.slice(at, at + 2)) ?? [];
  if (operator === '') return null;
  at = skip(text, at + operator.length, ' \t\n\r');
  const value = readValue(text, at, version);
  if (value === null) return null;
  return {
    token: {
      key,
      attribute,
      operator: operator as RuleOperator,
      value: value.text,
      ignoresCase: value.ignoresCase,
      format: parseFormat(value.text),
      alternatives: (value.ignoresCase ? value.text.toLowerCase() : value.text).split('|'),
      isGlob: hasGlob(value.text),
      span: spanOfSegments(segments, start, value.next),
      valueSpan: spanOfSegments(segments, value.start, value.next - 1),
    },
    next: value.next,
  };
}

/** udev_rule_parse_value() of src/shared/udev-util.c: "…" with \" for a quote, e"…" with C's escapes. */
function readValue(
  text: string,
  start: number,
  version: number | undefined,
): { text: string; start: number; next: number; ignoresCase: boolean } | null {
  const newest = version === undefined || version >= 257;
  const [prefix = ''] = (newest ? /^[ei]{0,2}(?=")/ : /^e?(?=")/).exec(text.slice(start, start + 3)) ?? [''];
  if (text[start + prefix.length] !== '"' || /(.)\1/.test(prefix)) return null;
  const escaped = prefix.includes('e');
  const from = start + prefix.length + 1;
  let value = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') {
      const resolved = escaped ? resolveEscapes(value) : value;
      if (resolved === null) return null;
      return { text: resolved, start: from, next: at + 1, ignoresCase: prefix.includes('i') };
    }
    if (character === '\\' && (escaped || text[at + 1] === '"')) {
      at += 1;
      value += escaped ? `\\${text[at] ?? ''}` : '"';
    } else value += character;
  }
  return null;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  s: ' ',
};

/** Null for an escape that C does not have. */
function resolveEscapes(value: string): string | null {
  if (/\\(?!x[0-9a-fA-F]{2}|[0-7]{3}|[ntrabfvs\\"'])/.test(value.replaceAll('\\\\', ''))) return null;
  return value.replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|(.))/gs, (_, hex?: string, octal?: string, one?: string) => {
    if (one !== undefined) return escapes[one] ?? one;
    return String.fromCharCode(hex === undefined ? Number.parseInt(octal ?? '0', 8) : Number.parseInt(hex, 16));
  });
}

export function skip(text: string, start: number, characters: string): number {
  let at = start;
  while (at < text.length && characters.includes(text[at] ?? '')) at += 1;
  return at;
}
