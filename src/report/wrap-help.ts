/** Help as wide as the terminal that it is read on. In a pipe it stays as it is written. */
import type { System } from '../system/system.ts';

/** No terminal is narrower than a word and its option. */
const narrowest = 40;

/** COLUMNS, where somebody has set it, else the terminal's width; null: it is no terminal. */
export function helpWidth(system: System): number | null {
  const named = Number(system.env('COLUMNS'));
  const width = Number.isInteger(named) && named > 0 ? named : system.columns();
  return width === null ? null : Math.max(width, narrowest);
}

/**
 * Paragraphs are filled anew. What is indented keeps its lines; one that is too long goes on below its second column, or, of a
 * command in the examples, after a backslash.
 */
export function wrapHelp(text: string, width: number | null): string {
  if (width === null) return text;
  const out: string[] = [];
  let prose: string[] = [];
  let isExample = false;
  const endProse = () => {
    if (prose.length === 0) return;
    isExample = prose.join() === 'Examples:';
    out.push(...fill(prose.join(' ').split(' '), width, '', ''));
    prose = [];
  };
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) {
      prose.push(line);
      continue;
    }
    endProse();
    out.push(...(line.length <= width ? [line] : breakLine(line, width, isExample)));
  }
  endProse();
  return out.join('\n');
}

function breakLine(line: string, width: number, isExample: boolean): readonly string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [, head, gap = '', rest = ''] = isExample ? [] : (/^( +\S.*?)( {2,})(\S.*)$/.exec(line) ?? []);
  if (head !== undefined) {
    const words = rest.split(' ');
    const mark = rest.startsWith('# ') ? '# ' : '';
    const column = head + gap;
    if (column.length <= width / 2) return fill(words, width, column, ' '.repeat(column.length) + mark);
    return [head, ...fill(words, width, `${indent}    `, `${indent}    ${mark}`)];
  }
  if (!isExample) return fill(line.trim().split(' '), width, indent, `${indent}  `);
  // a quoted word stays whole
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"]|['"])+/g) ?? [];
  return fill(words, width - 2, indent, `${indent}    `).map((part, at, all) =>
    at === all.length - 1 ? part : `${part} \\`,
  );
}

/** Words in lines of the width; a word that is longer stays whole. */
function fill(words: readonly string[], width: number, first: string, rest: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of words) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
