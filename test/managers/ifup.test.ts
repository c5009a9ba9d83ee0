import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeMachine } from '../../src/inventory/probe.ts';
import { tellIfup } from '../../src/managers/ifup.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const kind = (tree: Readonly<Record<string, MemoryEntry>>) => tellIfup(probeMachine(memorySystem(tree))).value;
const linked = (target: string) => kind({ '/usr/sbin/ifup': { link: target }, [target]: '' });

test('whose ifup it is, by what it is a link to', () => {
  assert.equal(linked('/usr/share/ifupdown2/ifupdown2'), 'ifupdown2');
  assert.equal(linked('/usr/sbin/ifupdown'), 'ifupdown-ng');
  assert.equal(linked('/bin/busybox'), 'busybox');
  assert.equal(linked('/usr/libexec/nm-ifup'), 'networkmanager');
});

test('whose ifup it is, by what it comes with', () => {
  const ifup = { '/sbin/ifup': '' };
  assert.equal(kind({ ...ifup, '/usr/libexec/ifupdown-ng/static': '' }), 'ifupdown-ng');
  assert.equal(kind({ ...ifup, '/usr/sbin/wicked': '' }), 'wicked');
  assert.equal(kind({ ...ifup, '/etc/rc.d/init.d/network': '' }), 'network-scripts');
  assert.equal(kind({ ...ifup, '/lib/ifupdown/settle-dad.sh': '' }), 'ifupdown');
});

test('none, or nobody knows whose', () => {
  assert.equal(kind({}), null);
  const on = (release: string) => kind({ '/usr/bin/ifup': '', '/etc/os-release': release });
  assert.equal(on('ID=ubuntu\nID_LIKE=debian\n'), 'ifupdown');
  assert.equal(on('ID="rhel"\nID_LIKE="fedora"\n'), undefined);
});
