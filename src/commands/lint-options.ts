/** The command line of `lint`. */
import { Option } from 'commander';
import { askedManagers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import { defineCommand, rootOption, snapshotOption } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import { addReportOptions, type ReportOptions } from './report-options.ts';
import { assumeOption, diffTargetsOption, targetOption } from './choose-guest.ts';

export interface LintOptions extends ReportOptions {
  readonly as?: string;
  readonly stdinFilename?: string;
  readonly root: readonly string[];
  readonly snapshot: readonly string[];
  readonly assume?: string;
  readonly target?: string;
  readonly diffTargets?: string;
  readonly against?: string;
  readonly jobs?: string;
  readonly resume?: string;
  readonly worker?: true;
}

const collect = (value: string, before: readonly string[]) => [...before, value];

export function defineLint() {
  return addReportOptions(
    defineCommand('lint', 'Says what would go wrong with a failover NIC in a network configuration, and mends it.')
      .argument('[path...]', "files or directories; '-' is standard input; none: this system")
      .option('--as <format>', `the format of the files: ${Object.keys(formatTable()).join(', ')}`)
      .option('--stdin-filename <name>', 'what to call standard input, and to tell its format by')
      .option(rootOption[0], `${rootOption[1]}; may be repeated`, collect, [])
      .option(snapshotOption[0], `${snapshotOption[1]}; may be repeated, and be a folder of such files`, collect, [])
      .option(...assumeOption)
      .option(...targetOption)
      .option(...diffTargetsOption)
      .option(
        '--against <old>',
        'what changes since OLD, a folder, a snapshot or a revision of git: who claims what, findings',
      )
      .option('--jobs <n>', 'of many guests, judge so many at once; else one on each core')
      .option('--resume <file>', 'of many snapshots, keep in FILE what was judged, and judge only what is not in it')
      .addOption(new Option('--worker').hideHelp()),
  ).addHelpText(
    'after',
    `
Without paths: the configuration of this system, or of the tree at --root, as its network managers would read it, on its
links. On a machine without a failover NIC, and for files that are named, a guest with one triple is assumed.

Fixes never touch files below /usr/lib, /lib or /run: what is wrong there is overridden by a file in /etc. With --fix or
--unsafe-fixes on standard input, the fixed text goes to standard output.

A comment on a line of its own takes findings back; it needs a reason:
  # failoverctl: ignore FO101 the lab hands out test leases here
It holds for the lines below it up to the next blank line; at the beginning of a file, for the file.

failoverctl.yaml, in the current folder or the nearest above, says once what a project asks of the linter:
  rules: {FO202: off, vf-pinned: error}   # off, on, error, warning, info; ids, names, beginnings of ids
  targets: [debian12, debian13]           # judge for each; as --target
  roots: [images/web, images/db]          # lint these where the command line names nothing; from the file's folder
  assume: [triple, pair]                  # where there is no failover NIC, judge for each; as --assume
  exclude: [images/old, /etc/netplan/50-cloud-init.yaml]   # below the file's folder; with / in front: a path in the guest
What it leaves out still counts for what the daemons do; the last line says how much that is.

With --against only what is new is a finding; what changes about who claims what, and what is gone, is shown before.

Several --root or --snapshot are several guests, each judged for itself, in one report: each cause once, with the guests that have
it. Behind --snapshot further paths that end in .json are snapshots too. --format jsonl prints a line a guest as it comes. One that
cannot be read is told, the others are judged, and the run ends with 3. Processes on all cores share the work (--jobs 1: this one
alone). With --resume a run that was killed goes on where it was: begun again with the same FILE it judges the snapshots that are
missing there or have changed, and its report is of all. Other options, rules or another version judge all again. FILE grows by a
line a guest, and stays.

Exit status: 0 nothing found; 1 findings at or above --fail-on (with --diff: something would change); 2 wrong usage;
3 unreadable input.

Examples:
  failoverctl lint
  failoverctl lint --root /mnt/image --fix
  failoverctl lint --root /mnt/image --diff-targets debian12,debian13
  failoverctl lint --root image --against origin/main
  failoverctl lint --snapshot guests/*.json
  failoverctl lint --snapshot guests/ --resume guests.state
  failoverctl lint --snapshot after.json --against before.json
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
    askedManagers.flatMap(({ name, formats }) =>
      Object.entries(formats).map(([format, path]) => [format, { manager: name, path }]),
    ),
  );
}

export function readJobs({ jobs }: LintOptions): number | undefined {
  if (jobs === undefined || /^[1-9]\d{0,3}$/.test(jobs)) return jobs === undefined ? jobs : Number(jobs);
  throw usage(`--jobs: '${jobs}': expected a number of processes`);
}

export function readFormatName(text: string | undefined): NamedFormat | null {
  if (text === undefined) return null;
  const table = formatTable();
  const format = Object.hasOwn(table, text) ? table[text] : undefined;
  if (format !== undefined) return format;
  throw usage(`--as: '${text}': expected one of ${Object.keys(table).join(', ')}`);
}

function usage(message: string): CommandError {
  return new CommandError(message, exitStatus.usage);
}
