/** `failoverctl lint`: what would go wrong in a network configuration, where, and how to mend it. */
import { rules } from '../lint/rules/all.ts';
import { isFailure, type System } from '../system/system.ts';
import { parseArguments } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest, type OpenedGuest } from './guest.ts';
import { exclusionOf, loadLinterConfig, rootsOf } from './lint-config.ts';
import { collectFleet, expandSnapshots, lintFleet, reportFleet, type LookAt } from './lint-fleet.ts';
import { nameOf, type GuestPlace } from './guest-place.ts';
import { lookAt, type Variant } from './lint-look.ts';
import { defineLint, readFormatName, readJobs, type LintOptions } from './lint-options.ts';
import { compareWith, openBefore, type Before } from './lint-against.ts';
import { readAssumption, readTarget } from './choose-guest.ts';
import { readFilesTargets, readSystemTarget } from './lint-target.ts';
import { readNamedFiles, type NamedFiles } from './named-files.ts';
import { mendAndReport, readReporting, type Linted } from './report-findings.ts';
import { readChoice } from './report-options.ts';
import { parseAssumption } from '../topology/guest-assumed.ts';
import type { LinterConfig } from '../lint/linter-config.ts';
import type { NamedFile } from '../lint/read-configuration.ts';

export { defineLint as define } from './lint-options.ts';

export async function run(args: readonly string[], system: System): Promise<number> {
  const parsed = parseArguments<LintOptions>(defineLint(), args, system);
  const { options } = parsed;
  // behind --snapshot the shell may have put more of them
  const isSnapshot = (path: string) => options.snapshot.length > 0 && path.endsWith('.json');
  const operands = parsed.operands.filter((path) => !isSnapshot(path));
  const snapshots = expandSnapshots([...options.snapshot, ...parsed.operands.filter(isSnapshot)], system);
  const reporting = readReporting(options, system);
  const choice = readChoice(options, rules);
  const assumption = readAssumption(options.assume);
  readFormatName(options.as);
  checkUse(options, operands);
  const config = await loadLinterConfig(options, system);
  const differences = options.diffTargets !== undefined;
  const variants = readVariants(options, config);
  if (options.against !== undefined && variants.length > 1)
    throw new CommandError(
      `--against: failoverctl.yaml asks for several (${variants.map(({ name }) => name).join('; ')}): give --target or --assume`,
      exitStatus.usage,
    );
  const looking = { choice, config, variants, differences };
  const stdin = operands.includes('-') ? readStdin(system) : null;
  const lookInto = async (
    { tree, live, root, snapshot }: OpenedGuest & GuestPlace,
    text: string,
    before: Before | null = null,
  ): Promise<Linted> => {
    const excluded = config === null ? null : exclusionOf(config, system, snapshot === undefined ? root : null);
    const how = {
      assumption,
      live,
      command: 'failoverctl lint --fix',
      name: nameOf({ ...(root === undefined ? {} : { root }), ...(snapshot === undefined ? {} : { snapshot }) }),
      ...(excluded === null ? {} : { exclusionOf: excluded }),
    };
    const named =
      stdin !== null
        ? { files: [nameStdin(text, options, excluded)], skipped: [], troubles: [] }
        : nameFiles(tree, operands, options, (path) => excluded !== null && excluded(path) !== null);
    const now = await lookAt(looking, how, async (variant) =>
      operands.length === 0
        ? [await readSystemTarget(tree, { ...how, ...variant })]
        : readFilesTargets(tree, named, { ...how, ...variant }),
    );
    return before === null ? now : compareWith(before, looking, how, now);
  };
  const guests = chooseGuests(options, snapshots, operands, config);
  const look: LookAt = (one) => lookInto(one, '');
  if (options.worker === true) return reportFleet(guests, look, reporting, system);
  const jobs = readJobs(options);
  const [guest = {}, ...more] = guests;
  if (more.length === 0) {
    const opened = { ...openGuest(system, guest), ...guest };
    const { root } = guest;
    const before = options.against === undefined ? null : openBefore(options.against, operands, root, system);
    const lookAgain = (text: string) => lookInto(opened, text, before);
    return mendAndReport(
      { command: 'lint', rules, tree: opened.tree, stdin, look: lookAgain, root: root ?? null },
      reporting,
      system,
    );
  }
  if (reporting.fix || reporting.diff || options.against !== undefined)
    throw new CommandError(
      `--fix, --diff and --against go with one guest: expected one of ${listSome(guests)}`,
      exitStatus.usage,
    );
  const { resume } = options;
  if (reporting.format === 'human' || reporting.format === 'jsonl') {
    const names = new Set([...options.root, ...options.snapshot, ...parsed.operands, '--root', '--snapshot', '--']);
    const rest = args.filter((word) => !names.has(word) && !/^--(?:root|snapshot)=/.test(word));
    // what decides about a guest's report: the rest is told of the same reports
    const asked = [
      FAILOVERCTL_VERSION,
      reporting.format,
      reporting.colour,
      options,
      config && system.read(config.path),
    ];
    const kept = { root: [], snapshot: [], format: '', color: '', jobs: '', failOn: '', quiet: true, resume: '' };
    const state =
      resume === undefined
        ? null
        : { file: resume, asked: JSON.stringify(asked, (key, value) => (key in kept ? 0 : value)) };
    return lintFleet(guests, look, reporting, { args: rest, jobs, resume: state }, system);
  }
  if (resume !== undefined) throw new CommandError('--resume goes with --format human or jsonl', exitStatus.usage);
  const lookAtAll = () => collectFleet(guests, look, system);
  return mendAndReport({ command: 'lint', rules, tree: system, stdin, look: lookAtAll }, reporting, system);
}

/** What the command line names, else what failoverctl.yaml does; none: this system. */
function chooseGuests(
  { root: roots }: LintOptions,
  snapshots: readonly string[],
  operands: readonly string[],
  config: LinterConfig | null,
): readonly GuestPlace[] {
  if (roots.length > 0 && snapshots.length > 0)
    throw new CommandError('--root and --snapshot differ: give one of them', exitStatus.usage);
  if (operands.length > 0 && roots.length + snapshots.length > 1)
    throw new CommandError('paths go with one guest: give one --root or --snapshot', exitStatus.usage);
  if (snapshots.length > 0) return [...new Set(snapshots)].map((snapshot) => ({ snapshot }));
  const named = roots.length > 0 || operands.length > 0 || config === null ? roots : rootsOf(config);
  return [...new Set(named)].map((root) => ({ root }));
}

function listSome(guests: readonly GuestPlace[]): string {
  const names = guests.slice(0, 3).map(nameOf);
  return guests.length > names.length ? `${names.join(', ')} …` : names.join(', ');
}

/** Throws a usage error where options and paths do not go together. */
function checkUse(options: LintOptions, operands: readonly string[]): void {
  const fixes = options.fix === true || options.unsafeFixes === true;
  const fromStdin = operands.includes('-');
  const wrong = [
    [
      options.snapshot.length > 0 && fixes,
      '--snapshot: a snapshot cannot be mended; --diff shows what would be',
    ] as const,
    [fromStdin && operands.length > 1, "'-' stands alone: expected no other path"] as const,
    [options.stdinFilename !== undefined && !fromStdin, "--stdin-filename goes with '-'"] as const,
    [options.as !== undefined && operands.length === 0, '--as goes with paths'] as const,
    [
      options.diffTargets !== undefined && options.target !== undefined,
      '--diff-targets: expected no --target beside it',
    ] as const,
    [
      options.against !== undefined && (fixes || options.diff === true || options.diffTargets !== undefined),
      '--against: shows and fixes nothing, expected no --fix, --diff or --diff-targets',
    ] as const,
    [
      options.resume !== undefined && (options.root.length > 0 || operands.length > 0),
      '--resume goes with --snapshot: of a tree nobody can tell whether it has changed',
    ] as const,
    [options.against !== undefined && fromStdin, "--against: expected no '-'"] as const,
    [options.diffTargets !== undefined && fixes, '--diff-targets: shows and fixes nothing, expected no --fix'] as const,
  ].find(([isWrong]) => isWrong);
  if (wrong !== undefined) throw new CommandError(wrong[1], exitStatus.usage);
}

/** What to judge for: as the command line says, else as failoverctl.yaml does. */
function readVariants(options: LintOptions, config: LinterConfig | null): readonly Variant[] {
  const { target, diffTargets } = options;
  if (diffTargets !== undefined) {
    const names = diffTargets.split(',');
    if (names.length !== 2)
      throw new CommandError('--diff-targets: expected two releases like debian12,debian13', exitStatus.usage);
    return names.map((name) => ({ name, target: readTarget('--diff-targets', name) }));
  }
  const releases = target === undefined ? (config?.targets ?? []) : [target];
  const targets = releases.map((name): Variant => ({ name, target: readTarget('--target', name) }));
  const guests = (config?.assumed ?? []).flatMap((name): readonly Variant[] => {
    const fallback = parseAssumption(name);
    return fallback === null ? [] : [{ name: `a guest of ${name}`, fallback }];
  });
  const first: readonly Variant[] = targets.length === 0 ? [{ name: '' }] : targets;
  if (guests.length === 0 || options.assume !== undefined) return first;
  return first.flatMap((release) =>
    guests.map((guest) =>
      Object.assign({}, release, guest, { name: [release.name, guest.name].filter(Boolean).join(', ') }),
    ),
  );
}

function readStdin(system: System): string {
  const text = system.stdin();
  if (isFailure(text)) throw new CommandError(`standard input: ${explainFailure(text)}`);
  return text;
}

function nameStdin(
  text: string,
  { as, stdinFilename }: LintOptions,
  excluded: ((path: string) => string | null) | null,
): NamedFile {
  const format = readFormatName(as);
  const name = stdinFilename ?? '<stdin>';
  const path = format?.path ?? name;
  return {
    file: { source: { path: name, text }, path, mode: undefined, uid: undefined, linkTarget: undefined },
    ...(format === null ? {} : { manager: format.manager }),
    ...(excluded === null || excluded(name) === null ? {} : { leftOut: true }),
  };
}

function nameFiles(
  system: System,
  operands: readonly string[],
  { as }: LintOptions,
  isLeftOut: (path: string) => boolean,
): NamedFiles {
  const format = readFormatName(as);
  const named = readNamedFiles(system, operands, isLeftOut);
  if (format === null) return named;
  const { manager, path } = format;
  return {
    ...named,
    files: named.files.map((one) => Object.assign({}, one, { file: { ...one.file, path }, manager })),
  };
}
