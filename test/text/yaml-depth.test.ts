import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureYamlDepth } from '../../src/text/yaml-depth.ts';
import { parseYamlTree } from '../../src/text/yaml-tree.ts';

const read = (text: string) => parseYamlTree({ path: 'a.yaml', text });

test('the depth of blocks, lists in lists, and brackets', () => {
  assert.equal(measureYamlDepth('a:\n  b:\n    c: 1\nd: 1\n'), 3);
  assert.equal(measureYamlDepth('- - - a\n'), 4);
  assert.equal(measureYamlDepth('a: b\nc: d\n'), 1);
  assert.equal(measureYamlDepth(`a: ${'[1], '.repeat(60)}`), 2);
  assert.equal(measureYamlDepth(`${'['.repeat(60)}${']'.repeat(60)}`), 61);
  assert.equal(measureYamlDepth(`a: "${'['.repeat(200)}"`), 1);
});

test('what nests deeply is a fault, and no engine runs out of stack', () => {
  for (const text of [
    '['.repeat(100_000),
    `${'- '.repeat(100_000)}a`,
    `${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`,
  ]) {
    const { root, faults } = read(text);
    assert.equal(root, null);
    assert.match(faults[0]?.message ?? '', /deeper than 100 levels/);
  }
  const deep = Array.from({ length: 90 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
  assert.deepEqual(read(deep).faults, []);
});

test('aliases that expand without end are a fault', () => {
  const lines = Array.from({ length: 20 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}]\n`);
  assert.match(read(`a0: &a0 x\n${lines.join('')}`).faults[0]?.message ?? '', /expands without end/);
});
