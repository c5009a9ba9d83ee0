/** Documentation cannot lie: what it shows of the program is what the program prints now. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { commands, hostCommands } from '../../src/commands/all.ts';
import { readDocsBlock } from './block.ts';
import { blocks } from './generated.ts';

for (const { file, name, make } of blocks)
  test(`${file}: ${name} is current ('npm run docs' writes it)`, async () => {
    assert.equal(readDocsBlock(readFileSync(file, 'utf8'), name), (await make()).trim());
  });

const pages = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))].filter((name) =>
  name.endsWith('.md'),
);

test('links between pages lead somewhere', () => {
  for (const page of pages)
    for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
      assert.doesNotThrow(() => readFileSync(normalize(join(dirname(page), target))), /ENOENT/, `${page}: ${target}`);
});

test('commands that pages show are there', () => {
  for (const page of pages)
    for (const [, first = '', second = ''] of readFileSync(page, 'utf8').matchAll(
      /^(?: {4,}|\$ )failoverctl ([a-z-]+)(?: ([a-z-]+))?/gm,
    )) {
      assert.ok(first in commands, `${page}: failoverctl ${first}`);
      if (first === 'host') assert.ok(second in hostCommands, `${page}: failoverctl host ${second}`);
    }
});

test('README.md stays short', () => {
  assert.ok(Buffer.byteLength(readFileSync('README.md')) < 10_240);
});
