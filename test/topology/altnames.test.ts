import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPossibleNames, mayBeCalled } from '../../src/topology/altnames.ts';
import type { LinkFacts } from '../../src/topology/guest.ts';

const facts = (fields: Partial<LinkFacts>): LinkFacts => ({
  role: 'none',
  group: null,
  name: 'lan0',
  kernelName: undefined,
  altnames: undefined,
  mac: undefined,
  permanentMac: undefined,
  driver: undefined,
  parentDriver: undefined,
  kind: null,
  type: 'ether',
  idPath: undefined,
  properties: undefined,
  master: null,
  ...fields,
});

const may = (
  fields: Partial<LinkFacts>,
  pattern: string,
  others: readonly string[] = [],
  given: readonly string[] = [],
) => mayBeCalled(findPossibleNames(facts(fields), others, given, true), pattern);

test('a name that no policy makes is nobody’s altname, unless a .link file gives it', () => {
  for (const name of ['docker0', 'br0', 'lan1', 'tun7', 'eth0', 'bond*', 'wl*', 'veth?*', 'enslaved'])
    assert.equal(may({}, name), false, name);
  for (const name of ['eno1', 'ens10', 'enp0s3', 'en*', 'enp0s[0-9]', '*', 'e?s1*', 'enP2p1s0f1np0'])
    assert.equal(may({}, name), true, name);
  assert.equal(may({}, 'br0', [], ['br0']), true);
  assert.equal(may({}, 'enx52540000125?'), false, 'no MAC is known');
  assert.equal(may({ permanentMac: '52:54:00:00:12:53' }, 'enx525400001253'), true);
});

test('a name that another link holds is no altname', () => {
  assert.equal(may({ name: 'ens11' }, 'enp1s0', ['enp1s0']), false);
  assert.equal(may({ name: 'ens11' }, 'enp1s0'), true);
});

test('the names that come after the one in use, on the slot where the device is', () => {
  const standby: Partial<LinkFacts> = { role: 'standby', name: 'ens10nsby', pciAddress: '0000:00:0a.0' };
  assert.equal(may(standby, 'enp0s10nsby'), true);
  assert.equal(may(standby, 'enp0s10'), false, "a standby's port is called sby");
  assert.equal(may(standby, 'enp0s9nsby'), false, 'another slot');
  assert.equal(may(standby, 'eno1'), false, 'an onboard name would have been its name');
  assert.equal(may({ name: 'enp2s0', role: 'primary' }, 'ens1'), false);
  assert.equal(may({ name: 'eno1', role: 'primary' }, 'ens1np0'), true);
  const other = findPossibleNames(facts({ name: 'enp2s0' }), [], [], false);
  assert.equal(mayBeCalled(other, 'ens1'), true, 'a .link file may have another policy');
});
