import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBoundLinks, packetFilterGlobs } from '../../src/lint/packet-filter.ts';
import { fnmatch } from '../../src/text/fnmatch.ts';

function namesOf(text: string): readonly string[] {
  const found = findBoundLinks(text);
  for (const { name, start, end } of found) assert.equal(text.slice(start, end), name, 'its place holds it');
  return found.map(({ name }) => name);
}

const chain = (hook: string) =>
  `table netdev t {\n  chain in {\n    type filter hook ingress ${hook} priority 0;\n  }\n}\n`;

test('a chain names one link, quoted or bare, or several', () => {
  assert.deepEqual(namesOf(chain('device enp2s0')), ['enp2s0']);
  assert.deepEqual(namesOf(chain('device "enp2s0"')), ['enp2s0']);
  assert.deepEqual(namesOf(chain('devices = { enp1s0, "enp2s0", eth0.5 }')), ['enp1s0', 'enp2s0', 'eth0.5']);
});

test('a flowtable names links over several lines', () => {
  const text =
    'table inet x {\n  flowtable f {\n    hook ingress priority 0\n    devices = {\n      enp2s0,\n      enp1s0\n    }\n  }\n}\n';
  assert.deepEqual(namesOf(text), ['enp2s0', 'enp1s0']);
});

test('behind a variable, the place is where it is defined', () => {
  const text = `define wan = enp2s0\ndefine both = { $wan, lan0 }\n${chain('devices = $both')}`;
  assert.deepEqual(namesOf(text), ['enp2s0', 'lan0']);
  assert.deepEqual(namesOf(chain('device $nobody')), []);
});

test('a rule that compares the index is bound to the link', () => {
  const rule = (what: string) => `table inet x { chain c { ${what} accept; } }\n`;
  assert.deepEqual(namesOf(rule('iif enp2s0')), ['enp2s0']);
  assert.deepEqual(namesOf(rule('oif != "enp2s0"')), ['enp2s0']);
  assert.deepEqual(namesOf(rule('iif { lo, enp2s0 }')), ['lo', 'enp2s0']);
});

test('comments, and rules that compare the name, are not', () => {
  assert.deepEqual(namesOf('# type filter hook ingress device enp2s0 priority 0;\n'), []);
  assert.deepEqual(namesOf('table inet x { chain c { iifname "enp2s0" counter; meta oifname enp2s0 accept; } }\n'), []);
  assert.deepEqual(namesOf('table inet x { chain c { log prefix "device # "; } } # device enp2s0\n'), []);
});

test('garbage of any length is read once', () => {
  for (const part of ['device ', 'devices = { ', 'define a = { ', '"', '$', '#'])
    assert.ok(findBoundLinks(part.repeat(10_000)).length <= 10_000);
});

test('where distributions keep rulesets', () => {
  const isRead = (path: string) =>
    packetFilterGlobs.some((glob) => fnmatch(glob, path, { pathname: true, period: true }));
  for (const path of ['/etc/nftables.conf', '/etc/nftables.d/10-wan.nft', '/etc/sysconfig/nftables.conf'])
    assert.ok(isRead(path));
  for (const path of ['/etc/nftables.conf.bak', '/etc/nft/x.nft']) assert.ok(!isRead(path));
});
