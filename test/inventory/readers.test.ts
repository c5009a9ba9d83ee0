import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDirectoryDenial, findFileDenial, findReader } from '../../src/inventory/readers.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';

const accounts = {
  '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nsystemd-network:x:998:997::/:/usr/sbin/nologin\n',
  '/etc/group': 'systemd-network:x:997:\nextra:x:50:other,systemd-network\nno:x:51:systemd-network2\n',
};
const reader = findReader(memorySystem(accounts), 'systemd-network');
const denial = (entry: MemoryEntry) => {
  const status = memorySystem({ '/a': entry }).stat('/a');
  assert.ok(!isFailure(status));
  return findFileDenial(status, '/a', reader);
};

test('a user and its groups; one that is not there owns nothing', () => {
  assert.deepEqual([reader.uid, [...reader.gids].sort()], [998, [50, 997]]);
  const nobody = findReader(memorySystem({}), 'systemd-network');
  assert.deepEqual([nobody.uid, [...nobody.gids]], [undefined, []]);
});

test('the first of owner, group and others decides, and no other', () => {
  const file = (mode: number, uid = 0, gid = 0) => denial({ text: '', mode, uid, gid }) === null;
  assert.equal(file(0o644), true);
  assert.equal(file(0o600), false);
  assert.equal(file(0o640, 0, 997), true);
  assert.equal(file(0o640, 0, 51), false);
  assert.equal(file(0o400, 998), true);
  assert.equal(file(0o044, 998, 997), false, 'the owner may not, though others may');
  assert.equal(file(0o604, 0, 50), false, 'the group may not, though others may');
  assert.equal(
    denial({ text: '', mode: 0o600 })?.message,
    'mode 0600 of root; expected 0644: its daemon reads as user systemd-network',
  );
});

test('each directory above is entered, the last one listed too', () => {
  const at = (modes: readonly [number, number]) =>
    findDirectoryDenial(
      memorySystem({ '/etc': { directory: true, mode: modes[0] }, '/etc/x': { directory: true, mode: modes[1] } }),
      '/etc/x',
      reader,
    )?.path;
  assert.equal(at([0o755, 0o755]), undefined);
  assert.equal(at([0o711, 0o755]), undefined);
  assert.equal(at([0o755, 0o711]), '/etc/x');
  assert.equal(at([0o700, 0o755]), '/etc');
  assert.equal(findDirectoryDenial(memorySystem({}), '/none', reader), null);
});
