/** The options of every command that reports findings: which, in what form, and what is done about them. */
import { guessWord } from '../text/nearest.ts';
import { isChosen, type RuleChoice } from '../findings/settle.ts';
import type { RuleIdentity } from '../findings/rule.ts';
import type { Command } from 'commander';
import type { Severity } from '../findings/finding.ts';
import type { System } from '../system/system.ts';
import { CommandError, exitStatus } from './command.ts';

export interface ReportOptions {
  readonly format: string;
  readonly json?: true;
  readonly failOn: string;
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  readonly fix?: true;
  readonly unsafeFixes?: true;
  readonly diff?: true;
  readonly color: string;
  readonly quiet?: true;
  readonly config?: string;
  readonly isolated?: true;
}

export const formats = ['human', 'json', 'sarif', 'github', 'gitlab', 'junit', 'concise', 'jsonl'] as const;
export type Format = (typeof formats)[number];

const collect = (value: string, before: readonly string[]) => [
  ...before,
  ...value.split(',').filter((id) => id !== ''),
];

export function addReportOptions(definition: Command): Command {
  return definition
    .option('--format <format>', 'human, json, sarif, github, gitlab, junit, concise; jsonl: a line a guest', 'human')
    .option('--json', 'the same as --format json')
    .option('--fail-on <severity>', 'exit 1 at findings of this severity or worse: error, warning, info', 'warning')
    .option('--select <rules>', 'only these rules: ids, names, beginnings of ids (FO1); may be repeated', collect, [])
    .option('--ignore <rules>', 'not these rules', collect, [])
    .option('--fix', 'make the safe fixes')
    .option('--unsafe-fixes', 'make fixes too that may change what a working guest does')
    .option('--diff', 'print what the fixes would change, and change nothing')
    .option('--config <file>', 'the configuration of the linter; else the nearest failoverctl.yaml upwards from here')
    .option('--isolated', 'read no failoverctl.yaml')
    .option('--quiet', 'findings alone, and not what was judged')
    .option('--color <when>', 'auto, always or never', 'auto');
}

export function readFormat({ format, json }: ReportOptions): Format {
  if (json === true && format !== 'human' && format !== 'json') throw usage(`--json and --format ${format} differ`);
  const wanted = json === true ? 'json' : format;
  const known = formats.find((name) => name === wanted);
  if (known === undefined) throw usage(`--format: '${wanted}': expected ${formats.join(', ')}`);
  return known;
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** The severities that make the exit status 1. */
export function readFailOn({ failOn }: ReportOptions): readonly Severity[] {
  const at = severities.findIndex((name) => name === failOn);
  if (at < 0) throw usage(`--fail-on: '${failOn}': expected ${severities.join(', ')}`);
  return severities.slice(0, at + 1);
}

/** `known`: the rules that there are. */
export function readChoice({ select, ignore }: ReportOptions, known: readonly RuleIdentity[]): RuleChoice {
  for (const [option, words] of [
    ['--select', select],
    ['--ignore', ignore],
  ] as const)
    for (const word of words)
      if (!known.some((rule) => isChosen(rule, { select: [word], ignore: [] })))
        throw usage(
          `${option}: '${word}' is no rule${guessWord(
            word,
            known.map(({ name }) => name),
          )}; see 'failoverctl rule'`,
        );
  return { select, ignore };
}

/** NO_COLOR (no-color.org) and a terminal that knows no colours count where the command line says nothing. */
export function readColour({ color }: Pick<ReportOptions, 'color'>, system: System): boolean {
  if (color === 'always') return true;
  if (color === 'never') return false;
  if (color !== 'auto') throw usage(`--color: '${color}': expected auto, always or never`);
  return (system.env('NO_COLOR') ?? '') === '' && system.env('TERM') !== 'dumb' && system.isTerminal('stdout');
}

function usage(message: string): CommandError {
  return new CommandError(message, exitStatus.usage);
}
