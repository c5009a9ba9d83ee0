/** A run over many guests that is killed for real, workers and all, and begun again: nothing is judged twice, and the report is of all. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { executable, onNode, onQuickJs, runProgram, scratch } from './engines.ts';

const count = 100;

function snapshot(text: string): string {
  const folders = Object.fromEntries(
    ['/', '/etc', '/etc/systemd', '/etc/systemd/network'].map((path) => [path, { directory: true }]),
  );
  const entries = { ...folders, '/etc/systemd/network/20-all.network': text };
  return JSON.stringify({ version: 1, live: false, leftOut: [], entries, programs: [] });
}

const linesOf = (file: string): readonly string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);

for (const [name, program] of [
  ['Node', onNode],
  ['the executable', onQuickJs],
] as const)
  test(
    `${name}: killed, and begun again`,
    { skip: program === onQuickJs && !existsSync(executable) },
    async (context) => {
      const folder = scratch(context);
      for (let at = 0; at < count; at += 1) {
        const text = `[Match]\nName=${at % 3 === 0 ? `en${at}` : 'en*'}\n\n[Network]\nDHCP=yes\n`;
        writeFileSync(join(folder, `g${String(at).padStart(4, '0')}.json`), snapshot(text));
      }
      const args = ['lint', '--isolated', '--format', 'jsonl', '--snapshot', folder];
      const whole = runProgram(program, [...args, '--jobs', '1']);
      assert.equal(whole.status, 1, whole.stderr);
      assert.equal(whole.stdout.split('\n').length, count + 2);

      const state = join(folder, 'state');
      const resumed = [...args, '--jobs', '2', '--resume', state];
      const [file = '', ...first] = program;
      const running = spawn(file, [...first, ...resumed], { stdio: 'ignore' });
      const ended = new Promise((resolve) => void running.on('close', resolve));
      while (linesOf(state).length < 20 && running.exitCode === null)
        await new Promise((resolve) => void setTimeout(resolve, 5));
      running.kill('SIGKILL');
      await ended;
      const left = linesOf(state).slice(0, -1);
      assert.ok(left.length >= 19 && left.length <= count, `killed in the middle: ${left.length} lines`);

      const again = runProgram(program, resumed);
      assert.deepEqual(again, whole);
      const all = linesOf(state).slice(0, -1);
      assert.equal(all.length, count + 1, 'each guest once');
      assert.deepEqual(new Set(all.slice(0, left.length)), new Set(left));

      // nothing is left to do; then one guest has changed
      assert.deepEqual(runProgram(program, resumed), whole);
      assert.deepEqual(linesOf(state).slice(0, -1).length, count + 1);
      writeFileSync(join(folder, 'g0007.json'), snapshot('[Match]\nName=lo\n'));
      const changed = runProgram(program, resumed);
      assert.notEqual(changed.stdout, whole.stdout);
      assert.deepEqual(changed, runProgram(program, [...args, '--jobs', '1']));
    },
  );
