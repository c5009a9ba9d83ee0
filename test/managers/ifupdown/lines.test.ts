import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printLines, splitLines } from '../../../src/managers/ifupdown/lines.ts';
import { parseInterfaces } from '../../../src/managers/ifupdown/parse.ts';
import { expandWords } from '../../../src/text/word-expansion.ts';
import { textAt } from '../../../src/text/source.ts';
import { interfacesText } from './random.ts';

const seed = Math.floor(Math.random() * 0x7fffffff);

test(`parse then print gives the same bytes (seed ${seed})`, () => {
  const hostile = fc.string({
    unit: fc.constantFrom('\\', '\n', '\r', '#', ' ', '\t', 'a', '\0', 'iface', '/', '\udc80'),
  });
  fc.assert(
    fc.property(fc.oneof(interfacesText, hostile), (text) => {
      const source = { path: 'interfaces', text };
      assert.equal(printLines(splitLines(source)), text);
      assert.equal(printLines(parseInterfaces(source).lines), text);
    }),
    { seed, numRuns: 500 },
  );
});

test(`the place of a word is the word (seed ${seed})`, () => {
  fc.assert(
    fc.property(interfacesText, (text) => {
      for (const line of splitLines({ path: 'interfaces', text })) {
        for (const { value, place } of line.words) assert.equal(textAt(place).replaceAll('\\\n', ''), value);
      }
    }),
    { seed },
  );
});

test('a continuation joins what follows, comment or not, and a comment is never continued', () => {
  const texts = (text: string) => splitLines({ path: 'interfaces', text }).map((line) => `${line.kind}: ${line.text}`);
  assert.deepEqual(texts('auto a\\\n#b\n'), ['text: auto a#b']);
  assert.deepEqual(texts('# a\\\nauto b\n'), ['comment: # a\\', 'text: auto b']);
  assert.deepEqual(texts(' \\\n# a \\\nb'), ['text: # a b']);
  assert.deepEqual(texts('auto a\\ \nauto b'), ['text: auto a\\', 'text: auto b']);
});

test('a word is cut after 79 bytes', () => {
  const [line] = splitLines({ path: 'interfaces', text: `auto ${'e'.repeat(90)} ${'é'.repeat(50)}` });
  assert.deepEqual(
    line?.words.map(({ value }) => value.length),
    [4, 79, 39],
  );
});

test('wordexp: words, quotes, and what it refuses', () => {
  assert.deepEqual(expandWords('/a/* "b c" \'*\''), { outcome: 'words', words: ['/a/*', 'b c', '\\*'] });
  assert.deepEqual(
    ['a{b,c}', 'a `b`', '$(b)', '"a', 'a\\', '$HOME/a', '~/a'].map((text) => expandWords(text).outcome),
    ['fails', 'fails', 'fails', 'fails', 'fails', 'unknown', 'unknown'],
  );
});
