import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../src/hypervisor/runbook.ts';
import { shellQuote } from '../../src/hypervisor/shell.ts';
import type { Step } from '../../src/hypervisor/step.ts';
import { renderScript } from '../../src/hypervisor/script.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { decodeBytes, encodeText } from '../../src/system/bytes.ts';
import type { Interrupts } from '../../src/system/system.ts';

test('bash reads a quoted word as exactly the text, and a terminal sees no control character', () => {
  const letter = fc.oneof(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      ' ',
      '\n',
      '\t',
      '\u001b',
      '!',
      '*',
      '\u00e9',
      '\u{1f600}',
      '\udcff',
      '0',
      'a',
    ),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  const words = fc.sample(
    fc.string({ unit: letter, minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0')),
    500,
  );
  const quoted = words.map(shellQuote);
  for (const word of quoted) assert.doesNotMatch(word, /[\u0000-\u001f\u007f-\u009f]/);
  const script = Buffer.from(encodeText(`printf '%s\\0' ${quoted.join(' ')}`));
  const { stdout, status } = spawnSync('bash', [], { input: script, env: { LC_ALL: 'C' } });
  assert.equal(status, 0);
  assert.deepEqual(
    decodeBytes(stdout).split('\0').slice(0, -1),
    words.map((word) => decodeBytes(encodeText(word))),
  );
});

/** Steps that touch files below a directory: `false` is one that fails. */
function touching(names: readonly string[]): { readonly steps: readonly Step[]; readonly done: Set<string> } {
  const done = new Set<string>();
  const steps = names.map((name): Step => {
    const [id = '', kind] = name.split(':');
    return {
      id,
      title: `take ${id}`,
      command: { argv: [kind === 'fails' ? 'false' : 'touch', id] },
      effect: () => (done.has(id) ? 'present' : 'absent'),
      patience: 0,
      undo: { argv: ['rm', id] },
      ...(kind === 'final' ? { pointOfNoReturn: true as const } : {}),
    };
  });
  return { steps, done };
}

function systemThatTouches(done: Set<string>) {
  return memorySystem(
    {},
    {
      run: ([program = '', word = '']) => {
        if (program === 'touch') done.add(word);
        if (program === 'rm') done.delete(word);
        return { status: program === 'false' ? 1 : 0, signal: null, stdout: '', stderr: '' };
      },
    },
  );
}

const interruptsWhen = (condition: () => boolean): Interrupts => ({
  pending: async () => condition(),
  noted: condition,
  release: () => undefined,
});

test('before the point of no return a failure undoes all; after it the rest is done, and what failed is named', async () => {
  const early = touching(['a', 'b', 'c:fails', 'd:final', 'e']);
  const undone = await runSteps(
    early.steps,
    systemThatTouches(early.done),
    () => undefined,
    interruptsWhen(() => false),
  );
  assert.deepEqual(undone, { completed: false, leftovers: [] });
  assert.deepEqual([...early.done], []);

  const late = touching(['a', 'b:final', 'c:fails', 'd']);
  // Ctrl-C once the way back is gone.
  const interrupted = interruptsWhen(() => late.done.has('b'));
  const said: string[] = [];
  const result = await runSteps(late.steps, systemThatTouches(late.done), (line) => said.push(line), interrupted);
  assert.equal(result.completed, false);
  assert.deepEqual(
    result.leftovers.map(({ command }) => command.argv),
    [['false', 'c']],
  );
  assert.deepEqual([...late.done], ['a', 'b', 'd']);
  assert.ok(said.some((line) => /take c: FAILED: 'false' ended with status 1/.test(line)));
});

test('so does the script', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-script-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const run = (names: readonly string[]) => {
    const script = renderScript({ steps: touching(names).steps, facts: [], notes: [] }, 'test');
    return spawnSync('bash', ['-c', script], { cwd: directory, encoding: 'utf8' });
  };
  assert.equal(run(['a', 'b', 'c:fails', 'd:final', 'e']).status, 3);
  assert.deepEqual(readdirSync(directory), []);
  const late = run(['a', 'b:final', 'c:fails', 'd']);
  assert.equal(late.status, 3);
  assert.equal(late.stderr, 'left to do by hand: false c\n');
  assert.deepEqual(readdirSync(directory).sort(), ['a', 'b', 'd']);
});

/** A job that goes on until it is aborted, then fails, after a first step that is undone. */
function jobSteps(directory: string): readonly Step[] {
  const file = (name: string) => join(directory, name);
  const isThere = (name: string) => () => (existsSync(file(name)) ? ('present' as const) : ('absent' as const));
  const wait = 'touch "$1"; while ! [ -e "$0" ]; do sleep 0.05; done; exit 1';
  return [
    {
      id: 'first',
      title: 'take the first',
      command: { argv: ['touch', file('first')] },
      effect: isThere('first'),
      patience: 0,
      undo: { argv: ['rm', file('first')] },
    },
    {
      id: 'job',
      title: 'do the job',
      command: { argv: ['sh', '-c', wait, file('aborted'), file('begun')] },
      effect: isThere('never'),
      patience: 0,
      undo: null,
      abort: { argv: ['touch', file('aborted')] },
      pointOfNoReturn: true,
    },
  ];
}

test('an interrupt while a job runs has it aborted, and what was done before it undone', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-job-'));
  t.after(() => rmSync(directory, { recursive: true }));
  let told = 0;
  const interrupts: Interrupts = {
    pending: async () => false,
    noted: () => existsSync(join(directory, 'begun')) && (told += 1) === 1,
    release: () => undefined,
  };
  const said: string[] = [];
  const result = await runSteps(jobSteps(directory), nodeSystem(), (line) => said.push(line), interrupts);
  assert.deepEqual(result, { completed: false, leftovers: [] });
  assert.deepEqual(readdirSync(directory).sort(), ['aborted', 'begun']);
  assert.match(said.join('\n'), /do the job: FAILED: interrupted: 'sh' ended with status 1/);
});

test('so does the script, and it waits for the end of the job', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-job-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const script = renderScript({ steps: jobSteps(directory), facts: [], notes: [] }, 'test');
  const running = spawn('bash', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  running.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const ended = new Promise<number | null>((resolve) => running.once('close', (status) => resolve(status)));
  while (!existsSync(join(directory, 'begun'))) await new Promise((resolve) => void setTimeout(resolve, 20));
  running.kill('SIGINT');
  assert.equal(await ended, 3, said);
  assert.deepEqual(readdirSync(directory).sort(), ['aborted', 'begun']);
  assert.equal(said, 'FAILED: [2/2] do the job\n');
});
