import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { treeOf } from './tree.ts';

const networkd = {
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': { link: '/x' },
  '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nsystemd-network:x:998:998::/:/bin/false\n',
};

async function install(mode: number) {
  const system = memorySystem({
    ...networkd,
    '/etc/systemd/network': { directory: true, mode },
  });
  const before = treeOf(system);
  const status = await main(['install', '--generic', '--manager', 'networkd'], system);
  return { status, stderr: system.stderr, changed: JSON.stringify(treeOf(system)) !== JSON.stringify(before) };
}

test('a folder that networkd cannot enter: exit 3 with folder and mode, and nothing is written', async () => {
  const { status, stderr, changed } = await install(0o700);
  assert.deepEqual([status, changed], [3, false]);
  assert.match(
    stderr,
    /'\/etc\/systemd\/network': mode 0700 of root; expected 0755: its daemon reads as user systemd-network; nothing has been changed/,
  );
});

test('a folder that others may enter is open, one for the group alone is not', async () => {
  assert.equal((await install(0o755)).status, 0);
  assert.equal((await install(0o750)).status, 3);
});
