import { allRules } from '../../src/findings/settle.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintDomain } from '../../src/hypervisor/lint-domain.ts';
import { domainRules } from '../../src/hypervisor/rules/all.ts';
import { noHost, type HostView } from '../../src/hypervisor/rules/rule.ts';
import { applyFixes } from '../../src/findings/apply-fixes.ts';
import type { Finding } from '../../src/findings/finding.ts';

function lint(text: string, host: HostView = noHost): readonly Finding[] {
  const findings = lintDomain({ path: 'vm.xml', text }, host, allRules);
  assert.ok(typeof findings !== 'string', String(findings));
  return findings;
}

/** The ids of the rules that find something, in order. */
function findingsIn(text: string, host: HostView = noHost): readonly string[] {
  return lint(text, host).map(({ rule }) => rule);
}

/** The text after one pass of fixes. */
function mend(text: string, host: HostView): string {
  return applyFixes(lint(text, host), true).files[0]?.after ?? text;
}

for (const rule of domainRules) {
  test(`${rule.id} ${rule.name}: each bad example yields it alone, each good one nothing`, () => {
    const host = rule.exampleHost ?? noHost;
    for (const text of rule.bad) {
      const found = findingsIn(text, host);
      assert.ok(found.length > 0, `nothing in\n${text}`);
      assert.deepEqual(new Set(found), new Set([rule.id]), text);
    }
    for (const text of rule.good) assert.deepEqual(findingsIn(text, host), [], text);
  });
}

/** Those that can be mended by what the domain says itself. */
const mendable = new Set(['FO501', 'FO502', 'FO503', 'FO504', 'FO511', 'FO512', 'FO515', 'FO516']);

test('a fix mends what it says, leaves nothing new, and made twice is the same as once', () => {
  const mended = new Set<string>();
  for (const rule of domainRules) {
    const host = rule.exampleHost ?? noHost;
    for (const text of rule.bad) {
      const before = lint(text, host);
      const once = mend(text, host);
      if (before.every(({ fix }) => fix === null)) {
        assert.equal(once, text);
        continue;
      }
      mended.add(rule.id);
      assert.deepEqual(findingsIn(once, host), [], once);
      assert.equal(mend(once, host), once);
    }
  }
  assert.deepEqual(mended, mendable);
});

test('what depends on the host is told only of a host that is known', () => {
  const [text = ''] = domainRules.find(({ id }) => id === 'FO513')?.good ?? [];
  const old: HostView = { ...noHost, libvirtVersion: [6, 0, 0], qemuVersion: [4, 1, 9] };
  assert.deepEqual(findingsIn(text, old), ['FO514', 'FO514']);
  const recent: HostView = { ...noHost, libvirtVersion: [6, 1, 0], qemuVersion: [10, 0, 2] };
  assert.deepEqual(findingsIn(text, recent), []);
  const elsewhere: HostView = { ...noHost, virtualFunction: (address) => `this host has no PCI device ${address}` };
  assert.deepEqual(findingsIn(text, elsewhere), ['FO513']);
});
