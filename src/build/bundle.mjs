/**
 * How every bundle is made: the program (`npm run build`), the tests and the native build all take their esbuild
 * settings from here, so that what is tested is what is shipped.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { noticesAsText } from './notices.mjs';
import { systemInformation } from './system-information.mjs';

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

/** `managers:descriptions` is the list of what src/managers/NAME/describe.ts say: a new manager is a folder and no more. */
const managersByFolder = {
  name: 'managers-by-folder',
  setup(context) {
    const directory = join(projectRoot, 'src/managers');
    context.onResolve({ filter: /^managers:descriptions$/ }, ({ path }) => ({ path, namespace: 'managers' }));
    context.onLoad({ filter: /.*/, namespace: 'managers' }, () => {
      const names = readdirSync(directory)
        .filter((name) => existsSync(join(directory, name, 'describe.ts')))
        .sort();
      const imports = names.map(
        (name, index) => `import { description as d${index} } from ${JSON.stringify(`./${name}/describe.ts`)};`,
      );
      const list = names.map((_, index) => `d${index}`).join(', ');
      return {
        contents: `${imports.join('\n')}\nexport const descriptions = [${list}];`,
        resolveDir: directory,
        watchDirs: [directory],
      };
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
  plugins: [hooksAsText, managersByFolder, noticesAsText(projectRoot), systemInformation],
  logLevel: 'warning',
};

const program = join(projectRoot, 'dist/failoverctl.cjs');

async function bundleProgram(outfile) {
  await build({ ...shared, entryPoints: ['src/cli.ts'], outfile, minify: true, keepNames: true });
  chmodSync(outfile, 0o755);
  return readFileSync(outfile);
}

/** Is the committed bundle the one that src gives? */
async function checkProgram() {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-bundle-'));
  try {
    if (readFileSync(program).equals(await bundleProgram(join(directory, 'failoverctl.cjs')))) return;
    process.stderr.write("dist/failoverctl.cjs is not what src builds: run 'npm run build' and commit it\n");
    process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === '--check') await checkProgram();
  else {
    const bytes = await bundleProgram(program);
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    process.stdout.write(`${relative(projectRoot, program)}: ${bytes.length} bytes, sha256 ${digest}…\n`);
  }
}
