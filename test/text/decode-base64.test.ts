import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from '../../src/text/base64.ts';

test('bytes are decoded as Node decodes them, folded and without padding too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 20 }), (bytes, width) => {
      const text = encodeBase64(bytes, width);
      assert.deepEqual(decodeBase64(text), bytes);
      assert.deepEqual(decodeBase64(text.replace(/=+$/, '')), bytes);
      assert.deepEqual(new Uint8Array(Buffer.from(text, 'base64')), bytes);
    }),
  );
});

test('what is no base 64 is null', () => {
  for (const text of ['*', 'AAAA=AAA', 'A', 'AAAAA', 'é']) assert.equal(decodeBase64(text), null, text);
  assert.deepEqual(decodeBase64(''), new Uint8Array());
});
