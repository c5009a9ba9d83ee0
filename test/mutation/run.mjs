/**
 * Do the tests notice a small change? Random mutations of the sources (mutations.mjs), each judged by the tests of its room:
 * that by the source's name first, then the others, the quickest first, until one fails. The tree is not touched: a mutated
 * source exists in the test's bundle only. Outside CI, since it takes an hour:
 *
 *   nice -n 19 node test/mutation/run.mjs [--count 300] [--seed 1] [--seconds 60] [--minutes 90] [--slowest 20] [SOURCE…]
 *
 * Prints each survivor with its place and the change, and the share that was killed. `--seconds`: of one test file with a
 * mutation; `--minutes`: of the whole run, which then reports what it got to; `--slowest`: seconds above which a test file is
 * not asked, as it takes without a mutation. SOURCE: files or folders of src, in place of the three rooms.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build, transformSync } from 'esbuild';
import { projectRoot, shared } from '../../src/build/bundle.mjs';
import { findMutations, randomFrom } from './mutations.mjs';

const number = (value) => ({ type: 'string', default: String(value) });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: number(300), seed: number(1), seconds: number(60), minutes: number(600), slowest: number(20) },
});
const rooms = positionals.length > 0 ? positionals : ['src/managers', 'src/lint', 'src/install'];
const deadline = Date.now() + Number(values.minutes) * 60_000;
const outdir = mkdtempSync(join(projectRoot, 'build/mutation-'));
process.on('exit', () => rmSync(outdir, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const filesBelow = (path, ending) =>
  path.endsWith(ending)
    ? [path]
    : readdirSync(join(projectRoot, path), { recursive: true })
        .map((name) => join(path, name))
        .filter((name) => name.endsWith(ending));
const tests = filesBelow('test', '.test.ts');
const sources = rooms.flatMap((room) => filesBelow(room, '.ts')).sort();
const texts = new Map(sources.map((path) => [path, readFileSync(join(projectRoot, path), 'utf8')]));

/** Test files of a source's room, that by its name first. */
function testsOf(source) {
  const path = relative('src', source);
  const own = join('test', path).replace(/\.ts$/, '.test.ts');
  const room =
    path.startsWith('managers/') || path.startsWith('hypervisor/')
      ? join('test', dirname(path))
      : join('test', path.split('/')[0]);
  const beside = tests.filter((name) => dirname(name) === room || dirname(name) === dirname(own));
  const commands = tests.filter(
    (name) => basename(name).startsWith(`${path.split('/')[0]}`) && name.startsWith('test/commands/'),
  );
  const rest = [...new Set([...beside, ...commands])].filter((name) => name !== own);
  return [...(tests.includes(own) ? [own] : []), ...rest.sort((a, b) => costOf(a) - costOf(b))];
}

/** Milliseconds without a mutation; `unasked` for one that fails, or takes too long to be asked 300 times. */
const costs = new Map();
const unasked = Number.MAX_SAFE_INTEGER;
function costOf(test) {
  return costs.get(test) ?? statSync(join(projectRoot, test)).size;
}

async function runTest(test, mutated, limit) {
  const outfile = join(outdir, 'test.cjs');
  const plugin = {
    name: 'mutated',
    setup(context) {
      if (mutated === null) return;
      context.onLoad({ filter: /\.ts$/ }, ({ path }) =>
        relative(projectRoot, path) === mutated.source ? { contents: mutated.text, loader: 'ts' } : undefined,
      );
    },
  };
  const plugins = [plugin, ...shared.plugins];
  await build({ ...shared, plugins, entryPoints: [test], outfile, packages: 'external', logLevel: 'silent' });
  const env = { ...process.env, FC_SEED: '20261123', NODE_TEST_CONTEXT: undefined };
  const started = Date.now();
  const { status } = spawnSync(process.execPath, [outfile], { cwd: projectRoot, env, stdio: 'ignore', timeout: limit });
  return { passed: status === 0, timedOut: status === null, cost: Date.now() - started };
}

async function measure(test) {
  if (costs.has(test)) return;
  const { passed, cost } = await runTest(test, null, Number(values.slowest) * 1000);
  costs.set(test, passed ? cost : unasked);
}

const javascript = (text) => transformSync(text, { loader: 'ts' }).code;

/** Null for one that does not change what runs, or is no TypeScript. */
function mutate(source, { start, end, replacement }) {
  const before = texts.get(source);
  const text = before.slice(0, start) + replacement + before.slice(end);
  try {
    if (javascript(text) === javascript(before)) return null;
  } catch {
    return null;
  }
  const line = before.slice(0, start).split('\n').length;
  const lineText = (all) => all.split('\n')[line - 1]?.trim() ?? '';
  return { source, text, where: `${source}:${line}`, was: lineText(before), is: lineText(text) };
}

const all = sources.flatMap((source) => findMutations(texts.get(source)).map((found) => ({ source, found })));
const random = randomFrom(Number(values.seed));
const wanted = Math.min(Number(values.count), all.length);
const counts = { killed: 0, survived: 0, 'timed out': 0 };
const survivors = [];
for (let tried = 0; tried < wanted && all.length > 0 && Date.now() < deadline;) {
  const [{ source, found }] = all.splice(Math.floor(random() * all.length), 1);
  const mutated = mutate(source, found);
  if (mutated === null) continue;
  tried += 1;
  let verdict = 'survived';
  let by = '';
  for (const test of testsOf(source)) {
    await measure(test);
    if (costOf(test) === unasked) continue;
    const { passed, timedOut } = await runTest(test, mutated, Number(values.seconds) * 1000);
    if (passed) continue;
    // on a machine that others use too it may be the machine
    if (timedOut && !(await runTest(test, null, Number(values.seconds) * 1000)).passed) {
      costs.set(test, unasked);
      continue;
    }
    verdict = timedOut ? 'timed out' : 'killed';
    by = ` by ${test}`;
    break;
  }
  counts[verdict] += 1;
  process.stdout.write(`${tried}/${wanted} ${verdict}${by}: ${mutated.where}\n`);
  if (verdict !== 'survived') continue;
  survivors.push(mutated.where);
  process.stdout.write(`  was: ${mutated.was}\n  is:  ${mutated.is}\n`);
}
const total = counts.killed + counts.survived + counts['timed out'];
const left = [...costs].filter(([, cost]) => cost === unasked).map(([test]) => test);
process.stdout.write(
  `${total} mutations: ${counts.killed} killed, ${counts['timed out']} timed out, ${counts.survived} survived\n` +
    (left.length > 0 ? `not asked, as they fail or take over ${values.slowest} s: ${left.join(', ')}\n` : ''),
);
process.exitCode = total > 0 && (total - counts.survived) / total < 0.9 ? 1 : 0;
