/** A guest's picture in 80 columns: a grid of letters, what they stand for, and what is wrong. */
import { renderFrame, type Paint } from './frame.ts';
import { describeAnswer, letterOf, markOf, type Picture } from './map-words.ts';
import { printable } from './table.ts';
import { describePlace } from '../text/source.ts';

const width = 80;
const cellWidth = 7;

export function renderMapText(picture: Picture, title: string | null, paint: Paint): string {
  const { columns, groups, answers, findings, others } = picture;
  const labelWidth = width - columns.length * cellWidth;
  const lines: string[] = [];
  if (title !== null) lines.push(paint.strong(clip(printable(title), width)), '');
  if (groups.length === 0) lines.push('no failover group');
  for (const { title: group, rows } of groups) {
    const heads = columns.map(({ head }) => head.padEnd(cellWidth)).join('');
    lines.push(`${paint.strong(clip(printable(group), labelWidth - 1).padEnd(labelWidth))}${heads}`.trimEnd());
    for (const [at, { names, role, depth, cells }] of rows.entries()) {
      const last = rows[at + 1] === undefined;
      const branch =
        depth < 2 ? (depth === 0 ? '' : ruledBy(rows)) : `${ruledBy(rows) === '' ? '' : '   '}${last ? '└─ ' : '├─ '}`;
      const label = `${branch}${printable(names.join(' → '))}  ${role}`;
      const marks = cells.map((cell) => {
        const text = markOf(cell).padEnd(cellWidth);
        return cell === null || cell.wrong === null ? text : paint.bySeverity(cell.wrong, text);
      });
      const row = depth === 0 ? '' : marks.join('');
      if (label.length < labelWidth) lines.push(`${label.padEnd(labelWidth)}${row}`.trimEnd());
      else lines.push(clip(label, width), `${''.padEnd(labelWidth)}${row}`.trimEnd());
    }
    lines.push('');
  }
  lines.push(...columns.map(({ head, title: when }) => `${head.padEnd(cellWidth)}${when}`));
  lines.push(`${'·'.padEnd(cellWidth)}the link is not there`, `${'-'.padEnd(cellWidth)}nobody configures it`);
  for (const [at, answer] of answers.entries())
    lines.push(...wrap(describeAnswer(answer), letterOf(at).padEnd(cellWidth), cellWidth));
  if (findings.some(({ severity }) => severity !== 'info')) lines.push(`${'!'.padEnd(cellWidth)}wrong: see below`);
  if (findings.some(({ severity }) => severity === 'info'))
    lines.push(`${'*'.padEnd(cellWidth)}worth knowing: see below`);
  if (others > 0) lines.push(`${''.padEnd(cellWidth)}${others} other link${others === 1 ? ' is' : 's are'} not drawn`);
  for (const { rule, severity, message, place } of findings) {
    const mark = (text: string) => paint.bySeverity(severity, text);
    const [first = '', ...rest] = wrap(`${severity}[${rule}] ${unescape(printable(message))}`, '', 2);
    lines.push('', mark(first), ...rest.map(mark), ...wrap(`--> ${printable(describePlace(place))}`, '  ', 6));
    lines.push(renderFrame(place, '', paint, mark, width - 10).trimEnd());
  }
  return `${lines
    .filter((line, at) => line !== '' || lines[at - 1] !== '')
    .join('\n')
    .trimEnd()}\n`;

  function ruledBy(rows: Picture['groups'][number]['rows']): string {
    return rows.some(({ depth }) => depth === 0) ? '└─ ' : '';
  }
}

function unescape(text: string): string {
  return text.replaceAll('\\\\', '\\');
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Words in lines of the width; a word that is longer is cut, as a path may be. */
export function wrap(text: string, head: string, indent: number): readonly string[] {
  const lines: string[] = [];
  let line = head;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    for (let rest = word; ;) {
      const room = width - line.length - (isEmpty ? 0 : 1);
      if (rest.length <= room) {
        line += `${isEmpty ? '' : ' '}${rest}`;
        isEmpty = false;
        break;
      }
      if (isEmpty) {
        line += rest.slice(0, room);
        rest = rest.slice(room);
      }
      lines.push(line);
      line = ' '.repeat(indent);
      isEmpty = true;
    }
  }
  return [...lines, line];
}
