/**
 * `npm run build:native`: dist/failoverctl-linux-x64 and dist/failoverctl-linux-arm64, static executables with the engine,
 * the program as bytecode and the hooks in one file. The same source as the Node bundle. `-- x64` or `-- arm64` makes that
 * one alone; without a name, each that this machine has a compiler for.
 *
 * `node src/build/native.mjs ENTRY OUTPUT` builds another entry for x64; test/native has the port itself exercised so.
 *
 * Two builds on one machine give the same bytes: nothing in them knows a path, a time or a process id.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { projectRoot } from './bundle.mjs';
import { bundleModules, writeModuleTable } from './native-modules.mjs';
import {
  cache,
  checkPrograms,
  fetchCLibrary,
  fetchEngine,
  fetchPacker,
  MissingParts,
  readNotices,
  runProgram,
} from './native-parts.mjs';

const port = join(projectRoot, 'src/system/quickjs');
const words = process.argv.slice(2);
const ofMachines = words.every((word) => word === 'x64' || word === 'arm64');
const [entry, output] = ofMachines ? ['src/cli-quickjs.ts'] : words;
const work = join(projectRoot, 'build/native', basename(entry, '.ts'));
const modulesDirectory = join(work, 'modules');
/** An executable's path for each machine that is wanted. */
const every = { x64: 'dist/failoverctl-linux-x64', arm64: 'dist/failoverctl-linux-arm64' };
const chosen = ofMachines && words.length > 0 ? words : Object.keys(every);
const outputs = output === undefined ? Object.fromEntries(chosen.map((name) => [name, every[name]])) : { x64: output };

const machines = [
  { name: 'x64', compiler: 'gcc', flags: [], packages: {} },
  // musl has no __getauxval, by which libgcc would choose its atomics at run time
  {
    name: 'arm64',
    compiler: 'aarch64-linux-gnu-gcc',
    flags: ['-mno-outline-atomics'],
    packages: { 'aarch64-linux-gnu-gcc': 'gcc-aarch64-linux-gnu' },
  },
];
const engineSources = ['quickjs.c', 'libregexp.c', 'libunicode.c', 'cutils.c', 'dtoa.c'];
const unpackSources = ['lz4.c'];
const packSources = ['lz4.c', 'lz4hc.c'];
const programSources = [
  'main.c',
  'allocator.c',
  'text.c',
  'failure.c',
  'paths.c',
  'files.c',
  'changes.c',
  'streams.c',
  'processes.c',
];

/** For speed; the others wait for the kernel, and are made small. */
const hotSources = new Set(['allocator.c', 'text.c', 'files.c']);

/** -fwrapv and -funsigned-char as in the engine's own Makefile. */
const compileFlags =
  '-O2 -fwrapv -funsigned-char -std=gnu11 -D_GNU_SOURCE -DCONFIG_VERSION="2025-04-26" -fno-pie -fno-stack-protector ' +
  '-falign-functions=8 -fno-ident -fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -fdata-sections';
const warningFlags = '-Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers';
const linkFlags =
  '-static -no-pie -nostdlib -nostartfiles -s -Wl,--gc-sections,--build-id=none,-z,noexecstack,-z,norelro,-z,noseparate-code';

/** Runs commands, as many at once as there are cores; the first failure ends it. */
async function runAll(commands) {
  const waiting = [...commands];
  const runNext = async () => {
    for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) await run(command);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runNext));
}

function run([program, ...args]) {
  return new Promise((settle, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) settle();
      else reject(new Error(`exit status ${status}: ${program} ${args.join(' ')}`));
    });
  });
}

/** One machine's way from source to executable: commands, and where their objects go. */
function planMachine({ name, compiler, flags }, engine, packer) {
  const library = fetchCLibrary(name);
  const ownHeaders = runProgram(compiler, ['-print-file-name=include']).trim();
  const base = [
    ...compileFlags.split(' '),
    ...flags,
    `-ffile-prefix-map=${engine}=quickjs`,
    '-nostdinc',
    '-isystem',
    library.headers,
    '-isystem',
    ownHeaders,
  ];
  const directory = join(work, name);
  mkdirSync(directory, { recursive: true });
  const objectOf = (source) => join(directory, source.replace(/\.[cS]$/, '.o'));

  // The engine's objects are kept beside its source, for all clones: they change with the pins, the flags and the compiler.
  const kept = join(cache, 'objects', name);
  mkdirSync(kept, { recursive: true });
  const version = runProgram(compiler, ['--version']);
  const key = createHash('sha256')
    .update([engine, ...base, version].join('\n'))
    .digest('hex')
    .slice(0, 12);
  const engineObjectOf = (source) => join(kept, `${source.replace('.c', '')}-${key}.o`);

  const start = ['crt1.o', 'crti.o'].map((object) => join(library.objects, object));
  const end = [`-L${library.objects}`, '-lc', '-lgcc', join(library.objects, 'crtn.o')];
  return {
    name,
    missingEngineObjects: engineSources.filter((source) => !existsSync(engineObjectOf(source))),
    /** Renamed into place, so that an interrupted build leaves no half object. */
    compileEngine(source) {
      const object = engineObjectOf(source);
      const part = `${object}.${process.pid}`;
      const args = [...base, '-w', '-c', join(engine, source), '-o', part];
      return run([compiler, ...args]).then(() => renameSync(part, object));
    },
    compileOwn: (source, from = port) => {
      const own = [`-ffile-prefix-map=${port}=failoverctl`, ...warningFlags.split(' ')];
      if (!hotSources.has(source)) own.push('-Os');
      const args = [...base, ...own, '-isystem', engine, '-isystem', packer, '-I', port];
      return [compiler, ...args, '-c', join(from, source), '-o', objectOf(source)];
    },
    compilePacker: (source) => {
      const args = [...base, `-ffile-prefix-map=${packer}=lz4`, '-w', '-c', join(packer, source)];
      return [compiler, ...args, '-o', objectOf(source)];
    },
    assemble: (source) => [compiler, '-c', `-Wa,-I,${modulesDirectory}`, join(work, source), '-o', objectOf(source)],
    link: (sources, executable) => {
      const objects = [...sources.map(objectOf), ...engineSources.map(engineObjectOf)];
      return [compiler, ...linkFlags.split(' '), ...start, ...objects, ...end, '-o', executable];
    },
  };
}

/** Without its compiler a machine that was named ends the build; one that was not is left out, with a word. */
function canBuild({ name, packages }) {
  try {
    checkPrograms(packages);
    return true;
  } catch (error) {
    if (!(error instanceof MissingParts) || words.includes(name)) throw error;
    process.stderr.write(`build:native: without ${name}: ${error.message}\n`);
    return false;
  }
}

async function buildExecutables() {
  checkPrograms();
  const wanted = machines.filter(({ name }) => name in outputs).filter(canBuild);
  const engine = fetchEngine();
  const packer = fetchPacker();
  const plans = wanted.map((machine) => planMachine(machine, engine, packer));
  for (const plan of plans) {
    if (plan.missingEngineObjects.length > 0) process.stderr.write(`compiling the engine for ${plan.name}\n`);
    await Promise.all(plan.missingEngineObjects.map((source) => plan.compileEngine(source)));
  }

  const tool = planMachine(machines[0], engine, packer); // what compiles to bytecode runs here
  await Promise.all(tool.missingEngineObjects.map((source) => tool.compileEngine(source)));
  const modules = await bundleModules(entry, modulesDirectory, readNotices());
  const compileTool = join(work, 'compile');
  await runAll([tool.compileOwn('compile.c'), ...packSources.map((source) => tool.compilePacker(source))]);
  await run(tool.link(['compile.c', ...packSources], compileTool));
  const lengths = runProgram(compileTool, [modulesDirectory, String(modules.shared), ...modules.names])
    .trim()
    .split('\n')
    .map(Number);

  writeModuleTable(work, modules, lengths);
  await runAll(
    plans.flatMap((plan) => [
      ...programSources.map((source) => plan.compileOwn(source)),
      ...unpackSources.map((source) => plan.compilePacker(source)),
      plan.compileOwn('modules.c', work),
      plan.assemble('bytecode.S'),
    ]),
  );
  for (const plan of plans) {
    const executable = resolve(projectRoot, outputs[plan.name]);
    // A program that runs cannot be written to, but it can be replaced.
    const fresh = `${executable}.${process.pid}`;
    await run(plan.link([...programSources, ...unpackSources, 'modules.c', 'bytecode.S'], fresh));
    renameSync(fresh, executable);
    const bytes = readFileSync(executable);
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    process.stdout.write(`${relative(projectRoot, executable)}: ${bytes.length} bytes, sha256 ${digest}…\n`);
  }
}

if (spawnSync('uname', ['-m'], { encoding: 'utf8' }).stdout?.trim() !== 'x86_64') {
  process.stderr.write('build:native: runs on x86-64 Linux only; it makes the executables of both machines there\n');
  process.exitCode = 1;
} else {
  try {
    await buildExecutables();
  } catch (error) {
    process.stderr.write(`build:native: ${error instanceof MissingParts ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
