/** Starts the benchmarks: bundles them as the program is (src/build/bundle.mjs), then runs them with the arguments given. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot, shared } from '../../src/build/bundle.mjs';

for (const [file, script] of [
  ['failoverctl.cjs', 'build'],
  ['failoverctl-linux-x64', 'build:native'],
]) {
  if (existsSync(join(projectRoot, 'dist', file))) continue;
  spawnSync('npm', ['run', '--silent', script], { stdio: 'inherit', cwd: projectRoot });
}
const outfile = join(projectRoot, 'build/bench.cjs');
await build({ ...shared, entryPoints: ['test/bench/main.ts'], outfile, packages: 'external' });
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: projectRoot,
});
process.exitCode = status ?? 1;
