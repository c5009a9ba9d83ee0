/** `failoverctl lint`: what would go wrong in a network configuration, where, and how to mend it. */
import { countFiles, joinCoverage, nameUnknownVersions } from '../lint/coverage.ts';
import { lintConfiguration } from '../lint/lint.ts';
import { rules } from '../lint/rules/all.ts';
import { isFailure, type System } from '../system/system.ts';
import { parseArguments } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest } from './guest.ts';
import { defineLint, readFormatName, type LintOptions } from './lint-options.ts';
import { changedFindings } from '../lint/changed-findings.ts';
import type { TargetFacts } from '../inventory/releases.ts';
import { readAssumption, readTarget } from './choose-guest.ts';
import { readFilesTargets, readSystemTarget, type Target } from './lint-target.ts';
import { readNamedFiles, type NamedFiles } from './named-files.ts';
import { mendAndReport, readReporting, type Linted } from './report-findings.ts';
import { readChoice } from './report-options.ts';
import type { Finding } from '../findings/finding.ts';
import type { NamedFile } from '../lint/read-configuration.ts';

export { defineLint as define } from './lint-options.ts';

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<LintOptions>(defineLint(), args, system);
  const reporting = readReporting(options, system);
  const choice = readChoice(options, rules);
  const assumption = readAssumption(options.assume);
  readFormatName(options.as);
  if (options.snapshot !== undefined && (options.fix === true || options.unsafeFixes === true))
    throw new CommandError('--snapshot: a snapshot cannot be mended; --diff shows what would be', exitStatus.usage);
  const { tree, live } = openGuest(system, options);
  const fromStdin = operands.includes('-');
  if (fromStdin && operands.length > 1)
    throw new CommandError("'-' stands alone: expected no other path", exitStatus.usage);
  if (options.stdinFilename !== undefined && !fromStdin)
    throw new CommandError("--stdin-filename goes with '-'", exitStatus.usage);
  if (options.as !== undefined && operands.length === 0)
    throw new CommandError('--as goes with paths', exitStatus.usage);
  const stdin = fromStdin ? readStdin(system) : null;
  const target = options.target === undefined ? undefined : readTarget('--target', options.target);
  const compared = readCompared(options);
  const releases = compared ?? (target === undefined ? [] : [{ name: options.target ?? '', facts: target }]);
  const read = async (text: string, facts = target): Promise<readonly Target[]> => {
    const name = options.root ?? options.snapshot ?? 'this system';
    const how = {
      assumption,
      ...(facts === undefined ? {} : { target: facts }),
      live,
      command: 'failoverctl lint --fix',
      name,
    };
    if (operands.length === 0) return [await readSystemTarget(tree, how)];
    const named = fromStdin
      ? { files: [nameStdin(text, options)], skipped: [], troubles: [] }
      : nameFiles(tree, operands, options);
    return readFilesTargets(tree, named, how);
  };
  const findingsOf = (targets: readonly Target[]) =>
    targets.flatMap(({ view, guest }) => nameGuest(lintConfiguration(view, choice), guest));
  const look = async (text: string): Promise<Linted> => {
    const targets = await read(text, compared?.[1].facts ?? target);
    const found = findingsOf(targets);
    const coverage = nameUnknownVersions(joinCoverage(targets.map((one) => one.coverage)), releases);
    return {
      findings:
        compared === null
          ? found
          : changedFindings(
              { name: compared[0].name, findings: findingsOf(await read(text, compared[0].facts)) },
              { name: compared[1].name, findings: found },
            ),
      fileCount: countFiles(coverage),
      troubles: targets.flatMap(({ troubles }) => troubles),
      coverage,
    };
  };
  return mendAndReport({ command: 'lint', rules, tree, stdin, look, root: options.root ?? null }, reporting, system);
}

interface Compared {
  readonly name: string;
  readonly facts: TargetFacts;
}

/** The two releases of --diff-targets. */
function readCompared(options: LintOptions): readonly [Compared, Compared] | null {
  if (options.diffTargets === undefined) return null;
  const one = (name: string): Compared => ({ name, facts: readTarget('--diff-targets', name) });
  const [before, after, ...more] = options.diffTargets.split(',');
  if (before === undefined || after === undefined || more.length > 0)
    throw new CommandError('--diff-targets: expected two releases like debian12,debian13', exitStatus.usage);
  if (options.target !== undefined)
    throw new CommandError('--diff-targets: expected no --target beside it', exitStatus.usage);
  if (options.fix === true || options.unsafeFixes === true)
    throw new CommandError('--diff-targets: shows and fixes nothing, expected no --fix', exitStatus.usage);
  return [one(before), one(after)];
}

function nameGuest(findings: readonly Finding[], guest: string | null): readonly Finding[] {
  return guest === null ? findings : findings.map((finding) => Object.assign({}, finding, { guest }));
}

function readStdin(system: System): string {
  const text = system.stdin();
  if (isFailure(text)) throw new CommandError(`standard input: ${explainFailure(text)}`);
  return text;
}

function nameStdin(text: string, { as, stdinFilename }: LintOptions): NamedFile {
  const format = readFormatName(as);
  const name = stdinFilename ?? '<stdin>';
  const path = format?.path ?? name;
  return {
    file: { source: { path: name, text }, path, mode: undefined, uid: undefined, linkTarget: undefined },
    ...(format === null ? {} : { manager: format.manager }),
  };
}

function nameFiles(system: System, operands: readonly string[], { as }: LintOptions): NamedFiles {
  const format = readFormatName(as);
  const named = readNamedFiles(system, operands);
  if (format === null) return named;
  const { manager, path } = format;
  return { ...named, files: named.files.map(({ file }) => ({ file: { ...file, path }, manager })) };
}
