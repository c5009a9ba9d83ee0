import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestWord } from '../../src/text/nearest.ts';

const commands = ['lint', 'install', 'uninstall', 'status', 'detect', 'doctor'];

test('a slip of the fingers: a letter too many, too few, another, two swapped', () => {
  assert.equal(nearestWord('lintt', commands), 'lint');
  assert.equal(nearestWord('instal', commands), 'install');
  assert.equal(nearestWord('ststus', commands), 'status');
  assert.equal(nearestWord('detetc', commands), 'detect');
  assert.equal(nearestWord('DOCTOR', commands), 'doctor');
});

test('what is not near is not guessed', () => {
  assert.equal(nearestWord('migrate', commands), null);
  assert.equal(nearestWord('', commands), null);
  assert.equal(nearestWord('li', commands), null);
  assert.equal(nearestWord('anything', []), null);
});
