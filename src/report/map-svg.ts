/** Pictures of guests as SVG: the same grid, placed by a monospaced font's columns; for pages that show an image. */
import {
  describeAnswer,
  escapeMarkup as esc,
  letterOf,
  mapColours,
  markOf,
  noteOf,
  placeOf,
  type NamedPicture,
  type Picture,
  type PrintedCell,
} from './map-words.ts';
import { wrap } from './map-text.ts';

const line = 22;
const letter = 8.4; // of a monospaced font at 14px, and a bit more
const labelWidth = 290;
const cellWidth = 78;
const margin = 16;
const width = 2 * margin + labelWidth + 5 * cellWidth;

const style = `${mapColours}
text { font: 14px ui-monospace, monospace; fill: var(--text); }
.back { fill: var(--back); } .cell { fill: var(--plain); }
.faint { fill: var(--faint); } .strong { font-weight: 700; }
.error { fill: var(--error); } .warning { fill: var(--warning); } .info { fill: var(--info); }
.cell.error { fill: var(--errorback); } .cell.warning { fill: var(--warningback); } .cell.info { fill: var(--infoback); }
`;

interface Canvas {
  y: number;
  readonly parts: string[];
}

/** `judged`: what was judged, as lint says it. `beside`: the pictures stand side by side. */
export function renderMapSvg(
  pictures: readonly NamedPicture[],
  judged: string,
  beside = false,
  subject = 'who configures which link',
): string {
  const canvas: Canvas = { y: margin, parts: [] };
  let lowest = margin;
  for (const [at, { title, picture }] of pictures.entries()) {
    if (beside) {
      canvas.y = margin;
      canvas.parts.push(`<g transform="translate(${at * width})">`);
    }
    drawGuest(canvas, picture, title);
    if (beside) canvas.parts.push('</g>');
    lowest = Math.max(lowest, canvas.y);
  }
  canvas.y = lowest + line / 2;
  writeLines(canvas, judged, 'faint');
  const height = canvas.y + margin;
  const whole = beside ? width * pictures.length : width;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${height}" viewBox="0 0 ${whole} ${height}" role="img">
<title>failoverctl: ${esc(subject)}</title>
<desc>${esc(judged)}</desc>
<style>${style}</style>
<rect class="back" width="${whole}" height="${height}"/>
${canvas.parts.join('\n')}
</svg>
`;
}

function drawGuest(canvas: Canvas, { columns, groups, answers, findings }: Picture, title: string | null): void {
  if (title !== null) write(canvas, margin, title, 'strong');
  for (const group of groups) {
    for (const [at, { head }] of columns.entries()) put(canvas, columnAt(at) + 4, head, 'faint');
    write(canvas, margin, clip(group.title, labelWidth), 'strong');
    for (const { names, role, depth, cells } of group.rows) {
      const x = margin + depth * 16;
      if (depth > 0) for (const [at, cell] of cells.entries()) drawCell(canvas, columnAt(at), cell);
      write(canvas, x, clip(`${names.join(' → ')}  ${role}`, labelWidth - depth * 16), '');
    }
    canvas.y += line / 2;
  }
  for (const { head, title: when } of columns) write(canvas, margin, `${head.padEnd(7)}${when}`, 'faint');
  for (const [at, answer] of answers.entries()) writeLines(canvas, `${letterOf(at)}  ${describeAnswer(answer)}`, '');
  for (const { severity, rule, message, place } of findings) {
    writeLines(canvas, `${noteOf(severity)} ${severity} ${rule}: ${message}`, severity);
    writeLines(canvas, `  ${placeOf(place)}`, 'faint');
  }
  canvas.y += line / 2;
}

function drawCell({ y, parts }: Canvas, x: number, cell: PrintedCell | null): void {
  const kind = cell?.wrong ?? '';
  if (cell !== null)
    parts.push(`<rect class="cell ${kind}" x="${x}" y="${y}" width="${cellWidth - 4}" height="${line - 3}" rx="3"/>`);
  put({ y, parts }, x + 4, markOf(cell), kind === '' ? (cell === null ? 'faint' : '') : kind);
}

function columnAt(column: number): number {
  return margin + labelWidth + column * cellWidth;
}

function put({ y, parts }: Canvas, x: number, text: string, kind: string): void {
  const spaced = text.startsWith(' ') || text.includes('  ') ? ' xml:space="preserve"' : '';
  parts.push(`<text x="${x}" y="${y + 15}"${kind === '' ? '' : ` class="${kind}"`}${spaced}>${esc(text)}</text>`);
}

function write(canvas: Canvas, x: number, text: string, kind: string): void {
  put(canvas, x, text, kind);
  canvas.y += line;
}

function writeLines(canvas: Canvas, text: string, kind: string): void {
  for (const part of wrap(text, '', 3)) write(canvas, margin, part, kind);
}

function clip(text: string, room: number): string {
  const most = Math.floor(room / letter);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
