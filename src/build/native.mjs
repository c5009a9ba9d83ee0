/**
 * `npm run build:native`: dist/failoverctl-linux-x64 and dist/failoverctl-linux-arm64, static executables with the engine,
 * the program as bytecode and the hooks in one file. The same source as the Node bundle, through cli-quickjs.ts.
 *
 * Two builds on one machine give the same bytes: nothing in them knows a path, a time or a process id.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { projectRoot, shared } from './bundle.mjs';
import { checkPrograms, fetchCLibrary, fetchEngine, MissingParts, runProgram } from './native-parts.mjs';

const port = join(projectRoot, 'src/system/quickjs');
const work = join(projectRoot, 'build/native');
const machines = [
  { name: 'x64', compiler: 'gcc', flags: [] },
  { name: 'arm64', compiler: 'aarch64-linux-gnu-gcc', flags: ['-mno-outline-atomics'] },
];
const engineSources = ['quickjs.c', 'libregexp.c', 'libunicode.c', 'cutils.c', 'dtoa.c'];
const programSources = ['main.c', 'allocator.c', 'text.c', 'failure.c', 'files.c', 'processes.c'];

/** As the engine's own Makefile: signed overflow wraps, char is unsigned. */
const compileFlags = [
  ...['-O2', '-fwrapv', '-funsigned-char', '-std=gnu11', '-D_GNU_SOURCE', '-DCONFIG_VERSION="2025-04-26"'],
  ...['-fno-pie', '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-ffunction-sections', '-fdata-sections'],
];
const ownFlags = ['-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wno-missing-field-initializers'];

/** What commander asks of Node's modules, where there is no Node: events, and a process without streams. */
const nodeModules = {
  'node:events': `export class EventEmitter {
    #listeners = new Map();
    on(name, listener) { this.#listeners.set(name, [...this.listeners(name), listener]); return this; }
    listeners(name) { return this.#listeners.get(name) ?? []; }
    listenerCount(name) { return this.listeners(name).length; }
    emit(name, ...args) { for (const listener of this.listeners(name)) listener.apply(this, args); return this.listenerCount(name) > 0; }
  }`,
  'node:process': 'export default { argv: [], env: {}, execArgv: [], platform: "linux", versions: {}, stdout: {}, stderr: {} };',
  'node:child_process': 'export {};',
  'node:fs': 'export {};',
  'node:path': 'export {};',
};

const standInsForNode = {
  name: 'stand-ins-for-node',
  setup(context) {
    context.onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      path in nodeModules
        ? { path, namespace: 'node-stand-in' }
        : { errors: [{ text: `'${path}' in ${relative(projectRoot, importer)}: the executable has no such module` }] },
    );
    context.onLoad({ filter: /.*/, namespace: 'node-stand-in' }, ({ path }) => ({
      // require() of an ES module gives its exports; commander takes process whole
      contents: nodeModules[path].replace('export default', 'module.exports ='),
    }));
  },
};

/** Modules, so that each command's code is read only when it is asked for. The entry is the first of the names. */
async function bundleModules(outdir) {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...shared,
    entryPoints: ['src/cli-quickjs.ts'],
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
    plugins: [...shared.plugins, standInsForNode],
  });
  const entry = 'cli-quickjs.js';
  const names = Object.keys(metafile.outputs).map((path) => relative(outdir, join(projectRoot, path)));
  return [entry, ...names.filter((name) => name !== entry).sort()];
}

/** The table that modules.h declares. */
function writeModuleTable(directory, names) {
  const assembly = names.map(
    (name, index) => `.globl module_${index}, module_${index}_end\nmodule_${index}: .incbin "${name}.bytecode"\nmodule_${index}_end:\n.balign 8\n`,
  );
  writeFileSync(join(directory, 'bytecode.S'), `.section .rodata\n${assembly.join('')}.section .note.GNU-stack,"",%progbits\n`);
  const table = names.map((name, index) => `    { "${name}", module_${index}, module_${index}_end },\n`);
  const declarations = names.map((_, index) => `extern const uint8_t module_${index}[], module_${index}_end[];\n`);
  writeFileSync(
    join(directory, 'modules.c'),
    `#include "modules.h"\n${declarations.join('')}const struct module modules[] = {\n${table.join('')}    { 0 },\n};\n`,
  );
}

function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`${program} ${args.join(' ')}: exit status ${status}`));
    });
  });
}

/** As many at once as there are cores. */
async function runAll(commands) {
  const waiting = [...commands];
  const work = async () => {
    for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) await run(...command);
  };
  await Promise.all(Array.from({ length: cpus().length }, work));
}

/** Objects of the engine are kept: they change with the pins and these flags alone. */
function objectCommands(machine, engine, library) {
  const { name, compiler, flags } = machine;
  const base = [...compileFlags, ...flags, '-nostdinc', '-isystem', library.headers, '-isystem', builtinHeaders(compiler)];
  const key = createHash('sha256').update([engine, ...base, compilerVersion(compiler)].join('\n')).digest('hex').slice(0, 12);
  const kept = join(work, `engine-${name}-${key}`);
  mkdirSync(kept, { recursive: true });
  mkdirSync(join(work, name), { recursive: true });
  const engineObjects = engineSources.map((source) => join(kept, source.replace('.c', '.o')));
  const ownObject = (source) => join(work, name, source.replace(/\.[cS]$/, '.o'));
  const own = (source, directory) => [
    compiler,
    [...base, ...ownFlags, '-isystem', engine, '-I', port, '-c', join(directory, source), '-o', ownObject(source)],
  ];
  return {
    engine: engineSources
      .filter((_, index) => !existsSync(engineObjects[index]))
      .map((source) => {
        const object = join(kept, source.replace('.c', '.o'));
        // renamed into place, so that an interrupted build leaves no half object
        const script = `"$1" "\${@:4}" -w -c "$2" -o "$3.part" && mv "$3.part" "$3"`;
        return ['bash', ['-c', script, 'compile', compiler, join(engine, source), object, ...base]];
      }),
    engineObjects,
    own,
    ownObject,
  };
}

function builtinHeaders(compiler) {
  return join(capture(compiler, ['-print-file-name=include']));
}

function compilerVersion(compiler) {
  return capture(compiler, ['--version']);
}

function capture(program, args) {
  return runProgram(program, args).trim();
}

function linkCommand({ compiler }, library, objects, output) {
  const start = ['crt1.o', 'crti.o'].map((name) => join(library.objects, name));
  const flags = ['-static', '-no-pie', '-nostdlib', '-nostartfiles', '-s', '-Wl,--gc-sections,--build-id=none,-z,noexecstack'];
  const end = [`-L${library.objects}`, '-lc', '-lgcc', join(library.objects, 'crtn.o')];
  return [compiler, [...flags, ...start, ...objects, ...end, '-o', output]];
}

async function buildNative() {
  checkPrograms();
  const engine = fetchEngine();
  const parts = machines.map((machine) => {
    const library = fetchCLibrary(machine.name);
    return { machine, library, ...objectCommands(machine, engine, library) };
  });
  const pending = parts.flatMap((part) => part.engine);
  if (pending.length > 0) process.stderr.write(`compiling the engine: ${pending.length} files\n`);
  await runAll(pending);

  const names = await bundleModules(join(work, 'js'));
  const [host] = parts;
  const compileTool = join(work, 'compile');
  await run(...host.own('compile.c', port));
  await run(...linkCommand(host.machine, host.library, [host.ownObject('compile.c'), ...host.engineObjects], compileTool));
  await run(compileTool, [join(work, 'js'), ...names]);

  writeModuleTable(work, names);
  await runAll(
    parts.flatMap(({ machine, library, engineObjects, own, ownObject }) => [
      ...programSources.map((source) => own(source, port)),
      own('modules.c', work),
      [machine.compiler, ['-Wa,-I', `-Wa,${join(work, 'js')}`, '-c', join(work, 'bytecode.S'), '-o', ownObject('bytecode.S')]],
    ]),
  );
  for (const { machine, library, engineObjects, ownObject } of parts) {
    const objects = [...programSources, 'modules.c', 'bytecode.S'].map(ownObject);
    const output = join(projectRoot, 'dist', `failoverctl-linux-${machine.name}`);
    // the running program's file cannot be written, but replaced
    const fresh = `${output}.${process.pid}`;
    await run(...linkCommand(machine, library, [...objects, ...engineObjects], fresh));
    renameSync(fresh, output);
    const bytes = readFileSync(output);
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    process.stdout.write(`${relative(projectRoot, output)}: ${bytes.length} bytes, sha256 ${digest}…\n`);
  }
}

try {
  await buildNative();
} catch (error) {
  process.stderr.write(`build:native: ${error instanceof MissingParts ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
