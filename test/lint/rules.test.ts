import { describeFinding } from '../../src/findings/settle.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintConfiguration } from '../../src/lint/lint.ts';
import { rules } from '../../src/lint/rules/all.ts';
import type { Example } from '../../src/findings/rule.ts';
import type { Rule } from '../../src/lint/rule.ts';
import { viewExample } from './example.ts';

async function lint(example: Example) {
  return lintConfiguration(await viewExample(example));
}

for (const rule of rules) {
  test(`${rule.id} ${rule.name}: each bad example yields it and nothing else`, async () => {
    assert.ok(rule.bad.length > 0 && rule.good.length > 0, 'it has examples');
    for (const example of rule.bad) {
      const findings = await lint(example);
      const told = findings.map(describeFinding).join('\n');
      assert.deepEqual([...new Set(findings.map((finding) => finding.rule))], [rule.id], told);
      for (const { place, message } of findings) {
        assert.ok(place.source.origin === undefined, 'its place is in a file that a person wrote');
        assert.ok(place.span.end <= place.source.text.length);
        assert.match(message, /^[^A-Z.]|^'|^DHCP/, 'a message begins in lower case');
      }
    }
  });
  test(`${rule.id} ${rule.name}: no good example yields anything`, async () => {
    for (const example of rule.good) assert.deepEqual((await lint(example)).map(describeFinding), []);
  });
}

test('ids and names are unique, ordered, and in their bands', () => {
  const ids = rules.map(({ id }: Rule) => id);
  assert.deepEqual(ids, [...new Set(ids)].sort());
  assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
  for (const { id, name } of rules) assert.match(`${id} ${name}`, /^FO[0-469]\d\d [a-z0-9-]+$/);
});
