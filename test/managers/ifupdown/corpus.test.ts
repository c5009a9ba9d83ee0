/** Real interfaces(5) of three projects: ifupdown's own answers for its test cases, and no file that upsets the judge. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ifupdown } from '../../../src/managers/ifupdown/manager.ts';
import { askIfupdown, whyNoOracle } from './oracle.ts';
import { predictFaults, predictList, readFaults, readTree } from './prediction.ts';
import { file, guest, noInclude, triplePhases } from './guest.ts';

const corpora = '../shared/corpora';
const folders = [
  'ifupdown/debian-testbuild/linux',
  'ifupdown/debian-examples',
  'ifupdown/ifupdown2/eni',
  'ifupdown/ifupdown2/docs-examples',
  'networkmanager/ifupdown-parser',
];
const paths = existsSync(corpora)
  ? folders.flatMap((folder) =>
      readdirSync(`${corpora}/${folder}`, { withFileTypes: true })
        .filter((entry) => entry.isFile() && !/^(?:up|down)\.|\.json$/.test(entry.name))
        .map(({ name }) => `${corpora}/${folder}/${name}`),
    )
  : [];
const here = paths.length > 0 ? false : 'skipped: no corpora here';
const reason = whyNoOracle();
const skip = here !== false ? here : reason !== null && process.env['CI'] !== 'true' ? `skipped: ${reason}` : false;

test('ifquery agrees on every file of the corpora', { skip }, (context) => {
  assert.equal(reason, null);
  const trees = paths.map((path) => ({ interfaces: readFileSync(path, 'utf8') }));
  const answers = askIfupdown(trees, () => ['ifquery -i {}/interfaces --list']);
  const disagreements: string[] = [];
  // Where a pattern asks for the Nth of several interfaces, their order is not known.
  let open = 0;
  for (const [index, tree] of trees.entries()) {
    const ours = readTree(tree);
    const [list] = answers[index] ?? [];
    assert.ok(list !== undefined);
    const names = ours.broken ? [] : predictList(ours);
    if (names === null) open += 1;
    const expected = [predictFaults(ours), names];
    const actual = [readFaults(list), names === null ? null : list.stdout.split('\n').slice(0, -1)];
    if (JSON.stringify(expected) !== JSON.stringify(actual)) {
      disagreements.push(`${paths[index]}: ours ${JSON.stringify(expected)}, ifquery ${JSON.stringify(actual)}`);
    }
  }
  context.diagnostic(
    `${trees.length - disagreements.length} of ${trees.length} files agree, ${open} of them left open`,
  );
  assert.deepEqual(disagreements, []);
  assert.ok(open <= 1);
});

test('the judge comes to an end with every file of the corpora', { skip: here }, () => {
  for (const path of paths) {
    const one = file('/etc/network/interfaces', readFileSync(path, 'utf8'));
    assert.doesNotThrow(() => ifupdown.judge([one], guest(triplePhases()), noInclude), path);
  }
});
