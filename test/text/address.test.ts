import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { contains, parseAddress, parseIPv4, parseIPv6, parsePrefix } from '../../src/text/address.ts';

test('an address is one exactly where the C library says so', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.stringMatching(/^[0-9a-fA-F:.]{1,24}$/),
    fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){2,4}$/),
    fc.stringMatching(/^[0-9a-f]{0,5}(:[0-9a-f]{0,5}){1,9}$/),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const family = isIP(candidate);
      assert.equal(parseIPv4(candidate) !== null, family === 4, candidate);
      assert.equal(parseIPv6(candidate) !== null, family === 6, candidate);
    }),
    { numRuns: 3000 },
  );
});

test('a zone, blanks and leading zeros are refused', () => {
  for (const text of ['fe80::1%eth0', ' 192.0.2.1', '192.0.2.1 ', '192.0.02.1', '', '::g', '1::2::3', ':::']) {
    assert.equal(parseAddress(text), null, text);
  }
});

test('a prefix needs its length', () => {
  assert.deepEqual(parsePrefix('192.0.2.5/24'), { address: '192.0.2.5', length: 24 });
  assert.deepEqual(parsePrefix('2001:DB8::5/64'), { address: '2001:db8::5', length: 64 });
  for (const text of ['192.0.2.5', '192.0.2.5/', '192.0.2.5/33', '192.0.2.5/024', '::/129', '::1/-1', '192.0.2.5/24/1'])
    assert.equal(parsePrefix(text), null, text);
});

test('a prefix contains what shares its bits', () => {
  const inside = (prefix: string, address: string): boolean => {
    const parsed = parsePrefix(prefix);
    assert.ok(parsed);
    return contains(parsed, address);
  };
  assert.ok(inside('192.0.2.5/24', '192.0.2.1'));
  assert.ok(!inside('192.0.2.5/24', '192.0.3.1'));
  assert.ok(inside('192.0.2.5/31', '192.0.2.4'));
  assert.ok(!inside('192.0.2.5/31', '192.0.2.6'));
  assert.ok(inside('2001:db8::5/64', '2001:db8:0:0:ffff::1'));
  assert.ok(!inside('2001:db8::5/64', '2001:db8:0:1::1'));
  assert.ok(inside('::ffff:192.0.2.1/120', '::ffff:c000:2ff'));
  assert.ok(!inside('0.0.0.0/1', '::1'), 'of two families');
});
