import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { encodeBase64 } from '../../src/text/base64.ts';
import { gzip } from '../../src/text/gzip.ts';

function roundTrip(bytes: Uint8Array): void {
  assert.deepEqual(new Uint8Array(gunzipSync(gzip(bytes))), new Uint8Array(bytes));
}

test('zlib unpacks what we pack', () => {
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 700 }))
      .map(([word, times]) => Uint8Array.from({ length: word.length * times }, (_, at) => word[at % word.length] ?? 0)),
  );
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), (chunks) =>
      roundTrip(Uint8Array.from(chunks.flatMap((one) => [...one]))),
    ),
    { numRuns: 300 },
  );
});

test('the ends of what RFC 1951 can say', () => {
  roundTrip(new Uint8Array(0));
  roundTrip(Uint8Array.of(7));
  roundTrip(new Uint8Array(100_000)); // one length, 258, and one distance
  // skewed counts want codes of more than 15 bits
  const skewed: number[] = [];
  for (let symbol = 0, count = 1; symbol < 24; symbol += 1, count = Math.ceil(count * 1.62))
    for (let time = 0; time < count; time += 1) skewed.push((symbol * 7 + time * symbol) & 0xff, symbol);
  roundTrip(Uint8Array.from(skewed));
  // the farthest match: what is 32768 bytes back
  const random = Uint8Array.from({ length: 32_768 }, (_, at) => (at * 2_654_435_761) >>> 24);
  roundTrip(Uint8Array.from([...random, ...random.subarray(0, 300), ...random]));
});

test('a bundle of many blocks, packed nearly as well as by zlib', () => {
  const bytes = readFileSync('package-lock.json');
  roundTrip(bytes);
  const [ours, zlib] = [gzip(bytes).length, gzipSync(bytes, { level: 9 }).length];
  assert.ok(ours < zlib * 1.05, `${ours} bytes, zlib ${zlib}`);
});

test('base 64 is what Node says', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(encodeBase64(bytes), Buffer.from(bytes).toString('base64'));
      assert.equal(encodeBase64(bytes, 76).replaceAll('\n', ''), encodeBase64(bytes));
    }),
  );
  assert.equal(encodeBase64(new Uint8Array(60), 76).split('\n').length, 2);
});
