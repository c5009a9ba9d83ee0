import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readVersions, versionOf } from '../../src/inventory/versions.ts';
import { probeMachine } from '../../src/inventory/probe.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { rootedSystem } from '../../src/system/rooted.ts';
import { findManager } from '../../src/managers/all.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const version = (name: string, tree: Tree) => {
  const description = findManager(name);
  assert.ok(description !== undefined);
  return versionOf(description, probeMachine(memorySystem(tree))).value;
};
const dpkg = (name: string, full: string): Tree => ({
  '/var/lib/dpkg/status': `Package: other\nStatus: install ok installed\nVersion: 9\n\nPackage: ${name}\nStatus: install ok installed\nVersion: ${full}\n`,
});

test("systemd by its library's name, wherever a distribution has it", () => {
  for (const path of [
    '/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so',
    '/lib/systemd/libsystemd-shared-252.so',
    '/usr/lib64/systemd/libsystemd-shared-252.so',
    '/usr/lib/systemd/libsystemd-shared-252.7-1.fc38.so',
  ]) {
    assert.equal(version('networkd', { [path]: '' }), '252', path);
    assert.equal(version('udev', { [path]: '' }), '252', path);
  }
});

test('the database tells more, if it does not contradict; half an update knows nothing', () => {
  const library = { '/usr/lib/systemd/libsystemd-shared-252.so': '' };
  assert.equal(version('networkd', { ...library, ...dpkg('systemd', '252.39-1~deb12u1') }), '252.39');
  assert.equal(version('networkd', { ...library, ...dpkg('systemd', '257.9-1') }), undefined);
  assert.equal(version('networkd', { ...library, '/usr/lib/systemd/libsystemd-shared-257.so': '' }), undefined);
});

test('NetworkManager and cloud-init by their own files', () => {
  assert.equal(version('networkmanager', { '/usr/lib64/NetworkManager/1.54.0-1.fc43/x.so': '' }), '1.54.0');
  const python = '/usr/lib/python3.12/site-packages/cloudinit/version.py';
  assert.equal(version('cloud-init', { [python]: '__VERSION__ = "24.4.1"\n' }), '24.4.1');
  // 26.1 and later are built by Meson, which writes a file of its own
  const built = python.replace('version.py', 'meson_versions.py');
  const text = 'try:\n    __VERSION__ = meson_versions.UPSTREAM_VERSION\n';
  assert.equal(
    version('cloud-init', { [python]: text, [built]: 'UPSTREAM_VERSION = "26.2"      # Required\n' }),
    '26.2',
  );
  assert.equal(version('cloud-init', { [python]: text, [built]: 'UPSTREAM_VERSION = "@VERSION@"\n' }), undefined);
  assert.equal(version('cloud-init', { [python]: 'no version\n' }), undefined);
});

test('packages: dpkg in one file or in pieces, and apk; two that disagree know nothing', () => {
  const pieces = { '/var/lib/dpkg/status.d/ifupdown': 'Package: ifupdown\nVersion: 0.8.44\n' };
  const apk = { '/lib/apk/db/installed': 'P:musl\nV:1.2.5-r0\n\nP:networkmanager\nV:1.46.0-r2\nA:x86_64\n' };
  assert.equal(version('ifupdown', pieces), '0.8.44');
  assert.equal(version('networkmanager', apk), '1.46.0');
  assert.equal(version('networkmanager', { ...apk, ...dpkg('networkmanager', '1.52.1-1') }), undefined);
  assert.equal(version('ifupdown', dpkg('ifupdown', '1:0.8.41-2')), '0.8.41');
  const removed = 'Package: ifupdown\nStatus: deinstall ok config-files\nVersion: 0.8.41\n';
  assert.equal(version('ifupdown', { '/var/lib/dpkg/status': removed }), undefined);
});

test('netplan by its library, and by the database, which tells more', () => {
  const library = { '/usr/lib/x86_64-linux-gnu/libnetplan.so.1': '' };
  assert.equal(version('netplan', library), '1');
  assert.equal(version('netplan', { ...library, ...dpkg('netplan.io', '1.1.2-7') }), '1.1.2');
  assert.equal(version('netplan', { ...library, ...dpkg('netplan.io', '0.106-2') }), undefined, 'half an update');
});

test('unknown comes with what was seen', () => {
  const description = findManager('networkd');
  assert.ok(description !== undefined);
  const evidence = (tree: Tree) => versionOf(description, probeMachine(memorySystem(tree))).evidence;
  assert.equal(evidence({}), 'no libsystemd-shared; no package database has systemd');
  const tree = { '/usr/lib/systemd/libsystemd-shared-252.so': '', ...dpkg('systemd', '257.9-1') };
  assert.match(evidence(tree), /libsystemd-shared-252\.so; .* has systemd 257\.9: they contradict each other$/);
});

const oracles = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');

test(
  "Debian's own trees: systemd's library and the package database agree",
  { skip: existsSync(join(oracles, 'trixie/usr/lib')) ? false : `${oracles} has no trixie` },
  () => {
    for (const [name, expected] of [
      ['bullseye', /^247/],
      ['trixie', /^257/],
      ['sid', /^2[6-9]\d/],
    ] as const) {
      const root = join(oracles, name);
      if (!existsSync(root) || readdirSync(root).length === 0) continue;
      const versions = readVersions(probeMachine(rootedSystem(nodeSystem(), root)));
      assert.match(versions.get('networkd') ?? 'unknown', expected, name);
    }
  },
);
