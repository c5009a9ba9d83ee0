import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hexadecimal,
  integer,
  isInteger,
  parseInteger,
  parseSize,
  permille,
  share,
} from '../../../../src/managers/systemd/values/numbers.ts';

const sort = ({ accepts }: { readonly accepts: (text: string) => boolean }, texts: readonly string[]) =>
  texts.filter((text) => accepts(text));

test('integers in the notations that systemd reads', () => {
  const values: readonly (readonly [text: string, value: bigint | null])[] = [
    ['0', 0n],
    ['42', 42n],
    [' +42', 42n],
    ['-7', -7n],
    ['010', 8n],
    ['0x1F', 31n],
    ['0X1f', 31n],
    ['0b101', 5n],
    ['0o17', 15n],
    ['-0b1', null],
    ['08', null],
    ['1.5', null],
    ['0x', null],
    ['', null],
    ['7 ', null],
  ];
  for (const [text, value] of values) assert.equal(parseInteger(text), value, `'${text}'`);
});

test('a range has both its ends, and -0 is none where nothing is negative', () => {
  assert.deepEqual(sort(integer('1', '10'), ['0', '1', '10', '11', '-1', '']), ['1', '10']);
  assert.equal(isInteger('-0', 0n, 9n), false);
  assert.equal(isInteger('-0', -1n, 9n), true);
  assert.deepEqual(sort(hexadecimal('0', '255'), ['0', 'ff', '0xFF', '+f', '100', 'g', '-1', '']), [
    '0',
    'ff',
    '0xFF',
    '+f',
  ]);
});

test('sizes: falling units, fractions, two bases', () => {
  assert.equal(parseSize('1K', 1024), 1024);
  assert.equal(parseSize('1K', 1000), 1000);
  assert.equal(parseSize('1.5K', 1024), 1536);
  assert.equal(parseSize('1M 1K', 1024), 1049600);
  assert.equal(parseSize('7B', 1024), 7);
  assert.equal(parseSize('1K 7', 1024), 1031);
  for (const text of ['1K 1M', '1K 1K', '', 'K', '1X', '-1', '7 7']) assert.equal(parseSize(text, 1024), null, text);
});

test('shares and per mille: one of ten thousand, one of a thousand', () => {
  assert.deepEqual(
    sort(share, ['100%', '1.25%', '1000‰', '0.5‰', '10000‱', '100.01%', '1.255%', '0.55‰', '1.5‱', '7', '']),
    ['100%', '1.25%', '1000‰', '0.5‰', '10000‱'],
  );
  assert.deepEqual(sort(permille, ['100%', '87.5%', '1000‰', '100.1%', '1001‰', '1.5‰', '1.55%', '7', '']), [
    '100%',
    '87.5%',
    '1000‰',
  ]);
});
