import { allRules } from '../../src/findings/settle.ts';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { lintDomain } from '../../src/hypervisor/lint-domain.ts';
import { exampleDomain, goodPair, noHost } from '../../src/hypervisor/rules/rule.ts';

const lint = (text: string) => lintDomain({ path: 'vm.xml', text }, noHost, allRules);

/** A domain with a piece cut out, put elsewhere, or with a letter of XML's own in it. */
const pieces = fc.constantFrom(
  '<',
  '>',
  '/',
  '&',
  ';',
  '"',
  "'",
  '=',
  '<!--',
  '-->',
  '--',
  ']]>',
  '<![CDATA[',
  '<?',
  '<?a b?>',
  '<?a+?>',
  "<?xml version='1.0'?>",
  '<!DOCTYPE domain>',
  '<!DOCTYPE>',
  '<!a>',
  '?>',
  '<a>',
  '</a>',
  ' ',
  '\n',
  '&lt;',
  '&#0;',
  '&#65;',
  '\u0001',
  '\ufffe',
  'x',
);
const seedText = exampleDomain(goodPair);
const mutated = fc
  .array(
    fc.tuple(
      fc.oneof(fc.nat(seedText.length), fc.constantFrom(0, seedText.length)),
      fc.nat(3),
      fc.oneof(pieces, fc.constant('')),
    ),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  .map((edits) =>
    edits.reduce((text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), seedText),
  );

test('no text makes the lint throw, and each finding lies within it', () => {
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
      const findings = lint(text);
      if (typeof findings === 'string') return;
      for (const { place, fix } of findings) {
        for (const { span } of [place, ...(fix?.edits ?? []).map((edit) => edit.place)]) {
          assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length, `${span.start}-${span.end}`);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

function needsXmllint(t: TestContext): boolean {
  if (existsSync('/usr/bin/xmllint')) return true;
  if (process.env['CI'] === 'true') assert.fail('not installed: xmllint (libxml2-utils)');
  t.skip('not installed: xmllint (libxml2-utils)');
  return false;
}

/** Whether libxml2, which libvirt reads with, takes each text. */
function areWellFormed(texts: readonly string[]): readonly boolean[] {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-xml-'));
  try {
    const names = texts.map((text, index) => {
      const name = join(directory, `${index}.xml`);
      writeFileSync(name, text);
      return name;
    });
    const { stderr } = spawnSync('xmllint', ['--noout', '--nonet', ...names], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const refused = new Set([...stderr.matchAll(/^(\S+\.xml):\d+: \S* ?(?:parser )?error/gm)].map(([, name]) => name));
    return names.map((name) => !refused.has(name));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What was put in, and what stands around it. */
function aroundChange(text: string): string {
  let at = 0;
  while (at < text.length && text[at] === seedText[at]) at += 1;
  let left = 0;
  while (left < text.length - at && text.at(-1 - left) === seedText.at(-1 - left)) left += 1;
  return text.slice(Math.max(0, at - 15), text.length - left + 15);
}

test('FO500 is found exactly where libxml2 refuses the text', (t) => {
  if (!needsXmllint(t)) return;
  const seed = Number(process.env['FC_SEED'] ?? 7);
  t.diagnostic(`seed ${seed}`);
  const texts = fc.sample(mutated, { numRuns: 1500, seed });
  const verdicts = areWellFormed(texts);
  const differing = texts.filter((text, index) => {
    const findings = lint(text);
    const ours = typeof findings === 'string' || !findings.some(({ rule }) => rule === 'FO500');
    return ours !== verdicts[index];
  });
  t.diagnostic(`${verdicts.filter((one) => !one).length} of ${texts.length} refused by libxml2`);
  assert.ok(verdicts.includes(true) && verdicts.includes(false));
  assert.deepEqual(differing.map(aroundChange), []);
});

const corpus = '../shared/corpora/libvirt';

test("libvirt's own cases: what it accepts has no error of ours, and its teaming pairs lint as they should", (t) => {
  if (!existsSync(corpus)) {
    t.skip(`${corpus} is missing`);
    return;
  }
  const accepted: string[] = [];
  for (const folder of readdirSync(corpus)) {
    for (const name of readdirSync(join(corpus, folder)).filter((one) => one.endsWith('.xml'))) {
      const findings = lint(readFileSync(join(corpus, folder, name), 'utf8'));
      assert.ok(typeof findings !== 'string', `${name}: ${String(findings)}`);
      accepted.push(name);
      const errors = findings
        .filter(({ severity }) => severity === 'error')
        .map(({ rule, message }) => `${rule} ${message}`);
      if (!name.includes('teaming')) assert.deepEqual(errors, [], name);
      else t.diagnostic(`${folder}/${name}: ${findings.map(({ rule }) => rule).join(' ') || 'nothing'}`);
    }
  }
  assert.ok(accepted.length > 100, String(accepted.length));
});
