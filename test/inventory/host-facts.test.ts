import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packageNames, readHostFacts } from '../../src/inventory/host-facts.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const facts = (tree: Tree, live = false) => readHostFacts(memorySystem(tree), live);
const kernel = { '/proc/sys/kernel/osrelease': '6.1.0-37\n', '/proc/cmdline': 'quiet ip=dhcp\n' };
const dpkg = (...packages: readonly (readonly [name: string, version: string])[]) => ({
  '/var/lib/dpkg/status': packages
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`)
    .join('\n'),
});

test("this kernel's facts are not an image's", () => {
  assert.deepEqual(
    [facts(kernel, true).kernelVersion, facts(kernel, true).kernelCommandLine],
    ['6.1.0-37', 'quiet ip=dhcp'],
  );
  assert.deepEqual([facts(kernel).kernelVersion, facts(kernel).kernelCommandLine], [undefined, undefined]);
});

test('versions of each daemon; what nobody tells is not known', () => {
  const versions = dpkg(
    ['systemd', '252.39-1'],
    ['netplan.io', '0.106-2'],
    ['network-manager', '1.42.4-1'],
    ['ifupdown', '0.8.41'],
  );
  const found = facts(versions);
  assert.deepEqual(
    [found.systemdVersion, found.netplanVersion, found.networkManagerVersion, found.ifupdownVersion],
    [252, '0.106', '1.42.4', '0.8.41'],
  );
  assert.equal(facts({}).systemdVersion, undefined);
  assert.equal(facts(dpkg(['systemd', 'unknown-1'])).systemdVersion, undefined);
  assert.ok(packageNames.includes('netplan.io'));
});

test('Open vSwitch is asked for by netplan alone', () => {
  const netplan = dpkg(['netplan.io', '1.1.2-1']);
  assert.equal(facts({}).hasOpenVSwitch, undefined);
  assert.equal(facts(netplan).hasOpenVSwitch, false);
  assert.equal(facts({ ...netplan, '/usr/bin/ovs-vsctl': '' }).hasOpenVSwitch, true);
});

test('an empty host name is none', () => {
  assert.equal(facts({ '/etc/hostname': 'vm-01\nx\n' }).hostname, 'vm-01');
  assert.equal(facts({ '/etc/hostname': '\n' }).hostname, undefined);
});
