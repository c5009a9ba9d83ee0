import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKnownToUdev, isUdevBusy } from '../../src/inventory/udev.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const known = (entry: MemoryEntry | null, files: Readonly<Record<string, MemoryEntry>> = {}) =>
  isKnownToUdev(
    memorySystem({
      '/sys/class/net/ens10/ifindex': '3\n',
      '/run/udev/data/c1:1': '',
      ...(entry === null ? {} : { '/run/udev/data/n3': entry }),
      ...files,
    }),
    'ens10',
  );

test('at work as long as its queue is there', () => {
  assert.equal(isUdevBusy(memorySystem({ '/run/udev/queue': '' })), true);
  assert.equal(isUdevBusy(memorySystem({ '/run/udev/control': '' })), false);
});

test('known by an entry that is initialized and not being renamed', () => {
  assert.equal(known('I:123\nE:ID_NET_DRIVER=net_failover\n'), true);
  assert.equal(known('E:ID_NET_DRIVER=net_failover\n'), false);
  assert.equal(known('I:123\nE:ID_RENAMING=1\n'), false);
  assert.equal(known('I:123\nE:ID_RENAMING=10\n'), true);
  assert.equal(known(null), false);
});

test('without a database, or without the link, nobody says that it is not', () => {
  assert.equal(isKnownToUdev(memorySystem({ '/sys/class/net/ens10/ifindex': '3\n' }), 'ens10'), true);
  assert.equal(isKnownToUdev(memorySystem({ '/run/udev/data/n3': '' }), 'ens10'), true);
});
