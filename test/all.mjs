/**
 * `npm test`: everything that must hold before a change lands, in the order in which a mistake shows cheapest.
 * Closes with one line of passed and failed. `npm test -- --quick`: what needs no root, no daemon and no virtual machine.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/build/bundle.mjs';

const bin = (name) => join(projectRoot, 'node_modules/.bin', name);
const summaryFile = join(projectRoot, 'build/test-summary.json');

/** Rooms, and files, whose tests are ours alone: no program of others is asked. */
const quickTests = [
  'cloud-config',
  'findings',
  'inventory',
  'judgement',
  'lint',
  'report',
  'secrets',
  'snapshot',
  'text',
  'topology',
  'architecture.test.ts',
  'main.test.ts',
  'commands/detect.test.ts',
  'commands/lint.test.ts',
].map((name) => join('test', name));
const isQuick = process.argv.includes('--quick');

/** Each stage counts as one, but for those that count their own in build/test-summary.json. */
const all = [
  { title: 'what the tests need from Debian', command: [process.execPath, 'test/setup.mjs'] },
  { title: 'the Debian 13 whose daemons judge', command: [process.execPath, 'test/setup-oracles.mjs'] },
  { title: 'types', command: [bin('tsc'), '--noEmit'], quick: true },
  { title: 'lint', command: [bin('oxlint'), '--deny-warnings', 'src', 'test'], quick: true },
  { title: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'], quick: true },
  { title: 'dist is what src builds', command: [process.execPath, 'src/build/bundle.mjs', '--check'], quick: true },
  { title: 'the static executables', command: ['npm', 'run', '--silent', 'build:native'] },
  { title: 'tests', command: [process.execPath, 'test/run.mjs'], counts: true },
  { title: 'the lab', command: ['npm', 'run', '--silent', 'lab'], counts: true },
];
const stages = isQuick
  ? [
      ...all.filter(({ quick }) => quick === true),
      { title: 'tests that ask nobody', command: [process.execPath, 'test/run.mjs', ...quickTests], counts: true },
    ]
  : all;

process.stdout.write(
  isQuick
    ? 'the quick part: types, style, dist, and the tests that ask no program of others; without root, one to two minutes\n'
    : `all tests: with root, installs the packages of test/debian-packages.txt; fetches parts of Debian 11, 13 and sid to
~/.cache/failoverctl-*; builds the executables; asks real daemons in namespaces; starts virtual machines. The first run
takes about an hour on 2 cores. Without root or network, each test says what it lacked.
'npm test -- --quick' takes one to two minutes and needs none of it.
`,
);

let passed = 0;
let failed = 0;
const failedStages = [];
for (const { title, command, counts } of stages) {
  process.stdout.write(`\n== ${title}\n`);
  rmSync(summaryFile, { force: true });
  const started = Date.now();
  const [program, ...args] = command;
  const { status } = spawnSync(program, args, { stdio: 'inherit', cwd: projectRoot });
  const own = counts === true ? readSummary() : null;
  passed += own?.passed ?? (status === 0 ? 1 : 0);
  failed += own === null ? (status === 0 ? 0 : 1) : Math.max(own.failed, status === 0 ? 0 : 1);
  if (status !== 0) failedStages.push(title);
  process.stdout.write(
    `== ${title}: ${status === 0 ? 'ok' : 'FAILED'}, ${Math.round((Date.now() - started) / 1000)} s\n`,
  );
}
process.stdout.write(failedStages.map((title) => `\n== FAILED: ${title}\n`).join(''));
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function readSummary() {
  try {
    return JSON.parse(readFileSync(summaryFile, 'utf8'));
  } catch {
    return null;
  }
}
