import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFileReader } from '../../src/judgement/file-reader.ts';
import { readSystemFiles } from '../../src/judgement/read-system.ts';
import { memorySystem } from '../../src/system/memory.ts';

const tree = {
  '/etc/netplan/50-x.yaml': 'network: {ethernets: {ens10: {dhcp4: true}}}\n',
  '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
};
const reader = () => createFileReader(memorySystem(tree));

test('of a whole system, what those who act there read, and no others', async () => {
  const { managers, files, acting } = await readSystemFiles(reader(), new Set(['netplan', 'networkd']));
  assert.equal(files.get('netplan')?.length, 1);
  assert.ok(!managers.has('ifupdown') && !files.has('ifupdown'));
  assert.deepEqual(acting, new Set(['netplan', 'networkd']));
});

test('of a part of a system, whoever would read what is written there acts too', async () => {
  const whole = await readSystemFiles(reader(), new Set(['netplan']), false);
  assert.ok(!whole.managers.has('networkd'));
  const { managers, acting, actingIfWrittenFor, context } = await readSystemFiles(reader(), new Set(['netplan']), true);
  assert.ok(managers.has('networkd') && acting?.has('networkd') === true);
  assert.ok(
    managers.has('networkmanager') && !acting.has('networkmanager'),
    'it acts unasked: only on what is written for it',
  );
  assert.ok(actingIfWrittenFor?.has('networkmanager') === true);
  assert.equal(context.partial, true);
});

test('a manager without a file there brings nobody in', async () => {
  const empty = createFileReader(memorySystem({}));
  assert.deepEqual([...(await readSystemFiles(empty, new Set(['netplan']), true)).managers.keys()], ['netplan']);
});
