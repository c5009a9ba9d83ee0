/** What the pictures of a guest have in common, whether text, SVG or HTML. */
import { positionAt, type Place } from '../text/source.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { printable } from './table.ts';

/** As src/lint/guest-picture.ts draws it. */
export interface Picture {
  readonly columns: readonly { readonly head: string; readonly title: string }[];
  readonly groups: readonly { readonly title: string; readonly rows: readonly PrintedRow[] }[];
  readonly answers: readonly PrintedAnswer[];
  readonly findings: readonly Finding[];
  readonly others: number;
}

/** A guest's picture, and its name where there are several. */
export interface NamedPicture {
  readonly title: string | null;
  readonly picture: Picture;
}

export interface PrintedRow {
  readonly names: readonly string[];
  readonly role: string;
  readonly depth: number;
  readonly cells: readonly (PrintedCell | null)[];
}

export interface PrintedCell {
  readonly answers: readonly number[];
  readonly wrong: Severity | null;
  readonly findings: readonly number[];
}

export interface PrintedAnswer {
  readonly manager: string;
  readonly does: string;
  readonly kind: string;
  readonly place: Place | null;
  readonly reason: string;
}

/** a … z, aa, ab … */
export function letterOf(number: number): string {
  const letter = String.fromCharCode(97 + (number % 26));
  return number < 26 ? letter : `${letterOf(Math.floor(number / 26) - 1)}${letter}`;
}

/** "a", "a+b!", "a*" for what is worth knowing, "-" for nobody, "·" for no link. */
export function markOf(cell: PrintedCell | null): string {
  if (cell === null) return '·';
  const letters = cell.answers.length === 0 ? '-' : cell.answers.map(letterOf).join('+');
  const short = letters.length > 5 ? `${letters.slice(0, 4)}…` : letters;
  return `${short}${cell.wrong === null ? '' : noteOf(cell.wrong)}`;
}

/** Beside the colour, for those who see none. */
export function noteOf(severity: Severity): string {
  return severity === 'info' ? '*' : '!';
}

export function describeAnswer({ manager, does, place, reason }: PrintedAnswer): string {
  const where = place === null ? '' : `${placeOf(place)}, `;
  return printable(`${manager} ${does}: ${where}${reason}`).replaceAll('\\\\', '\\');
}

/** "PATH:LINE". */
export function placeOf({ source, span }: Place): string {
  return source.builtIn ?? `${source.path}:${positionAt(source, span.start).line}`;
}

/** Colours by what a cell is, in light and in dark; what is wrong has a mark beside its colour. */
export const mapColours = `
:root { --text: #1f2328; --faint: #59636e; --line: #d1d9e0; --back: #ffffff; --plain: #eaeef2; --error: #a40e26; --errorback: #ffdce0; --warning: #7d4e00; --warningback: #fff1c2; --info: #0550ae; --infoback: #dbeeff; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --faint: #a3adb8; --line: #3d444d; --back: #0d1117; --plain: #262c36; --error: #ff9a94; --errorback: #4c1519; --warning: #f0c04c; --warningback: #3c2a00; --info: #8ac1ff; --infoback: #0c2d57; } }
`;

/** Text of others in markup: no character of it is markup, and none is a control character, which XML forbids. */
export function escapeMarkup(text: string): string {
  return printable(text)
    .replaceAll('\\\\', '\\')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The place's line in three parts, of which the middle one is meant; null for what stands in no file. */
export function lineOf({ source, span }: Place): readonly [string, string, string] | null {
  if (source.builtIn !== undefined) return null;
  const start = source.text.lastIndexOf('\n', span.start - 1) + 1;
  const newline = source.text.indexOf('\n', start);
  const end = newline < 0 ? source.text.length : newline;
  const to = Math.min(span.end, end);
  return [source.text.slice(start, span.start), source.text.slice(span.start, to), source.text.slice(to, end)];
}
