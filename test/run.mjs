/**
 * Runs the test files: all, or those at the paths given (`node test/run.mjs test/topology`). Each is bundled as the
 * program is (src/build/bundle.mjs) into build/, then node's own runner runs them. The counts go to
 * build/test-summary.json for test/all.mjs.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { projectRoot, shared } from '../src/build/bundle.mjs';

const wanted = process.argv.slice(2).map((path) => relative(projectRoot, path));
const files = readdirSync(join(projectRoot, 'test'), { recursive: true })
  .map((name) => join('test', name))
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => wanted.length === 0 || wanted.some((path) => name === path || name.startsWith(`${path}/`)))
  .sort();
if (files.length === 0) {
  process.stderr.write(`no test file at ${wanted.join(', ')}: expected test/**/*.test.ts\n`);
  process.exit(2);
}

const outdir = join(projectRoot, 'build/test', String(process.pid));
mkdirSync(outdir, { recursive: true });
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }));
await build({
  ...shared,
  entryPoints: files,
  outdir,
  outbase: 'test',
  outExtension: { '.js': '.cjs' },
  sourcemap: 'inline',
  packages: 'external',
});

const tests = readdirSync(outdir, { recursive: true })
  .map((name) => join(outdir, name))
  .filter((name) => statSync(name).isFile());
const tap = join(outdir, 'results.tap');
const command = [
  '--enable-source-maps',
  '--test',
  '--test-concurrency=2',
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  '--test-reporter=tap',
  `--test-reporter-destination=${tap}`,
  ...tests,
];
const c8 = join(projectRoot, 'node_modules/.bin/c8');
const measured = process.env.COVERAGE === '1' && existsSync(c8);
const [program, ...args] = measured
  ? [c8, '--src', 'src', process.execPath, ...command]
  : [process.execPath, ...command];
// Random configurations are rolled anew at every run, but not in CI: there a change is to be judged, not the dice.
const seed = process.env.CI === 'true' ? { FC_SEED: '20261123' } : {};
const env = { ...seed, ...process.env };
const { status } = spawnSync(program, args, { stdio: 'inherit', cwd: projectRoot, env });
writeSummary();
process.exitCode = status ?? 1;

function writeSummary() {
  const closing = existsSync(tap) ? readFileSync(tap, 'utf8') : '';
  const count = (word) => Number(closing.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0);
  const summary = { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped: count('skipped') };
  writeFileSync(join(projectRoot, 'build/test-summary.json'), JSON.stringify(summary));
}
