import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBytes, encodeText } from '../../src/system/bytes.ts';

test('any bytes survive decoding and encoding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.deepEqual([...encodeText(decodeBytes(bytes))], [...bytes]);
    }),
    { numRuns: 5000 },
  );
});

test('valid UTF-8 decodes as Node decodes it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(decodeBytes(Buffer.from(text, 'utf8')), Buffer.from(text, 'utf8').toString('utf8'));
    }),
  );
});

test('a byte that is not UTF-8 becomes one lone surrogate', () => {
  assert.equal(decodeBytes(Uint8Array.of(0x61, 0xff, 0xc0, 0xaf)), 'a\udcff\udcc0\udcaf');
  assert.equal(decodeBytes(Uint8Array.of(0xed, 0xa0, 0x80)), '\udced\udca0\udc80', 'an encoded surrogate is not UTF-8');
});
