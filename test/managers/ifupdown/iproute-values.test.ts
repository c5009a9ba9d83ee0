import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isHardwareAddress,
  isIPv4,
  isNetmask,
  isScope,
  isUnsigned,
  lengthOf,
} from '../../../src/managers/ifupdown/iproute-values.ts';

const sort = (isGood: (text: string) => boolean, texts: readonly string[]) => texts.filter(isGood);

test('IPv4 addresses may be short', () => {
  const good = ['10', '10.0', '10.0.0.255', '0.0.0.0'];
  assert.deepEqual(sort(isIPv4, [...good, '10.0.0.256', '10.', '1.2.3.4.5', 'x', '', '10.0.0.1/24']), good);
});

test('a netmask is a length, or ones and then zeros', () => {
  const good = ['0', '24', '32', '255.255.255.0', '255.255', '0.0.0.0'];
  assert.deepEqual(sort(isNetmask, [...good, '33', '255', '255.0.255.0', '0.0.0.1', '-1', '']), good);
});

test('numbers as C writes them, up to the most', () => {
  const upTo255 = (text: string) => isUnsigned(text, 255);
  assert.deepEqual(sort(upTo255, ['0', '255', '0xff', '0XFF', '256', '0x100', '-1', '1.5', '', 'ff']), [
    '0',
    '255',
    '0xff',
    '0XFF',
  ]);
});

test('scopes by name and by number', () => {
  const good = ['global', 'link', 'host', 'site', 'nowhere', '0', '255'];
  assert.deepEqual(sort(isScope, [...good, 'universe', '256', '']), good);
});

test('hardware addresses: six bytes, not multicast, or random', () => {
  const good = ['random', '02:00:00:00:00:01', 'ether 2:0:0:0:0:1', '52:54:00:AB:cd:ef'];
  const bad = [
    '01:00:00:00:00:01',
    '02:00:00:00:00',
    '02:00:00:00:00:01:02',
    '02-00-00-00-00-01',
    'gg:00:00:00:00:01',
    '',
  ];
  assert.deepEqual(sort(isHardwareAddress, [...good, ...bad]), good);
});

test('the length after the slash', () => {
  assert.equal(lengthOf('10.0.0.1/24'), 24);
  assert.equal(lengthOf('10.0.0.1/ 8x'), 8);
  assert.ok(Number.isNaN(lengthOf('10.0.0.1')));
  assert.ok(Number.isNaN(lengthOf('10.0.0.1/x')));
});
