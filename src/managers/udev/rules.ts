/**
 * udev's rules files, read as udev_rules_parse_file() reads them (src/udev/udev-rules.c), with the place of every token.
 *
 * A backslash at the very end of a line joins the next one to it, without its indentation; `#` begins a comment at the
 * start of a line only, also between joined lines. A line with one bad token is ignored as a whole.
 */
import type { RuleOperator, RuleToken, RuleLine, RuleFault, RulesFile } from './rule-model.ts';
import { countBytes, spanOfSegments, splitLines, type Segment } from '../../text/lines.ts';
import type { Source, Span } from '../../text/source.ts';
import { checkToken } from './rule-keys.ts';

/** UDEV_LINE_SIZE: a physical line as long ends the reading, a joined one is ignored. */
const longLineBytes = 16384;

interface LogicalLine {
  text: string;
  segments: Segment[];
  tooLong: boolean;
}

/** `version`: systemd's; undefined takes what any version takes. */
export function parseRules(source: Source, version?: number): RulesFile {
  const { text } = source;
  const lines: RuleLine[] = [];
  const faults: RuleFault[] = [];
  let pending: LogicalLine | null = null;
  const fault = (span: Span, line: number, message: string, ignores: RuleFault['ignores']) =>
    void faults.push({ span, line, message, ignores });

  for (const { number, content } of splitLines(text)) {
    const raw = text.slice(content.start, content.end);
    if (countBytes(raw) >= longLineBytes) {
      fault(content, number, 'the line is too long: expected less than 16 KiB', 'rest');
      return { source, lines, faults };
    }
    const stripped = raw.replace(/^[ \t\n\r]+/, '');
    if (stripped.startsWith('#')) continue;
    const joined: LogicalLine = pending ?? { text: '', segments: [], tooLong: false };
    joined.segments.push({ at: joined.text.length, span: { start: content.end - stripped.length, end: content.end } });
    if (pending !== null && !joined.tooLong && countBytes(joined.text) + countBytes(stripped) >= longLineBytes)
      joined.tooLong = true;
    const continues = stripped.endsWith('\\');
    if (!joined.tooLong) joined.text += continues ? stripped.slice(0, -1) : stripped;
    if (continues) {
      pending = joined;
      continue;
    }
    pending = null;
    const span = { start: joined.segments[0]?.span.start ?? content.start, end: content.end };
    if (joined.tooLong) fault(span, number, 'the joined line is too long: expected less than 16 KiB', 'line');
    else if (joined.text !== '') {
      const line = parseRuleLine(joined, span, number, version, fault);
      if (line !== null) lines.push(line);
    }
  }
  if (pending !== null) {
    const [first] = pending.segments;
    const number = splitLines(text).length;
    fault(first?.span ?? { start: 0, end: 0 }, number, "the file ends after a '\\' that joins lines", 'line');
  }
  return { source, lines: resolveGotos(lines, faults), faults };
}

type ReportFault = (span: Span, line: number, message: string, ignores: RuleFault['ignores']) => void;

function parseRuleLine(
  { text, segments }: LogicalLine,
  span: Span,
  number: number,
  version: number | undefined,
  fault: ReportFault,
): RuleLine | null {
  const tokens: RuleToken[] = [];
  let target: string | null = null;
  let label: string | null = null;
  let at = 0;
  for (;;) {
    at = skip(text, at, ' \t\n\r,');
    if (at >= text.length) break;
    const read = readToken(text, at, segments, version);
    if (read === null) {
      fault(spanOfSegments(segments, at, text.length), number, `'${text.slice(at)}' is no KEY=="value"`, 'line');
      return null;
    }
    const { token, next } = read;
    at = next;
    const complaint = checkToken(token, version);
    if (complaint !== null) {
      fault(token.span, number, complaint.message, complaint.ignores);
      if (complaint.ignores === 'line') return null;
      continue;
    }
    if (token.key === 'LABEL') {
      if (label !== null) fault(token.span, number, `a second LABEL in the line, in place of '${label}'`, 'token');
      label = token.value;
    } else if (token.key !== 'GOTO') tokens.push(token);
    else if (target === null) target = token.value;
    else fault(token.span, number, `a second GOTO in the line: '${token.value}'`, 'token');
  }
  const acts = tokens.some(
    ({ key, operator }) => (operator !== '==' && operator !== '!=') || key === 'PROGRAM' || key === 'IMPORT',
  );
  if (!acts && target === null && label === null) {
    fault(span, number, 'the line only compares and does nothing: expected an assignment or GOTO', 'line');
    return null;
  }
  return { tokens, goto: target, label, span, line: number };
}

function readToken(
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

/** A GOTO leads to the first such LABEL after it in the same file; one that leads nowhere is ignored. */
function resolveGotos(lines: readonly RuleLine[], faults: RuleFault[]): readonly RuleLine[] {
  return lines.flatMap((line, index) => {
    if (line.goto === null || lines.slice(index + 1).some(({ label }) => label === line.goto)) return line;
    const message = `GOTO="${line.goto}" has no LABEL after it in this file`;
    faults.push({ span: line.span, line: line.line, message, ignores: 'token' });
    return { ...line, goto: null };
  });
}

function skip(text: string, start: number, characters: string): number {
  let at = start;
  while (at < text.length && characters.includes(text[at] ?? '')) at += 1;
  return at;
}
