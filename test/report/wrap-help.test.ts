import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, hostCommands } from '../../src/commands/all.ts';
import { main } from '../../src/main.ts';
import { helpWidth, wrapHelp } from '../../src/report/wrap-help.ts';
import { memorySystem } from '../../src/system/memory.ts';

async function help(args: readonly string[], width: number): Promise<string> {
  const system = memorySystem({}, { env: { COLUMNS: String(width) } });
  assert.equal(await main(args, system), 0);
  return system.stdout;
}

const all = [
  ['--help'],
  ...Object.keys(commands).map((name) => [name, '--help']),
  ...Object.keys(hostCommands).map((name) => ['host', name, '--help']),
];

test('every help fits into 60, 80 and 200 columns, and loses no word', async () => {
  const wordsOf = (text: string) => text.match(/[^\s\\#]+/g)?.join(' ');
  for (const args of all) {
    const plain = memorySystem();
    await main(args, plain);
    for (const width of [60, 80, 200]) {
      const text = await help(args, width);
      for (const line of text.split('\n'))
        assert.ok(line.length <= width || !line.trim().includes(' '), `${args.join(' ')} at ${width}: ${line}`);
      assert.equal(wordsOf(text), wordsOf(plain.stdout), args.join(' '));
    }
  }
});

test('paragraphs fill 200 columns', async () => {
  const longest = Math.max(...(await help(['lint', '--help'], 200)).split('\n').map(({ length }) => length));
  assert.ok(longest > 150, String(longest));
});

test('an example that is cut can be typed all the same, and a quoted word stays whole', () => {
  const text = "Examples:\n  failoverctl lint --root /mnt/image --select 'FO101 and more' --format json\n";
  assert.equal(
    wrapHelp(text, 50),
    "Examples:\n  failoverctl lint --root /mnt/image --select \\\n      'FO101 and more' --format json\n",
  );
});

test('a second column keeps its place, and a comment its mark', () => {
  assert.equal(
    wrapHelp('  map   draws the guest, all of it, and more than that', 40),
    '  map   draws the guest, all of it, and\n        more than that',
  );
  assert.equal(
    wrapHelp('  rules: {FO202: off, vf-pinned: error}   # off, on, error, warning', 50),
    '  rules: {FO202: off, vf-pinned: error}\n      # off, on, error, warning',
  );
});

test('COLUMNS before the width of the terminal; in a pipe nothing is wrapped', () => {
  assert.equal(helpWidth(memorySystem({}, { columns: 90 })), 90);
  assert.equal(helpWidth(memorySystem({}, { columns: 90, env: { COLUMNS: '70' } })), 70);
  assert.equal(helpWidth(memorySystem({}, { columns: 90, env: { COLUMNS: 'wide' } })), 90);
  assert.equal(helpWidth(memorySystem({}, { columns: 3 })), 40);
  assert.equal(helpWidth(memorySystem()), null);
  assert.equal(wrapHelp('x '.repeat(200), null), 'x '.repeat(200));
});
