/** Runs a program of the build. Throws what it said when it fails. */
import { spawnSync } from 'node:child_process';
import { projectRoot } from './bundle.mjs';

export function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: projectRoot,
    ...options,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${(stderr || stdout || String(error)).trim()}`);
  return stdout;
}
