/** `failoverctl lint`: what would go wrong in a network configuration, where, and how to mend it. */
import { lintConfiguration } from '../lint/lint.ts';
import { rules } from '../lint/rules/all.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, exitStatus, explainFailure, openGuest, parseArguments } from './command.ts';
import { defineLint, readFormatName, type LintOptions } from './lint-options.ts';
import { changedFindings } from '../lint/changed-findings.ts';
import type { TargetFacts } from '../inventory/releases.ts';
import {
  readAssumption,
  readFilesTarget,
  readNamedFiles,
  readSystemTarget,
  readTarget,
  type Target,
} from './lint-target.ts';
import { mendAndReport, readReporting } from './report-findings.ts';
import { readChoice } from './report-options.ts';
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
  const notes = new Set<string>();
  const read = async (text: string, facts = target): Promise<Target> => {
    const how = {
      assumption,
      ...(facts === undefined ? {} : { target: facts }),
      live,
      command: 'failoverctl lint --fix',
      note: (words: string) => {
        if (!notes.has(words)) system.err(`failoverctl lint: ${words}\n`);
        notes.add(words);
      },
    };
    if (operands.length === 0) return readSystemTarget(tree, how);
    const named = fromStdin ? [nameStdin(text, options)] : nameFiles(tree, operands, options);
    return readFilesTarget(tree, named, how);
  };
  const look = async (text: string) => {
    if (compared !== null) {
      const [before, after] = compared;
      const old = await read(text, before.facts);
      const { view, fileCount, troubles } = await read(text, after.facts);
      const findings = changedFindings(
        { name: before.name, findings: lintConfiguration(old.view, choice) },
        { name: after.name, findings: lintConfiguration(view, choice) },
      );
      return { findings, fileCount, troubles };
    }
    const { view, fileCount, troubles } = await read(text);
    return { findings: lintConfiguration(view, choice), fileCount, troubles };
  };
  return mendAndReport({ command: 'lint', rules, tree, stdin, look }, reporting, system);
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

function nameFiles(system: System, operands: readonly string[], { as }: LintOptions): readonly NamedFile[] {
  const format = readFormatName(as);
  const files = operands.flatMap((path) => readNamedFiles(system, path));
  const unique = files.filter(
    ({ source }, index) => files.findIndex((other) => other.source.path === source.path) === index,
  );
  if (format === null) return unique.map((file) => ({ file }));
  return unique.map((file) => ({ file: { ...file, path: format.path }, manager: format.manager }));
}
