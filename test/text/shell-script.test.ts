import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseShellAssignments } from '../../src/text/shell-script.ts';
import { textAt } from '../../src/text/source.ts';

const parse = (text: string) => parseShellAssignments({ path: 'ifcfg-x', text });
const values = (text: string) => parse(text).assignments.map(({ key, value }) => [key, value]);

const plain = [
  'A=1\nB=2',
  'A=1 B=2; C=3 # c',
  'export A=1',
  'A="a b"\'c\'d',
  'A="one\ntwo"\nB=2',
  'A=a\\\nb',
  'A=1 \\\n  B=2',
  'A=\nB=#x\nC=x#y',
  String.raw`A="a\"b\\c\d"`,
  '# A=1\nA=2',
  "A=a'\n'b",
];

test('what a shell sets, without running one', () => {
  for (const text of plain) {
    const found = new Map(parse(text).assignments.map(({ key, value }) => [key, value]));
    assert.deepEqual(parse(text).commands, [], text);
    // bash itself, of the same text
    const { stdout } = spawnSync('bash', ['-c', `${text}\nprintf '%s\\0' "$A" "$B" "$C"`], { encoding: 'utf8' });
    assert.deepEqual(
      ['A', 'B', 'C'].map((key) => found.get(key) ?? ''),
      stdout.split('\0').slice(0, 3),
      text,
    );
  }
});

test('what needs a shell is not known', () => {
  assert.deepEqual(values('A=$X\nB=`hostname`\nC=$(cat x y)\nD="${E}"\nF=\'$G\'\nH=~'), [
    ['A', null],
    ['B', null],
    ['C', null],
    ['D', null],
    ['F', '$G'],
    ['H', null],
  ]);
});

test('a command is told, and sets nothing that is known', () => {
  const { assignments, commands } = parse('. /etc/x\nA=1 ifup eth0\nB=2\nif true; then\n');
  assert.deepEqual(
    assignments.map(({ key }) => key),
    ['B'],
  );
  assert.deepEqual(commands.map(textAt), ['. /etc/x', 'A=1 ifup eth0', 'if true; then']);
});

test('any text comes to an end', () => {
  for (const text of ['"', "'", '\\', '=', ';;', 'A="', "A='x", 'A=$(', 'A=`', '\0', 'export', 'A=1 \\'])
    assert.ok(parse(text).assignments.length < 2);
});
