/** A rule's documentation for a terminal, and the table of all for docs/rules.md. */
import type { Severity } from '../findings/finding.ts';

export interface DocumentedRule {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly source: string;
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

const width = 100;

export function renderRule({ id, name, severity, what, why, source, bad, good }: DocumentedRule): string {
  const examples = (title: string, list: readonly string[]) =>
    list.map((text) => `\n${title}:\n${text.replace(/^(?=.)/gm, '  ')}`).join('');
  return [
    `${id} ${name} (${severity})\n\n`,
    `${wrap(what)}\n\n`,
    `Why: ${wrap(why)}\n\n`,
    `Source: ${wrap(source)}\n`,
    examples('Bad', bad),
    examples('Good', good.slice(0, 1)),
  ].join('');
}

export function renderRuleTable(rules: readonly DocumentedRule[]): string {
  const rows = rules.map(
    ({ id, name, severity, what }) => `| ${id} | \`${name}\` | ${severity} | ${escapeCell(what)} |\n`,
  );
  return `| id | rule | severity | forbids |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function escapeCell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/(?<!\\)\*/g, '\\*');
}

function wrap(text: string): string {
  let line = 0;
  return text
    .split(' ')
    .map((word) => {
      const breaks = line + word.length + 1 > width;
      line = breaks ? word.length : line + word.length + 1;
      return `${breaks ? '\n' : ' '}${word}`;
    })
    .join('')
    .trimStart();
}
