import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { shellQuote } from '../../src/hypervisor/runbook.ts';
import { decodeBytes, encodeText } from '../../src/system/bytes.ts';

test('bash reads a quoted word as exactly the text, and a terminal sees no control character', () => {
  const letter = fc.oneof(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      ' ',
      '\n',
      '\t',
      '\u001b',
      '!',
      '*',
      '\u00e9',
      '\u{1f600}',
      '\udcff',
      '0',
      'a',
    ),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  const words = fc.sample(
    fc.string({ unit: letter, minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0')),
    500,
  );
  const quoted = words.map(shellQuote);
  for (const word of quoted) assert.doesNotMatch(word, /[\u0000-\u001f\u007f-\u009f]/);
  const script = Buffer.from(encodeText(`printf '%s\\0' ${quoted.join(' ')}`));
  const { stdout, status } = spawnSync('bash', [], { input: script, env: { LC_ALL: 'C' } });
  assert.equal(status, 0);
  assert.deepEqual(
    decodeBytes(stdout).split('\0').slice(0, -1),
    words.map((word) => decodeBytes(encodeText(word))),
  );
});
