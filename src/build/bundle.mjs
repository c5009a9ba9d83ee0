/**
 * How every bundle is made: the program (`npm run build`), the tests and the native build all take their esbuild
 * settings from here, so that what is tested is what is shipped.
 */
import { createHash } from 'node:crypto';
import { readFileSync, chmodSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));

/** `import { text } from 'hook:udev/…'` is that file of hooks/ as text: the bundle carries its hooks. */
const hooksAsText = {
  name: 'hooks-as-text',
  setup(context) {
    context.onResolve({ filter: /^hook:/ }, ({ path }) => ({ path: path.slice('hook:'.length), namespace: 'hook' }));
    context.onLoad({ filter: /.*/, namespace: 'hook' }, ({ path }) => {
      const file = join(projectRoot, 'hooks', path);
      return { contents: `export const text = ${JSON.stringify(readFileSync(file, 'utf8'))};`, watchFiles: [file] };
    });
  },
};

/** Settings that all bundles share. CommonJS, since commander's own ESM fails in a bundle ("Dynamic require"). */
export const shared = {
  absWorkingDir: projectRoot,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  charset: 'utf8',
  legalComments: 'none',
  define: { FAILOVERCTL_VERSION: JSON.stringify(version) },
  plugins: [hooksAsText],
  logLevel: 'warning',
};

async function bundleProgram() {
  const outfile = join(projectRoot, 'dist/failoverctl.cjs');
  await build({ ...shared, entryPoints: ['src/cli.ts'], outfile, minify: true, keepNames: true });
  chmodSync(outfile, 0o755);
  const bytes = readFileSync(outfile);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  process.stdout.write(`${relative(projectRoot, outfile)}: ${bytes.length} bytes, sha256 ${digest}…\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProgram();
