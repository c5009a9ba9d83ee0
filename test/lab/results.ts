/** The table of results: printed, and kept as build/lab/results.md and results.json. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putIntoDocs } from '../docs/block.ts';
import { stackTable, type StackRow } from './stack-table.ts';
import type { RunResult } from './run-scenario.ts';

export interface Row {
  readonly release: string;
  readonly name: string;
  readonly title: string;
  /** How it was set up: "install --now". */
  readonly way: string;
  /** What configures the network in it, where it fills a cell of the table of stacks: the cell of this row and `way`. */
  readonly stack?: string;
  /** Its configuration comes out one way or the other. */
  readonly races: boolean;
  readonly result: RunResult;
  readonly seconds: number;
}

export const directory = 'build/lab';

export function writeResults(rows: readonly Row[], facts: Readonly<Record<string, string>>): string {
  const lines = [
    '| release | configuration | way | what was seen, step by step | seconds |',
    '|---|---|---|---|---|',
    ...rows.map(({ release, title, way, result, seconds }) => {
      const steps = result.steps.filter(({ step, ok }) => step !== 'boot' || !ok);
      const seen = steps.map(({ step, ok, seen: text }) => `${ok ? '' : '**WRONG** '}${step}: ${cell(text)}`);
      return `| ${release} | ${cell(title)} | ${way} | ${seen.join('<br>')} | ${seconds} |`;
    }),
    ...countRaces(rows),
    ...stackTable(rows),
  ];
  const text = `${Object.entries(facts)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n')}\n\n${lines.join('\n')}\n`;
  mkdirSync(join(directory, 'failures'), { recursive: true });
  writeFileSync(join(directory, 'results.md'), text);
  const kept = rows.map(({ result: { steps, ok, cameOutRight }, release, name, way, stack, seconds }) => ({
    release,
    name,
    way,
    stack,
    seconds,
    ok,
    cameOutRight,
    steps,
  }));
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify({ facts, rows: kept }, null, 1)}\n`);
  return text;
}

interface KeptRow extends Omit<StackRow, 'result'> {
  readonly ok: boolean;
  readonly steps: StackRow['result']['steps'];
}

/** Puts the table of stacks of these runs (results.json of each, the oldest first) into docs/measurements.md: one run of all takes hours. */
export function putStackTableIntoDocs(files: readonly string[]): void {
  const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as { readonly rows: readonly KeptRow[] });
  const rows = runs.flatMap((run) => run.rows.map(({ ok, steps, ...row }) => ({ ...row, result: { ok, steps } })));
  const days = [...new Set(files.map((file) => statSync(file).mtime.toISOString().slice(0, 10)))].sort();
  putIntoDocs('docs/measurements.md', 'stacks', `Measured ${days.join(', ')}.\n${stackTable(rows).join('\n')}\n`);
}

/** A configuration that races comes out right in some runs and broken in others: the counts say what one run cannot. */
function countRaces(rows: readonly Row[]): readonly string[] {
  const racing = [...new Set(rows.filter(({ races }) => races).map(({ name }) => name))];
  return racing.map((name) => {
    const seen = rows.filter((row) => row.name === name && row.result.cameOutRight !== null);
    const right = seen.filter(({ result }) => result.cameOutRight === true).length;
    return `\n${name}, untouched: right in ${right} of ${seen.length} boots, broken in ${seen.length - right}`;
  });
}

export function keepEvidence(name: string, text: string): string {
  const file = join(directory, 'failures', `${name}.txt`);
  mkdirSync(join(directory, 'failures'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
