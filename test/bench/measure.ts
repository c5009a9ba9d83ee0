/** What every benchmark is measured with: hyperfine for time, GNU time for memory, strace for system calls. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Contestant {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Timing {
  /** Median of the whole process, in milliseconds. */
  readonly wall: number;
  /** Mean of user and system time together, in milliseconds. */
  readonly cpu: number;
}

const quote = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;
const commandLine = ({ argv, env = {} }: Contestant) =>
  [...(Object.keys(env).length > 0 ? ['env'] : []), ...Object.entries(env).map((pair) => pair.join('=')), ...argv]
    .map(quote)
    .join(' ');

/**
 * All contestants in one run, each `runs` times, without a shell. Interleaved rounds would be fairer still; hyperfine
 * measures one after the other, which a quiet machine forgives.
 */
export function timeAll(contestants: readonly Contestant[], runs = 40): ReadonlyMap<string, Timing> {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-bench-'));
  try {
    const report = join(directory, 'report.json');
    const { status, stderr } = spawnSync(
      'hyperfine',
      [
        ...`--shell=none --warmup=3 --runs=${runs} --style=none --ignore-failure --export-json=${report}`.split(' '),
        ...contestants.map(commandLine),
      ],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    if (status !== 0) throw new Error(`hyperfine: ${stderr.trim()}`);
    const { results } = JSON.parse(readFileSync(report, 'utf8')) as {
      results: readonly { median: number; user: number; system: number }[];
    };
    return new Map(
      results.map(({ median, user, system }, index) => [
        contestants[index]?.name ?? '',
        { wall: median * 1000, cpu: (user + system) * 1000 },
      ]),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Most memory that was resident, in KiB: the median of five runs. */
export function peakMemory({ argv, env = {} }: Contestant): number {
  const sizes = Array.from({ length: 5 }, () => {
    const { stderr } = spawnSync('/usr/bin/time', ['-f', '%M', ...argv], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    return Number(stderr.trim().split('\n').at(-1));
  });
  return sizes.toSorted((a, b) => a - b)[2] ?? Number.NaN;
}

/** System calls of a run, all of its processes together. */
export function countSystemCalls({ argv }: Contestant): number {
  const { stderr } = spawnSync('strace', ['-f', '-c', '-S', 'calls', ...argv], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return Number(/^100\.00 +[\d.]+ +\d+ +(\d+)[ \d]*total$/m.exec(stderr)?.[1]);
}

export const ratio = (value: number, base: number): string => (value / base).toFixed(value / base < 10 ? 2 : 0);
export const milliseconds = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/** A Markdown table, padded so that it reads as text too. */
export function formatMarkdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}
