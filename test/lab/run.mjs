/** Starts the lab: bundles it as the program is (src/build/bundle.mjs), then runs it with the arguments given. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot, shared } from '../../src/build/bundle.mjs';

const outdir = join(projectRoot, 'build/lab', String(process.pid));
mkdirSync(outdir, { recursive: true });
await build({
  ...shared,
  entryPoints: ['test/lab/main.ts'],
  outfile: join(outdir, 'lab.cjs'),
  sourcemap: 'inline',
  packages: 'external',
});
// For `--node`: the program as it is now, not as it was last committed.
const program = join(outdir, 'failoverctl.cjs');
await build({ ...shared, entryPoints: ['src/cli.ts'], outfile: program });
chmodSync(program, 0o755);
const lab = spawn(process.execPath, ['--enable-source-maps', join(outdir, 'lab.cjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, FAILOVERCTL_LAB_BUNDLE: program },
  cwd: projectRoot,
});
// The lab cleans up after itself on these; this process must outlive it to tell its exit status.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => lab.kill(signal));
lab.on('exit', (status, signal) => {
  rmSync(outdir, { recursive: true, force: true });
  process.exitCode = status ?? (signal === null ? 1 : 130);
});
