/**
 * Runs the tests: `npm test`, or `node test/run.mjs PATH…` for some of them. Each test file is bundled as the program
 * is (src/build/bundle.mjs) into build/, then node's own runner runs them.
 *
 * Needs from Debian, which the tests that need it install by themselves where they may: test/debian-packages.txt.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
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
const flags = ['--enable-source-maps', '--test', '--test-concurrency=2'];
const reporter = process.env.CI === 'true' || !process.stdout.isTTY ? ['--test-reporter=spec'] : [];
const command = [...flags, ...reporter, ...tests];
const c8 = join(projectRoot, 'node_modules/.bin/c8');
const result =
  process.env.COVERAGE === '1' && existsSync(c8)
    ? spawnSync(c8, ['--src', 'src', process.execPath, ...command], { stdio: 'inherit', cwd: projectRoot })
    : spawnSync(process.execPath, command, { stdio: 'inherit', cwd: projectRoot });
process.exitCode = result.status ?? 1;
