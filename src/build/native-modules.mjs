/**
 * The program as the modules that the static executable holds: bundled and split so that each command's
 * code is read only when it is asked for, and listed in a table that the linker can take in.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { projectRoot, shared } from './bundle.mjs';
import { noticesAsText } from './notices.mjs';

/** What commander asks of Node's modules, where there is no Node: events, and a process without streams. */
const nodeModules = {
  'node:events': `exports.EventEmitter = class {
    #listeners = new Map();
    on(name, listener) {
      this.#listeners.set(name, [...this.#of(name), listener]);
      return this;
    }
    #of(name) {
      return this.#listeners.get(name) ?? [];
    }
    listenerCount(name) {
      return this.#of(name).length;
    }
    emit(name, ...args) {
      for (const listener of this.#of(name)) listener.apply(this, args);
      return this.#of(name).length > 0;
    }
  };`,
  'node:process': `module.exports = { argv: [], env: {}, execArgv: [], platform: 'linux', versions: {}, stdout: {}, stderr: {} };`,
  'node:child_process': '',
  'node:fs': '',
  'node:path': '',
};

const standInsForNode = {
  name: 'stand-ins-for-node',
  setup(context) {
    context.onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      path in nodeModules
        ? { path, namespace: 'node-stand-in' }
        : { errors: [{ text: `'${path}' in ${relative(projectRoot, importer)}: the executable has no such module` }] },
    );
    context.onLoad({ filter: /.*/, namespace: 'node-stand-in' }, ({ path }) => ({ contents: nodeModules[path] }));
  },
};

/**
 * What the modules are packed with. `detect` unpacks nothing for it that it does not load anyway; the two others have many
 * words in common with the rest.
 */
const dictionary = {
  withImports: 'src/commands/detect.ts',
  alone: ['src/commands/explain.ts', 'src/managers/ifcfg/manager.ts'],
};

/**
 * Writes the modules to a directory. `names`: of all, those of the dictionary first and of these the entry; `shared`: how many
 * are in the dictionary. `parts`: whose notices the executable carries beside.
 */
export async function bundleModules(entry, outdir, parts) {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...shared,
    entryPoints: [entry],
    outdir,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    splitting: true,
    metafile: true,
    minify: true,
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    // V8's own, which commander calls; it only shortens a stack trace
    banner: { js: 'Error.captureStackTrace??=()=>{};' },
    // the first that resolves a name has it
    plugins: [noticesAsText(projectRoot, parts), ...shared.plugins, standInsForNode],
  });
  const { outputs } = metafile;
  const all = Object.keys(outputs);
  for (const path of all) bindImports(join(projectRoot, path));
  const first = new Set();
  const addWithImports = (path) => {
    if (first.has(path)) return;
    first.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') addWithImports(next);
  };
  const made = (source) => all.filter((path) => outputs[path].entryPoint === source);
  for (const source of [entry, dictionary.withImports]) made(source).forEach(addWithImports);
  for (const path of dictionary.alone.flatMap(made)) first.add(path);
  return {
    names: [...first, ...all.filter((path) => !first.has(path)).sort()].map((path) =>
      relative(outdir, join(projectRoot, path)),
    ),
    shared: first.size,
  };
}

/**
 * import() asks the debug information of its function for the name of its module, and debug information is a fifth of the
 * bytecode, which is left out. So each is bound to the table by name.
 */
function bindImports(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(/\bimport\("\.\/([^"]+)"\)/g, 'failoverctlHost.load("$1")'));
}

/** bytecode.S, which takes in NAME.bytecode of each module, and modules.c, the table that modules.h declares. `lengths`: bytes of each, unpacked. */
export function writeModuleTable(directory, { names, shared: count }, lengths) {
  const sum = lengths.slice(0, count).reduce((total, length) => total + length, 0);
  const blobs = names.map(
    (name, index) =>
      `.globl module_${index}, module_${index}_end\n` +
      `module_${index}: .incbin "${name}.bytecode"\nmodule_${index}_end:\n.balign 8\n`,
  );
  const declarations = names.map((_, index) => `extern const uint8_t module_${index}[], module_${index}_end[];\n`);
  const rows = names.map(
    (name, index) => `    { "${name}", module_${index}, module_${index}_end, ${lengths[index]} },\n`,
  );
  writeFileSync(
    join(directory, 'bytecode.S'),
    `.section .rodata\n${blobs.join('')}.section .note.GNU-stack,"",%progbits\n`,
  );
  writeFileSync(
    join(directory, 'modules.c'),
    `#include "modules.h"\nuint8_t unpacked_module[${Math.max(...lengths)}];\nuint8_t dictionary[${sum}];\nconst int dictionary_modules = ${count};\n${declarations.join('')}const struct module modules[] = {\n${rows.join('')}    { 0 },\n};\n`,
  );
}
