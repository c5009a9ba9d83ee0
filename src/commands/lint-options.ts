/** The command line of `lint`. */
import { managers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import { isChosen, type RuleChoice } from '../lint/lint.ts';
import { rules } from '../lint/rules/all.ts';
import type { Severity } from '../lint/finding.ts';
import type { System } from '../system/system.ts';
import { CommandError, defineCommand, exitStatus, rootOption, snapshotOption } from './command.ts';
import { assumeOption } from './lint-target.ts';

export interface LintOptions {
  readonly as?: string;
  readonly stdinFilename?: string;
  readonly root?: string;
  readonly snapshot?: string;
  readonly assume?: string;
  readonly format: string;
  readonly json?: true;
  readonly failOn: string;
  readonly select: readonly string[];
  readonly ignore: readonly string[];
  readonly fix?: true;
  readonly unsafeFixes?: true;
  readonly diff?: true;
  readonly color: string;
}

export const formats = ['human', 'json', 'sarif', 'github'] as const;
export type Format = (typeof formats)[number];

const collect = (value: string, before: readonly string[]) => [
  ...before,
  ...value.split(',').filter((id) => id !== ''),
];

export function defineLint() {
  return defineCommand('lint', 'Says what would go wrong with a failover NIC in a network configuration, and mends it.')
    .argument('[path...]', "files or directories; '-' is standard input; none: this system")
    .option('--as <format>', `the format of the files: ${Object.keys(formatTable()).join(', ')}`)
    .option('--stdin-filename <name>', 'what to call standard input, and to tell its format by')
    .option(...rootOption)
    .option(...snapshotOption)
    .option(...assumeOption)
    .option('--format <format>', 'human, json, sarif or github', 'human')
    .option('--json', 'the same as --format json')
    .option('--fail-on <severity>', 'exit 1 at findings of this severity or worse: error, warning, info', 'warning')
    .option('--select <rules>', 'only these rules: ids, names, beginnings of ids (FO1); may be repeated', collect, [])
    .option('--ignore <rules>', 'not these rules', collect, [])
    .option('--fix', 'make the safe fixes')
    .option('--unsafe-fixes', 'make fixes too that may change what a working guest does')
    .option('--diff', 'print what the fixes would change, and change nothing')
    .option('--color <when>', 'auto, always or never', 'auto')
    .addHelpText(
      'after',
      `
Without paths: the configuration of this system, or of the tree at --root, as its network managers would read it, on its
links. On a machine without a failover NIC, and for files that are named, a guest with one triple is assumed.

Fixes never touch files below /usr/lib, /lib or /run: what is wrong there is overridden by a file in /etc. With --fix or
--unsafe-fixes on standard input, the fixed text goes to standard output.

A comment on a line of its own takes findings back; it needs a reason:
  # failoverctl: ignore FO101 the lab hands out test leases here
It holds for the lines below it up to the next blank line; at the beginning of a file, for the file.

Exit status: 0 nothing found; 1 findings at or above --fail-on (with --diff: something would change); 2 wrong usage;
3 unreadable input.

Examples:
  failoverctl lint
  failoverctl lint --root /mnt/image --fix
  failoverctl lint --format sarif etc/netplan > lint.sarif
  failoverctl lint --as netplan - < 50-cloud-init.yaml
`,
    );
}

export interface NamedFormat {
  readonly manager: ManagerName;
  readonly path: string;
}

export function formatTable(): Readonly<Record<string, NamedFormat>> {
  return Object.fromEntries(
    Object.entries(managers).flatMap(([manager, entry]) =>
      Object.entries(entry.formats).map(([format, path]) => [format, { manager: manager as ManagerName, path }]),
    ),
  );
}

export function readFormatName(text: string | undefined): NamedFormat | null {
  if (text === undefined) return null;
  const table = formatTable();
  const format = Object.hasOwn(table, text) ? table[text] : undefined;
  if (format !== undefined) return format;
  throw usage(`--as: '${text}': expected one of ${Object.keys(table).join(', ')}`);
}

export function readFormat({ format, json }: LintOptions): Format {
  if (json === true && format !== 'human' && format !== 'json') throw usage(`--json and --format ${format} differ`);
  const wanted = json === true ? 'json' : format;
  const known = formats.find((name) => name === wanted);
  if (known === undefined) throw usage(`--format: '${wanted}': expected ${formats.join(', ')}`);
  return known;
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** The severities that make the exit status 1. */
export function readFailOn({ failOn }: LintOptions): readonly Severity[] {
  const at = severities.findIndex((name) => name === failOn);
  if (at < 0) throw usage(`--fail-on: '${failOn}': expected ${severities.join(', ')}`);
  return severities.slice(0, at + 1);
}

export function readChoice({ select, ignore }: LintOptions): RuleChoice {
  for (const [option, words] of [
    ['--select', select],
    ['--ignore', ignore],
  ] as const)
    for (const word of words)
      if (!rules.some((rule) => isChosen(rule, { select: [word], ignore: [] })))
        throw usage(`${option}: '${word}' is no rule; see 'failoverctl rule'`);
  return { select, ignore };
}

/** NO_COLOR (no-color.org) counts where the command line says nothing. */
export function readColour({ color }: Pick<LintOptions, 'color'>, system: System): boolean {
  if (color === 'always') return true;
  if (color === 'never') return false;
  if (color !== 'auto') throw usage(`--color: '${color}': expected auto, always or never`);
  return (system.env('NO_COLOR') ?? '') === '' && system.isTerminal('stdout');
}

function usage(message: string): CommandError {
  return new CommandError(message, exitStatus.usage);
}
