import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, gzipSync, constants } from 'node:zlib';
import fc from 'fast-check';
import { gunzip } from '../../src/text/gunzip.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('what zlib packs is unpacked, whatever kind of blocks it makes', () => {
  const any = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.string({ maxLength: 3000, unit: 'grapheme' }).map(bytesOf),
  );
  fc.assert(
    fc.property(
      any,
      fc.constantFrom(0, 1, 9),
      fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED),
      (bytes, level, strategy) => {
        assert.deepEqual(gunzip(new Uint8Array(gzipSync(bytes, { level, strategy }))), bytes);
      },
    ),
    { numRuns: 60, seed: 18 },
  );
  const long = bytesOf('[Match]\nName=en*\n'.repeat(5000));
  assert.deepEqual(gunzip(new Uint8Array(gzipSync(long))), long);
});

test('a name and a comment in the header are passed over', () => {
  const head = [0x1f, 0x8b, 8, 8 | 16, 0, 0, 0, 0, 0, 3, 0x61, 0, 0x62, 0];
  const packed = Uint8Array.from([...head, ...deflateRawSync('text')]);
  assert.deepEqual(gunzip(packed), bytesOf('text'));
});

test('what is no gzip, is cut off, or grows without end is null', () => {
  assert.equal(gunzip(bytesOf('[Match]')), null);
  const whole = new Uint8Array(gzipSync('some text that is long enough to be cut'));
  assert.equal(gunzip(whole.slice(0, 20)), null);
  assert.equal(gunzip(new Uint8Array(gzipSync(new Uint8Array(5 * 1024 * 1024)))), null);
});

test('random bytes behind a gzip header never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
      gunzip(Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...rest]));
    }),
    { numRuns: 200, seed: 18 },
  );
});
