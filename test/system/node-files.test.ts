import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeBytes } from '../../src/system/bytes.ts';
import { decodeFile, readToEnd } from '../../src/system/node-files.ts';

test('what is larger than the limit is not read on, whatever its size', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'failoverctl-read-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'large');
  writeFileSync(path, 'text');
  const readTo = (limit: number) => {
    const file = openSync(path, 'r');
    try {
      const length = readToEnd(file, 0, limit)?.length ?? null;
      const [, position] = /^pos:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8')) ?? [];
      return [length, Number(position)];
    } finally {
      closeSync(file);
    }
  };
  assert.deepEqual(readTo(4), [4, 4]);
  assert.deepEqual(readTo(3), [null, 4]);
  truncateSync(path, 100 * 1024 * 1024); // without a block of the disk
  assert.deepEqual(readTo(1024 * 1024), [null, 1024 * 1024 + 1]);
  truncateSync(path, 300_000);
  assert.deepEqual(readTo(1024 * 1024), [300_000, 300_000]);
});

test('the quick way to decode is the slow one', () => {
  for (const bytes of ['', 'a', 'ä€𝄞', '\ufeffx', 'x\0y\u007f\u0080'].map((text) => Buffer.from(text)))
    assert.equal(decodeFile(bytes), decodeBytes(bytes));
  const wrong = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0xe2, 0x82]];
  for (const bytes of wrong.map((one) => Buffer.from(one))) assert.equal(decodeFile(bytes), decodeBytes(bytes));
});
