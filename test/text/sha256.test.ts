import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256 } from '../../src/text/sha256.ts';

const reference = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('is SHA-256 at every length around its block size', () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff);
    assert.equal(sha256(bytes), reference(bytes), `${length} bytes`);
  }
});

test('is SHA-256 of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      assert.equal(sha256(bytes), reference(bytes));
    }),
  );
});

test('is SHA-256 of a megabyte', () => {
  const bytes = new Uint8Array(1_000_003).fill(0x61);
  assert.equal(sha256(bytes), reference(bytes));
});
