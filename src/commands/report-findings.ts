/** From findings to an exit status: mends what is asked for, and reports what is left. For `lint` and `host lint-domain`. */
import { applyFixes, type FixOutcome } from '../findings/apply-fixes.ts';
import { describeConfiguration, describeCoverage, type Coverage } from '../lint/coverage.ts';
import type { LeftOut } from '../lint/configured-findings.ts';
import { describeChanges, renderChanges, type PrintedChanges } from '../report/changes.ts';
import { createPaint } from '../report/frame.ts';
import { withRoot } from '../report/checkout-paths.ts';
import { renderConcise } from '../report/concise.ts';
import { renderGithub } from '../report/github.ts';
import { renderGitlab } from '../report/gitlab.ts';
import { renderHuman } from '../report/human.ts';
import { renderJson } from '../report/json.ts';
import { renderJunit } from '../report/junit.ts';
import { renderSarif, type RuleDescription } from '../report/sarif.ts';
import { printable } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { unifiedDiff } from '../text/diff.ts';
import { exitStatus } from './command.ts';
import { readColour, readFailOn, readFormat, type Format, type ReportOptions } from './report-options.ts';
import { writeFixes } from './write-fixes.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import type { UnpairedDomain } from '../hypervisor/lint-domain.ts';

/** Passes of --fix: a fix may uncover another; each pass reads all files anew. */
const maximalPasses = 8;

export interface Linted {
  readonly findings: readonly Finding[];
  /** How many files were read. */
  readonly fileCount: number;
  /** What could not be read, or is no such file. */
  readonly troubles: readonly string[];
  /** What was judged. Undefined: the command does not say. */
  readonly coverage?: Coverage;
  /** What a reader must know who sees no finding: lines for standard error. */
  readonly notes?: readonly string[];
  /** Domains in which there was nothing to judge. Undefined: the command does not look at domains. */
  readonly unpaired?: readonly UnpairedDomain[];
  /** What differs from what was there before, of which the findings are those that are new. */
  readonly changes?: PrintedChanges;
  /** The failoverctl.yaml that was read, and what its lines kept out of the findings. */
  readonly configuration?: { readonly file: string; readonly leftOut: readonly LeftOut[] };
}

/** How to report, as the command line says: read before any file is. */
export interface Reporting {
  readonly format: Format;
  readonly failing: readonly Severity[];
  readonly colour: boolean;
  readonly diff: boolean;
  readonly fix: boolean;
  readonly allowUnsafe: boolean;
  readonly quiet: boolean;
}

export function readReporting(options: ReportOptions, system: System): Reporting {
  const allowUnsafe = options.unsafeFixes === true;
  return {
    format: readFormat(options),
    failing: readFailOn(options),
    colour: readColour(options, system),
    diff: options.diff === true,
    fix: options.fix === true || allowUnsafe,
    allowUnsafe,
    quiet: options.quiet === true,
  };
}

export interface LintRun {
  /** "lint": before each message on standard error. */
  readonly command: string;
  readonly rules: readonly RuleDescription[];
  /** What files are read from and written to. */
  readonly tree: System;
  /** Null: files are linted. Else the text of standard input, which `look` is given again when it was mended. */
  readonly stdin: string | null;
  readonly look: (stdin: string) => Promise<Linted> | Linted;
  /** --root: files are there for whoever runs the command. */
  readonly root?: string | null;
}

/** The exit status. */
export async function mendAndReport(run: LintRun, reporting: Reporting, system: System): Promise<number> {
  const { command, stdin, look, tree } = run;
  let text = stdin ?? '';
  let linted = await look(text);
  if (reporting.diff)
    return printDiff(run, system, applyFixes(linted.findings, reporting.allowUnsafe), linted, reporting);
  let fixed = 0;
  const notes = new Set<string>();
  if (reporting.fix) {
    for (let pass = 0; pass < maximalPasses; pass += 1) {
      const outcome = applyFixes(linted.findings, reporting.allowUnsafe);
      if (outcome.files.length === 0) break;
      if (stdin !== null) text = outcome.files[0]?.after ?? text;
      else writeFixes(tree, outcome.files);
      fixed += outcome.fixed.length;
      for (const { fix } of outcome.fixed) if (fix?.note !== undefined) notes.add(fix.note);
      linted = await look(text);
    }
    if (stdin !== null) system.out(text);
  }
  const report = render(run, reporting, linted, fixed);
  if (stdin !== null && reporting.fix) system.err(report);
  else system.out(report);
  if (reporting.format === 'human')
    tellCoverage(linted, reporting, stdin !== null && reporting.fix ? system.err : system.out);
  else if (reporting.format !== 'json') tellCoverage(linted, reporting, system.err);
  if (!reporting.quiet)
    for (const note of [...notes, ...(linted.notes ?? [])]) system.err(`failoverctl ${command}: ${printable(note)}\n`);
  tellTroubles(command, linted, system);
  if (reporting.format === 'human' && fixed > 0) system.err(`failoverctl ${command}: ${fixed} fixed\n`);
  if (whyUnfinished(linted).length > 0) return exitStatus.failure;
  return linted.findings.some(({ severity }) => reporting.failing.includes(severity))
    ? exitStatus.findings
    : exitStatus.clean;
}

/** Nothing that was not judged is called clean. */
export function whyUnfinished({ findings, troubles, coverage }: Linted): readonly string[] {
  if (troubles.length > 0) return troubles;
  return coverage?.judged.length === 0 && findings.length === 0 ? [describeCoverage(coverage)] : [];
}

/** Where nothing was judged because what was named could not be read, that has been said. */
function tellCoverage(
  { coverage, troubles, configuration }: Linted,
  { quiet }: Reporting,
  write: (text: string) => void,
): void {
  const isSaid = coverage === undefined || (coverage.judged.length === 0 && troubles.length > 0);
  const words = [
    ...(isSaid ? [] : [describeCoverage(coverage)]),
    ...(configuration === undefined ? [] : describeConfiguration(configuration)),
  ];
  if (!quiet && words.length > 0) write(`${printable(words.join('; '))}\n`);
}

function render({ rules, root }: LintRun, { format, colour }: Reporting, linted: Linted, fixed: number): string {
  const { findings, fileCount, coverage, configuration, changes, unpaired } = linted;
  const there = typeof root === 'string' ? withRoot(findings, root) : findings;
  const unfinished = whyUnfinished(linted);
  switch (format) {
    case 'human':
      return `${changes === undefined ? '' : renderChanges(changes, createPaint(colour), unfinished.length === 0)}${renderHuman(findings, colour)}`;
    case 'jsonl': // of many guests: lint-fleet.ts; of one it is the same document on a line
    case 'json': {
      const document = renderJson(findings, { files: fileCount, fixed }, coverage, {
        ...(configuration === undefined ? {} : { configuration }),
        ...(changes === undefined ? {} : { changes: describeChanges(changes) }),
        ...(unpaired === undefined ? {} : { unpaired }),
      });
      return format === 'json' ? document : `${JSON.stringify(JSON.parse(document))}\n`;
    }
    case 'sarif':
      return renderSarif(there, rules, FAILOVERCTL_VERSION, unfinished);
    case 'github':
      return renderGithub(there, unfinished);
    case 'gitlab':
      return renderGitlab(there);
    case 'junit':
      return renderJunit(there, unfinished);
    case 'concise':
      return renderConcise(there);
  }
}

function printDiff(
  { command, tree }: LintRun,
  system: System,
  { files }: FixOutcome,
  linted: Linted,
  reporting: Reporting,
): number {
  for (const { path, before, after, mode } of files) {
    const status = tree.stat(path);
    const old = isFailure(status) ? (mode ?? 0o644) : status.mode;
    const absolute = path.startsWith('/') ? path : `/${path}`;
    const side = before === null ? null : { text: before, mode: old };
    system.out(unifiedDiff(absolute, side, { text: after, mode: before === null ? (mode ?? 0o644) : old }));
  }
  tellCoverage(linted, reporting, system.err);
  tellTroubles(command, linted, system);
  if (whyUnfinished(linted).length > 0) return exitStatus.failure;
  return files.length > 0 ? exitStatus.findings : exitStatus.clean;
}

function tellTroubles(command: string, { troubles }: Linted, system: System): void {
  for (const trouble of troubles) system.err(`failoverctl ${command}: ${trouble}\n`);
}
