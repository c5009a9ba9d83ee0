/** `failoverctl lint`: what would go wrong in a network configuration, where, and how to mend it. */
import { applyPlan } from '../install/apply.ts';
import { readState, type FileState } from '../install/file-state.ts';
import { missingDirectories, type Change } from '../install/plan.ts';
import { applyFixes, type FixedFile, type FixOutcome } from '../lint/apply-fixes.ts';
import { lintConfiguration } from '../lint/lint.ts';
import { rules } from '../lint/rules/all.ts';
import { renderGithub } from '../report/github.ts';
import { renderHuman } from '../report/human.ts';
import { renderJson } from '../report/json.ts';
import { renderSarif } from '../report/sarif.ts';
import { isFailure, type System } from '../system/system.ts';
import { unifiedDiff } from '../text/diff.ts';
import { CommandError, exitStatus, explainFailure, openGuest, parseArguments } from './command.ts';
import {
  defineLint,
  readChoice,
  readColour,
  readFailOn,
  readFormat,
  readFormatName,
  type Format,
  type LintOptions,
} from './lint-options.ts';
import { readAssumption, readFilesTarget, readNamedFiles, readSystemTarget, type Target } from './lint-target.ts';
import type { Finding } from '../lint/finding.ts';
import type { NamedFile } from '../lint/read-configuration.ts';

/** Passes of --fix: a fix may uncover another; each pass reads all files anew. */
const maximalPasses = 8;

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<LintOptions>(defineLint(), args, system);
  const format = readFormat(options);
  const failing = readFailOn(options);
  const choice = readChoice(options);
  const colour = readColour(options, system);
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
  const input = fromStdin ? readStdin(system) : '';
  const notes = new Set<string>();
  const look = async (stdin: string): Promise<Target> => {
    const how = {
      assumption,
      live,
      command: 'failoverctl lint --fix',
      note: (text: string) => void notes.add(text),
    };
    if (operands.length === 0) return readSystemTarget(tree, how);
    const named = fromStdin ? [nameStdin(stdin, options)] : nameFiles(tree, operands, options);
    return readFilesTarget(tree, named, how);
  };

  let target = await look(input);
  let findings = lintConfiguration(target.view, choice);
  for (const note of notes) system.err(`failoverctl lint: ${note}\n`);
  const allowUnsafe = options.unsafeFixes === true;
  if (options.diff === true) return printDiff(system, tree, applyFixes(findings, allowUnsafe), target);

  let fixed = 0;
  let text = input;
  if (options.fix === true || allowUnsafe) {
    for (let pass = 0; pass < maximalPasses; pass += 1) {
      const outcome = applyFixes(findings, allowUnsafe);
      if (outcome.files.length === 0) break;
      if (fromStdin) text = outcome.files[0]?.after ?? text;
      else writeFixes(tree, outcome.files);
      fixed += outcome.fixed.length;
      target = await look(text);
      findings = lintConfiguration(target.view, choice);
    }
    if (fromStdin) system.out(text);
  }
  const report = render(format, findings, target, fixed, colour);
  if (fromStdin && (options.fix === true || allowUnsafe)) system.err(report);
  else system.out(report);
  for (const trouble of target.troubles) system.err(`failoverctl lint: ${trouble}\n`);
  if (format === 'human' && fixed > 0) system.err(`failoverctl lint: ${fixed} fixed\n`);
  if (target.troubles.length > 0) return exitStatus.failure;
  return findings.some(({ severity }) => failing.includes(severity)) ? exitStatus.findings : exitStatus.clean;
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

function render(format: Format, findings: readonly Finding[], target: Target, fixed: number, colour: boolean): string {
  switch (format) {
    case 'human':
      return renderHuman(findings, colour);
    case 'json':
      return renderJson(findings, { files: target.fileCount, fixed });
    case 'sarif':
      return renderSarif(findings, rules, FAILOVERCTL_VERSION);
    case 'github':
      return renderGithub(findings);
  }
}

function printDiff(system: System, tree: System, { files }: FixOutcome, { troubles }: Target): number {
  for (const { path, before, after, mode } of files) {
    const status = tree.stat(path);
    const old = isFailure(status) ? (mode ?? 0o644) : status.mode;
    const absolute = path.startsWith('/') ? path : `/${path}`;
    const side = before === null ? null : { text: before, mode: old };
    system.out(unifiedDiff(absolute, side, { text: after, mode: before === null ? (mode ?? 0o644) : old }));
  }
  for (const trouble of troubles) system.err(`failoverctl lint: ${trouble}\n`);
  if (troubles.length > 0) return exitStatus.failure;
  return files.length > 0 ? exitStatus.findings : exitStatus.clean;
}

/** All together or none: as an installation is written. */
function writeFixes(system: System, files: readonly FixedFile[]): void {
  const changes: Change[] = files.map(({ path: name, after, mode }) => {
    const path = name.includes('/') ? name : `./${name}`; // changes are staged in the file's directory
    const from = readState(system, path);
    if (isFailure(from)) throw new CommandError(explainFailure(from));
    if (from.kind === 'link') throw new CommandError(`'${path}' is a symbolic link to ${from.target}: fix that file`);
    const to: FileState =
      from.kind === 'file'
        ? { ...from, text: after }
        : { kind: 'file', text: after, mode: mode ?? 0o644, uid: 0, gid: 0 };
    return { path, from, to };
  });
  const makeDirectories = missingDirectories(
    system,
    changes.map(({ path }) => path),
  );
  if (isFailure(makeDirectories)) throw new CommandError(explainFailure(makeDirectories));
  const failed = applyPlan(system, { changes, makeDirectories, removeDirectories: [], conflicts: [], changed: [] });
  if (failed !== null) throw new CommandError(explainFailure(failed.failure));
}
