/** Tabs in YAML, against libyaml, which netplan reads with. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseYamlTree } from '../../src/text/yaml-tree.ts';

const texts = [
  '\t\n',
  'a: b\n\t\n',
  'a:\n\tb: c\n',
  'a:\tb\n',
  'a: b\t\n',
  'a: b\t# c\n',
  'a: |\n  b\n  \tc\n',
  'a:\n  b: c\n \t\nd: e\n',
  'a:\n  b: c\n\t# d\n',
  'a: b\n',
  '# a\n\t\nb: c\n',
];

test('takes and refuses the tabs that libyaml does', (t) => {
  const script =
    'import json,sys,yaml\nfor x in json.load(sys.stdin):\n  try: yaml.compose(x, yaml.CSafeLoader); print(1)\n  except yaml.YAMLError: print(0)';
  const run = spawnSync('python3', ['-c', script], { encoding: 'utf8', input: JSON.stringify(texts) });
  if (run.status !== 0) {
    if (process.env['CI'] === 'true') assert.fail('PyYAML is missing');
    t.skip('PyYAML is missing');
    return;
  }
  const theirs = run.stdout.trim().split('\n');
  const ours = texts.map((text) => (parseYamlTree({ path: 'x.yaml', text }).faults.length === 0 ? '1' : '0'));
  assert.deepEqual(
    texts.flatMap((text, index) => (ours[index] === theirs[index] ? [] : [[text, theirs[index]]])),
    [],
  );
});
