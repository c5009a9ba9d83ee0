import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAssignmentLines, unquoteAssignment } from '../../src/text/shell-assignments.ts';
import { textAt } from '../../src/text/source.ts';

const parse = (text: string) => parseAssignmentLines({ path: 'ifcfg-x', text });

test('an assignment is KEY=VALUE at the beginning of a line; what is none is told', () => {
  const { assignments, strange } = parse('# c\n\nA=1\n\t B_2="x y" # c\nexport C=3\nD = 4\n2E=5\nF+=6\r\nG=7\r\nH=\n');
  assert.deepEqual(
    assignments.map(({ key, raw, place, keyPlace, valuePlace }) =>
      [key, raw].concat([place, keyPlace, valuePlace].map(textAt)),
    ),
    [
      ['A', '1', 'A=1', 'A', '1'],
      ['B_2', '"x y" # c', 'B_2="x y" # c', 'B_2', '"x y" # c'],
      ['G', '7\r', 'G=7', 'G', '7'],
      ['H', '', 'H=', 'H', 'H='],
    ],
  );
  assert.deepEqual(strange.map(textAt), ['export C=3', 'D = 4', '2E=5', 'F+=6']);
});

// svUnescape() of shvar.c, NetworkManager 1.42.4
const values: readonly (readonly [raw: string, value: string | null])[] = [
  ['eth0', 'eth0'],
  ['"eth0"', 'eth0'],
  ["'eth0'", 'eth0'],
  ['et"h"\'0\'', 'eth0'],
  ['eth0 # a comment', 'eth0'],
  ['eth0#none', 'eth0#none'],
  ['eth0;', 'eth0'],
  ['eth0 ; # c', 'eth0'],
  ['eth0;;', null],
  ['eth0 eth1', null],
  [' eth0', null],
  ['', ''],
  ['   # c', ''],
  ['eth0\r', 'eth0'],
  ['$X', '$X'],
  ['"$X"', null],
  ['"`x`"', null],
  ["'$X'", '$X'],
  [String.raw`"\$X"`, '$X'],
  [String.raw`"a\b"`, String.raw`a\b`],
  [String.raw`a\ b`, 'a b'],
  ['a\\', null],
  ['"open', null],
  ["'open", null],
  [String.raw`$'a\tb\x41\101\''`, "a\tbAA'"],
  ["$'open", null],
  ['a&b', null],
  ['a|b', null],
  ['(a)', null],
  [String.raw`"it\'s"`, "it's"],
  [String.raw`x"it\'s"`, String.raw`xit\'s`],
];

for (const [raw, value] of values)
  test(`${JSON.stringify(raw)} is ${JSON.stringify(value)}`, () => assert.equal(unquoteAssignment(raw), value));
