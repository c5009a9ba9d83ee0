/** `install --root` on a part of a system: configuration without programs, of a distribution that is not Debian's kin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

async function install(files: Readonly<Record<string, MemoryEntry>>) {
  const tree = Object.fromEntries(Object.entries(files).map(([path, entry]) => [`/m${path}`, entry]));
  const system = memorySystem(tree);
  const status = await main(['install', '--root', '/m'], system);
  return {
    status,
    stderr: system.stderr,
    paths: [...system.stdout.matchAll(/^wrote (\S+)$/gm)].map(([, path]) => path),
  };
}

const interfaces = 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n';

test("Alpine's interfaces are read by an ifup that we cannot guard: refused, nothing written", async () => {
  const { status, stderr, paths } = await install({
    '/etc/os-release': 'ID=alpine\nVERSION_ID=3.19.1\n',
    '/etc/network/interfaces': interfaces,
  });
  assert.equal(status, 3);
  assert.match(stderr, /the ifup of this distribution is not Debian's: .*; nothing has been changed/);
  assert.deepEqual(paths, []);
});

test("the same without os-release, or of Debian's kin, is guarded as ifupdown", async () => {
  for (const release of [{}, { '/etc/os-release': 'ID=raspbian\nID_LIKE=debian\n' }]) {
    const { status, paths } = await install({ ...release, '/etc/network/interfaces': interfaces });
    assert.equal(status, 0);
    assert.ok(paths.includes('/etc/network/if-pre-up.d/net-failover'), paths.join(' '));
  }
});

test("SUSE's wicked has no guard: refused with what to do", async () => {
  const { status, stderr, paths } = await install({
    '/etc/os-release': 'ID="sles"\nID_LIKE="suse"\n',
    '/etc/sysconfig/network/ifcfg-eth0': "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n",
  });
  assert.equal(status, 3);
  assert.match(stderr, /wicked has no list of links to leave alone; .*STARTMODE=off/);
  assert.deepEqual(paths, []);
});

test("ifcfg files of RHEL are NetworkManager's, which gets its guard", async () => {
  const { status, paths } = await install({
    '/etc/os-release': 'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
    '/etc/sysconfig/network-scripts/ifcfg-eth0': 'DEVICE=eth0\nBOOTPROTO=dhcp\nONBOOT=yes\n',
  });
  assert.equal(status, 0);
  assert.ok(paths.includes('/etc/NetworkManager/conf.d/99-failover-slaves.conf'), paths.join(' '));
});
