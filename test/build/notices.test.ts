/** Everything that is shipped inside the program has its notice in `--licenses`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { build } from 'esbuild';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

/** What test/build asks of src/build, which is no TypeScript. */
interface Notices {
  readonly bundledPackages: readonly string[];
  readonly composeNotices: (root: string, parts?: readonly object[]) => string;
}
interface Bundle {
  readonly shared: object;
}

const load = async <T>(name: string): Promise<T> => (await import(`${process.cwd()}/src/build/${name}`)) as T;

test('each npm package whose code is in the bundle has a notice', async () => {
  const { bundledPackages } = await load<Notices>('notices.mjs');
  const { shared } = await load<Bundle>('bundle.mjs');
  const { metafile } = await build({ ...shared, entryPoints: ['src/cli.ts'], write: false, metafile: true });
  const inside = Object.keys(metafile.inputs).flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  );
  assert.deepEqual([...new Set(inside)].sort(), [...bundledPackages].sort());
});

test('the program prints them, its own first', async () => {
  const system = memorySystem();
  assert.equal(await main(['--licenses'], system), 0);
  const { bundledPackages } = await load<Notices>('notices.mjs');
  assert.ok(system.stdout.startsWith('failoverctl (MIT)\n'));
  assert.ok(system.stdout.includes(readFileSync('LICENSE', 'utf8').trim()));
  for (const name of bundledPackages) {
    assert.match(system.stdout, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|ISC)\\)$`, 'm'));
    assert.ok(system.stdout.includes(readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()), name);
  }
});

test('a package without a licence ends the build', async () => {
  const { composeNotices } = await load<Notices>('notices.mjs');
  assert.throws(() => composeNotices('test/build'), /LICENSE|licence/);
});
