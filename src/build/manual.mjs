/**
 * `npm run build:manual`: the manual pages, in build/man, from the commands' definitions and the rules' texts. The date is
 * that of the last commit (or SOURCE_DATE_EPOCH), so that two builds give the same bytes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { projectRoot, shared } from './bundle.mjs';

const parts = {
  main: './src/main.ts',
  memorySystem: './src/system/memory.ts',
  renderManual: './src/manual/pages.ts',
};

/** Pages as `{ file, text }`. `date`: 2026-11-30. */
export async function renderManualPages(date) {
  const outfile = join(projectRoot, 'build', `manual-${process.pid}.cjs`);
  const contents = Object.entries(parts)
    .map(([name, path]) => `export { ${name} } from '${path}';`)
    .join('\n');
  try {
    await build({ ...shared, stdin: { contents, resolveDir: projectRoot, loader: 'ts' }, outfile });
    const { main, memorySystem, renderManual } = createRequire(import.meta.url)(outfile);
    const system = memorySystem();
    await main(['--help'], system);
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
    return await renderManual(system.stdout, { version, date });
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** The day of the last commit, or of SOURCE_DATE_EPOCH (reproducible-builds.org). */
export function editionDate() {
  const epoch =
    process.env.SOURCE_DATE_EPOCH ?? spawnSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' }).stdout;
  return new Date(Number(epoch) * 1000).toISOString().slice(0, 10);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = join(projectRoot, 'build/man');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const pages = await renderManualPages(editionDate());
  for (const { file, text } of pages) writeFileSync(join(directory, file), text);
  process.stdout.write(`build/man: ${pages.length} pages\n`);
}
