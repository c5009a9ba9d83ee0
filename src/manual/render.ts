/** Manual pages in man(7), from what `--help` says and from the rules' own texts. */
import type { DocumentedRule } from '../report/rule-docs.ts';

/** A command as its manual page needs it. */
export interface DocumentedCommand {
  /** `lint`, or `host migrate`; empty: the program itself. */
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly description: string;
  readonly operands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly flags: string; readonly description: string }[];
  /** What follows the options in the help: paragraphs, and sections that begin with `Title:` on a line of its own. */
  readonly text: string;
}

export interface Edition {
  readonly version: string;
  /** 2026-11-30. */
  readonly date: string;
}

/** failoverctl-lint(1), failoverctl-host-migrate(1). */
export function pageName(command: string): string {
  return ['failoverctl', ...command.split(' ').filter(Boolean)].join('-');
}

export function renderCommandPage(command: DocumentedCommand, others: readonly string[], edition: Edition): string {
  const { name, summary, usage, description, operands, options, text } = command;
  return [
    heading(pageName(name), 1, edition),
    section('NAME', `${escapeText(pageName(name))} \\- ${escapeText(summary)}\n`),
    section('SYNOPSIS', `.B ${escapeText(usage)}\n`),
    section('DESCRIPTION', `${escapeText(description)}\n`),
    ...(operands.length === 0
      ? []
      : [section('OPERANDS', operands.map((one) => item(one.name, one.description)).join(''))]),
    ...(options.length === 0
      ? []
      : [section('OPTIONS', options.map((one) => item(one.flags, one.description)).join(''))]),
    renderText(text),
    section(
      'SEE ALSO',
      `${others
        .map((page) => `.BR ${escapeText(page)} `)
        .join(',\n')
        .replace(/ $/, '')}\n`,
    ),
  ].join('');
}

export function renderRulesPage(rules: readonly DocumentedRule[], edition: Edition): string {
  return [
    heading('failoverctl-rules', 7, edition),
    section('NAME', 'failoverctl\\-rules \\- what failoverctl lint and failoverctl host lint\\-domain look for\n'),
    section(
      'DESCRIPTION',
      'Each rule has an id, which is never used for another, and a name. A comment on a line of its own suppresses it where it stands:\n.PP\n.EX\n# failoverctl: ignore FO101 the lab hands out test leases here\n.EE\n',
    ),
    ...rules.map(({ id, name, severity, what, why, source, bad }) =>
      section(
        `${id} ${name} (${severity})`,
        `${paragraphs([what, why, `Source: ${source}`])}${bad
          .slice(0, 1)
          .map((example) => `.PP\nReported:\n${verbatim(example)}`)
          .join('')}`,
      ),
    ),
    section('SEE ALSO', '.BR failoverctl\\-lint (1),\n.BR failoverctl\\-host\\-lint\\-domain (1)\n'),
  ].join('');
}

function heading(name: string, number: number, { version, date }: Edition): string {
  return `.TH ${escapeText(name.toUpperCase())} ${number} ${date} "failoverctl ${version}" "failoverctl"\n`;
}

function section(title: string, body: string): string {
  return `.SH ${escapeText(title)}\n${body}`;
}

function item(term: string, description: string): string {
  return `.TP\n.B ${escapeText(term)}\n${escapeText(description)}\n`;
}

function paragraphs(texts: readonly string[]): string {
  return texts.map((text) => escapeText(text)).join('\n.PP\n') + '\n';
}

/** Help's free text: `Title:` alone on a line begins a section; what is indented is shown as it stands. */
function renderText(text: string): string {
  const out: string[] = [];
  let opened = false;
  for (const block of text.trim().split(/\n{2,}/)) {
    const lines = block.split('\n');
    const title = /^(\S.*):$/.exec(lines[0] ?? '')?.[1];
    if (title !== undefined) {
      out.push(`.SH ${escapeText(title.toUpperCase())}\n`);
      opened = true;
    } else if (!opened) {
      out.push('.SH NOTES\n');
      opened = true;
    } else out.push('.PP\n');
    const rest = title === undefined ? lines : lines.slice(1);
    out.push(...renderLines(rest));
  }
  return out.join('').replaceAll(/(\.SH .*\n|\.PP\n)(?:\.PP\n)+/g, '$1');
}

function renderLines(lines: readonly string[]): readonly string[] {
  const out: string[] = [];
  let held: string[] = [];
  const flush = () => {
    if (held.length > 0) out.push(verbatim(held.join('\n')));
    held = [];
  };
  for (const line of lines) {
    if (/^\s/.test(line)) held.push(line.replace(/^ {2}/, ''));
    else {
      flush();
      if (line !== '') out.push(`${escapeText(line)}\n`);
    }
  }
  flush();
  return out;
}

function verbatim(text: string): string {
  return `.PP\n.EX\n${text
    .trimEnd()
    .split('\n')
    .map((line) => escapeText(line))
    .join('\n')}\n.EE\n`;
}

/** A `-` is a minus that can be copied; a line that begins with . or ' is no request; other characters by their names. */
function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll('–', '\\(en')
    .replaceAll('×', 'x')
    .replaceAll('≥', '\\(>=')
    .replaceAll('→', '\\(->')
    .replace(/^(?=[.'])/gm, '\\&');
}
