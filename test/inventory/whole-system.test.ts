import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeMachine } from '../../src/inventory/probe.ts';
import { isWholeSystem } from '../../src/inventory/whole-system.ts';
import { memorySystem } from '../../src/system/memory.ts';

test('a program that starts others, or a network manager, makes a system; configuration does not', () => {
  const whole = (...paths: readonly string[]) =>
    isWholeSystem(probeMachine(memorySystem(Object.fromEntries(paths.map((path) => [path, ''])))));
  for (const path of [
    '/sbin/init',
    '/bin/busybox',
    '/usr/sbin/ifup',
    '/usr/bin/NetworkManager',
    '/lib/systemd/system/a',
  ])
    assert.equal(whole(path), true, path);
  assert.equal(whole('/etc/os-release', '/etc/network/interfaces', '/usr/bin/perl'), false);
});
