/** Starts `npm run docs`: bundled as the program is (src/build/bundle.mjs). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot, shared } from '../../src/build/bundle.mjs';

const outfile = join(projectRoot, 'build/docs.cjs');
await build({ ...shared, entryPoints: ['test/docs/main.ts'], outfile, packages: 'external' });
const { status } = spawnSync(process.execPath, [outfile], { stdio: 'inherit', cwd: projectRoot });
process.exitCode = status ?? 1;
