import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBytes } from '../../src/system/bytes.ts';
import { assignmentsOf, findTrailingComment, parseIni, printIni, spanInValue } from '../../src/text/ini.ts';

const parse = (text: string) => parseIni({ path: 'x.network', text });
const sliced = (text: string, { start, end }: { start: number; end: number }) => text.slice(start, end);

test('sections, keys and values have their places', () => {
  const text = '# top\n[Match]\n  Name = en* \n\n[Network]\nDHCP=yes\nAddress=\n';
  const document = parse(text);
  assert.deepEqual(
    assignmentsOf(document).map(({ section, key, value, line, keySpan, valueSpan }) => [
      section?.name,
      key,
      value,
      line,
      sliced(text, keySpan),
      sliced(text, valueSpan),
    ]),
    [
      ['Match', 'Name', 'en*', 3, 'Name', 'en*'],
      ['Network', 'DHCP', 'yes', 6, 'DHCP', 'yes'],
      ['Network', 'Address', '', 7, 'Address', ''],
    ],
  );
  assert.deepEqual(document.faults, []);
});

test('a continued line is joined by a space, and comments inside it are passed over', () => {
  const text = '[Match]\nName=a \\\n# not this\n   b\\\n;nor this\nc\nDriver=d\n';
  const [name, driver] = assignmentsOf(parse(text));
  assert.equal(name?.value, 'a     b c');
  assert.equal(name?.line, 6, 'the daemon names the last physical line');
  assert.ok(name !== undefined && driver?.value === 'd');
  const words = [...name.value.matchAll(/\S+/g)].map(({ 0: word, index }) =>
    sliced(text, spanInValue(name, index, index + word.length)),
  );
  assert.deepEqual(words, ['a', 'b', 'c']);
});

test('an even number of backslashes does not continue a line, and an empty line ends a continued one', () => {
  assert.deepEqual(
    assignmentsOf(parse('[A]\nx=1\\\\\ny=2\\\n\nz=3')).map(({ key, value }) => `${key}=${value}`),
    ['x=1\\\\', 'y=2', 'z=3'],
  );
});

test('a continued line at the end of the file counts one line more', () => {
  const [only] = assignmentsOf(parse('[A]\nx=1\\\n'));
  assert.deepEqual([only?.value, only?.line], ['1', 3]);
});

test('CRLF, a lone CR and NUL end a line, and a byte-order mark is passed over once', () => {
  const values = assignmentsOf(parse('\ufeff[A]\r\nx=1\ry=2\0z=3\n\rw=4')).map(({ key, line }) => `${key}:${line}`);
  assert.deepEqual(values, ['x:2', 'y:3', 'z:4', 'w:5']);
  assert.equal(parse('\ufeff[A]\n\ufeffx=1').pieces.length, 2);
  assert.equal(assignmentsOf(parse('\ufeff[A]\n\ufeffx=1'))[0]?.key, '\ufeffx');
});

test('a header with something after it rejects the file, a line without = is only ignored', () => {
  const rejected = parse('[Match] # here\nName=x\n');
  assert.equal(rejected.rejected?.line, 1);
  assert.match(rejected.rejected?.message ?? '', /\[Match\] # here/);
  const ignored = parse('[Match]\nName x\n=y\n');
  assert.equal(ignored.rejected, null);
  assert.deepEqual(
    ignored.faults.map(({ line, rejects }) => [line, rejects]),
    [
      [2, false],
      [3, false],
    ],
  );
});

test('bytes that are not UTF-8 reject the file, but not in a comment', () => {
  const bytes = (text: string) => decodeBytes(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  assert.equal(parse(bytes('[A]\n# \xff\nx=1\n')).rejected, null);
  assert.equal(parse(bytes('[A]\nx=\xff\n')).rejected?.line, 2);
});

test('a line of a mebibyte rejects the file', () => {
  assert.equal(parse(`[A]\nx=${'a'.repeat(1024 * 1024 - 3)}\n`).rejected, null);
  assert.equal(parse(`[A]\nx=${'a'.repeat(1024 * 1024 - 2)}\n`).rejected?.line, 2);
  assert.equal(parse(`[A]\nx=${'é'.repeat(512 * 1024)}\n`).rejected?.line, 2);
});

test('what looks like a comment after a value is found', () => {
  const text = '[A]\nx=yes # really\ny=#fff\nz=a #\n';
  const found = assignmentsOf(parse(text)).map((assignment) => {
    const span = findTrailingComment(assignment);
    return span === null ? null : sliced(text, span);
  });
  assert.deepEqual(found, ['# really', null, null]);
});

test('print gives back what was parsed, and the pieces leave no gap', (t) => {
  const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
  const ends = ['\n', '\r', '\0', '\\\n', 'a=b\n'];
  const piece = fc.constantFrom(
    '[',
    ']',
    '[A]',
    'x',
    '=',
    ' ',
    '\t',
    '\\',
    '#',
    ';',
    '\ufeff',
    '"',
    'é',
    '\udcff',
    ...ends,
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
      (text) => {
        const document = parse(text);
        assert.equal(printIni(document), text);
        let at = 0;
        for (const { span } of document.pieces) {
          assert.equal(span.start, at);
          assert.ok(span.end > span.start);
          at = span.end;
        }
        assert.equal(at, text.length);
        for (const { keySpan, key } of assignmentsOf(document))
          if (!key.includes(' ')) assert.equal(sliced(text, keySpan), key);
      },
    ),
    { seed, numRuns: 5000 },
  );
  t.diagnostic(`seed ${seed}`);
});

const corpora = '../shared/corpora/systemd';
test('every file of the corpora prints as it was', (t) => {
  if (!existsSync(corpora)) {
    t.skip(`${corpora} is not here`);
    return;
  }
  const files = readdirSync(corpora, { recursive: true, encoding: 'utf8' })
    .map((name) => join(corpora, name))
    .filter((path) => statSync(path).isFile() && !path.includes('rules'));
  for (const path of files) {
    const text = decodeBytes(readFileSync(path));
    assert.equal(printIni(parse(text)), text, path);
  }
  t.diagnostic(`${files.length} files`);
});
