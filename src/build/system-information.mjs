/**
 * systeminformation, for doctor alone: two of its modules (`system`, `osinfo`), with Node's modules replaced by
 * src/doctor/node-stand-ins.ts, which serves them through the port. So it is the same code in the Node program, in the
 * tests and in the static executable, and it is read only when doctor asks.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const standIns = resolve(dirname(fileURLToPath(import.meta.url)), '../doctor/node-stand-ins.ts');
const library = dirname(createRequire(import.meta.url).resolve('systeminformation'));
const served = new Set(['child_process', 'fs', 'os', 'path', 'util']);

export const systemInformation = {
  name: 'system-information',
  setup(context) {
    context.onResolve({ filter: /^systeminformation\/lib\/(?:system|osinfo)\.js$/ }, ({ path }) => ({
      path: join(library, path.slice('systeminformation/lib/'.length)),
    }));
    context.onResolve({ filter: /^[a-z./_]+$/ }, ({ path, importer }) => {
      if (dirname(importer) !== library) return undefined;
      if (path === './util') return { path: join(library, 'util.js') };
      if (served.has(path)) return { path, namespace: 'served-module' };
      return { path, namespace: 'absent-module' };
    });
    context.onLoad({ filter: /.*/, namespace: 'served-module' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(standIns)}).${path};`,
      resolveDir: dirname(standIns),
    }));
    // For what is never called on Linux, or falls back.
    context.onLoad({ filter: /.*/, namespace: 'absent-module' }, () => ({ contents: 'module.exports = {};' }));
    context.onLoad({ filter: /systeminformation[/\\]lib[/\\][a-z]+\.js$/ }, ({ path }) => ({
      contents: `const process = require(${JSON.stringify(standIns)}).process;\n${readFileSync(path, 'utf8')}`,
      resolveDir: library,
    }));
  },
};
