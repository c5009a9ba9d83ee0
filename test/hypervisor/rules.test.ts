import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDomain } from '../../src/hypervisor/domain.ts';
import { domainRules } from '../../src/hypervisor/rules/all.ts';
import { noHost, type HostView } from '../../src/hypervisor/rules/rule.ts';

/** The ids of the rules that find something, in order. */
function findingsIn(text: string, host: HostView = noHost): readonly string[] {
  const { document, domain } = readDomain({ path: 'vm.xml', text });
  assert.deepEqual(document.faults, []);
  assert.ok(domain !== null);
  return domainRules.flatMap((rule) => rule.check(domain, host).map(() => rule.id));
}

for (const rule of domainRules) {
  test(`${rule.id} ${rule.name}: each bad example yields it alone, each good one nothing`, () => {
    for (const text of rule.bad) {
      const found = findingsIn(text);
      assert.ok(found.length > 0, `nothing in\n${text}`);
      assert.deepEqual(new Set(found), new Set([rule.id]), text);
    }
    for (const text of rule.good) assert.deepEqual(findingsIn(text), [], text);
  });
}
