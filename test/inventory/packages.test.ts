import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeMachine } from '../../src/inventory/probe.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const version = (tree: Readonly<Record<string, MemoryEntry>>, ...names: readonly string[]) =>
  probeMachine(memorySystem(tree)).packageVersion(names).value;
const status = (text: string) => ({ '/var/lib/dpkg/status': text });

test('without epoch and revision, of what is installed', () => {
  const text =
    'Package: a\nStatus: install ok installed\nVersion: 1:2.3-4~deb13u1\n\nPackage: b\nStatus: deinstall ok config-files\nVersion: 9\n';
  assert.equal(version(status(text), 'a'), '2.3');
  assert.equal(version(status(text), 'b'), undefined);
  assert.equal(version(status(text), 'b', 'a'), '2.3', 'the first that is installed');
});

test('a name is a whole name', () => {
  const text =
    'Package: netplan.io\nStatus: install ok installed\nVersion: 1.1\n\nPackage: x\nDescription: a\n Package: y\nStatus: install ok installed\nVersion: 3\n';
  assert.equal(version(status(text), 'netplan'), undefined);
  assert.equal(version(status(text), 'y'), undefined);
});

test('a version stands in the stanza of its package', () => {
  const text = 'Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: install ok installed\nVersion: 9\n';
  assert.equal(version(status(text), 'a'), undefined);
});

test('apk, wherever it keeps its database', () => {
  const text = 'C:Q1\nP:dhcpcd\nV:10.1.0-r2\n\nC:Q1\nP:musl\nV:1.2-r0\n';
  for (const path of ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'])
    assert.equal(version({ [path]: text }, 'dhcpcd'), '10.1.0', path);
});
