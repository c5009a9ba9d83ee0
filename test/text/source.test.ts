import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { positionAt } from '../../src/text/source.ts';

const position = (text: string, offset: number) => {
  const { line, column } = positionAt({ path: '/x', text }, offset);
  return `${line}:${column}`;
};

test('line and column count from 1, and a line end belongs to the line that it ends', () => {
  assert.equal(position('', 0), '1:1');
  assert.equal(position('a\nbc\n', 0), '1:1');
  assert.equal(position('a\nbc\n', 1), '1:2');
  assert.equal(position('a\nbc\n', 2), '2:1');
  assert.equal(position('a\nbc\n', 4), '2:3');
  assert.equal(position('\n\n', 1), '2:1');
});

test('an offset past the end gives the end', () => {
  assert.equal(position('a\nbc', 4), '2:3');
  assert.equal(position('a\nbc', 40), '2:3');
  assert.equal(position('a\n', 40), '2:1');
});

test('each offset of any text is found again from its line and column', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é', '😀') }), (text) => {
      const source = { path: '/x', text };
      const lines = text.split('\n');
      for (let offset = 0; offset <= text.length; offset += 1) {
        const { line, column } = positionAt(source, offset);
        const above = lines.slice(0, line - 1).reduce((length, one) => length + one.length + 1, 0);
        assert.equal(above + column - 1, offset);
        assert.ok(column - 1 <= (lines[line - 1]?.length ?? -1), `column ${column} is not on line ${line}`);
      }
    }),
  );
});
