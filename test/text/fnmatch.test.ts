import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { fnmatch, type FnmatchFlags } from '../../src/text/fnmatch.ts';

const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['en*', 'enp1s0', true],
  ['en*', 'xen0', false],
  ['en*nsby', 'ens10nsby', true],
  ['e?h0', 'eth0', true],
  ['eth[0-3]', 'eth2', true],
  ['eth[!0-3]', 'eth2', false],
  ['eth[^0-3]', 'eth4', true],
  ['{eth,en}*', 'eth0', false],
  ['!eth0', 'eth1', false],
  ['!eth0', '!eth0', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['a\\', 'a\\', false],
  ['[', '[', true],
  ['a[b', 'a[b', true],
  ['[]]', ']', true],
  ['[a-]', '-', true],
  ['[[:digit:]]x', '4x', true],
  ['[[:nonsense:]]', 'a', false],
  ['[z-a]', 'm', false],
  ['?', 'é', false], // two bytes
  ['??', 'é', true],
  ['', '', true],
  ['*', '', true],
  ['**a', 'bba', true],
];

for (const [pattern, text, matches] of cases)
  test(`'${pattern}' ${matches ? 'matches' : 'does not match'} '${text}'`, () =>
    assert.equal(fnmatch(pattern, text), matches));

test('a pattern of many stars comes to an end: trying every split would not', () => {
  assert.equal(fnmatch('*a'.repeat(200) + 'b', 'a'.repeat(5000)), false);
});

/** Asks glibc, through Python's ctypes, so that nothing has to be compiled. Bytes go over as hexadecimal. */
const askGlibc = `
import ctypes, sys
libc = ctypes.CDLL('libc.so.6')
libc.setlocale(6, b'C')
for line in sys.stdin:
    pattern, text, flags = line.rstrip('\\n').split(',')
    print(libc.fnmatch(bytes.fromhex(pattern), bytes.fromhex(text), int(flags)))
`;
const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');

test('agrees with glibc on random patterns and texts', (t) => {
  const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
  const pieces = [
    ['a', 'b', 'c', 'A', '.', '/', '-', ']', '!', '^', '0', 'é', '*', '?', '[', '\\', '[ab]', '[!a]', '[a-c]', '[]a]'],
    ['[a-', '[[:alpha:]]', '[[:x:]]', '[[.a.]]', '[[=b=]]', '[^/]', '[\\]]', '[a\\-c]', '[[:', '[[.', '**', '*?'],
  ].flat();
  const piece = fc.constantFrom(...pieces);
  const one = fc.record({
    pattern: fc.array(piece, { maxLength: 6 }).map((chosen) => chosen.join('')),
    text: fc.array(fc.constantFrom('a', 'b', 'c', 'A', '.', '/', '-', '[', ']', '0', 'é', '\\', '!'), { maxLength: 6 }),
    flags: fc.integer({ min: 0, max: 7 }),
  });
  const samples = fc
    .sample(one, { numRuns: 20_000, seed })
    .map(({ pattern, text, flags }) => ({ pattern, text: text.join(''), flags }));
  const input = samples.map(({ pattern, text, flags }) => `${hex(pattern)},${hex(text)},${flags}\n`).join('');
  const { stdout, status } = spawnSync('python3', ['-c', askGlibc], { input, encoding: 'utf8' });
  if (status !== 0) {
    if (process.env['CI'] === 'true') assert.fail('python3 is missing');
    t.skip('python3 with ctypes is missing: glibc was not asked');
    return;
  }
  const answers = stdout.trim().split('\n');
  const wrong = samples.filter(({ pattern, text, flags }, index) => {
    const options: FnmatchFlags = {
      pathname: (flags & 1) !== 0,
      noEscape: (flags & 2) !== 0,
      period: (flags & 4) !== 0,
    };
    return fnmatch(pattern, text, options) !== (answers[index] === '0');
  });
  t.diagnostic(`seed ${seed}: ${samples.length - wrong.length} of ${samples.length} agree with glibc`);
  assert.deepEqual(wrong.slice(0, 20), []);
});
