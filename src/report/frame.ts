/** A place in a file as people see it: the line, and what is meant on it. */
import { positionAt, type Place } from '../text/source.ts';
import { printable } from './table.ts';

export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly bySeverity: (severity: 'error' | 'warning' | 'info', text: string) => string;
}

const codes = { error: '31', warning: '33', info: '36' } as const;

export function createPaint(colour: boolean): Paint {
  const wrap = (code: string) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { strong: wrap('1'), faint: wrap('2'), bySeverity: (severity, text) => wrap(`1;${codes[severity]}`)(text) };
}

/** The first line of the place with a mark below what is meant, and a label behind it. */
export function renderFrame(
  place: Place,
  label: string,
  paint: Paint,
  mark: (text: string) => string,
  width = maximalWidth,
): string {
  const { text, builtIn } = place.source;
  // a default has no line to show
  if (builtIn !== undefined) return '';
  const { line } = positionAt(place.source, place.span.start);
  const lineStart = text.lastIndexOf('\n', place.span.start - 1) + 1;
  const newline = text.indexOf('\n', lineStart);
  const lineEnd = newline < 0 ? text.length : newline;
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  const before = show(text.slice(lineStart, place.span.start));
  const meant = show(text.slice(place.span.start, Math.min(Math.max(place.span.end, place.span.start), lineEnd)));
  const shown = show(text.slice(lineStart, lineEnd));
  // of a long line the part around the place
  const from = before.length > width - context ? Math.max(0, before.length - context) : 0;
  const part = `${from === 0 ? '' : '…'}${shown.slice(from === 0 ? 0 : from + 1, from + width)}`;
  const clipped = shown.length > from + width ? `${part}…` : part;
  const column = before.length - from;
  const carets = '^'.repeat(Math.max(1, Math.min(meant.trimEnd().length, width - column)));
  const pad = ' '.repeat(column);
  return [
    `${paint.faint(` ${number} |`)} ${clipped}\n`,
    `${paint.faint(` ${gutter} |`)} ${pad}${mark(label === '' ? carets : `${carets} ${label}`)}\n`,
  ].join('');
}

const maximalWidth = 160;
const context = 60;

function show(text: string): string {
  return printable(text.replace(/^\ufeff/, '').replaceAll('\t', '    ')).replaceAll('\\\\', '\\');
}
