import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printStep, runStep } from '../../src/install/step.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';
import { guest } from './healing-guest.ts';

test('a step that fails says how, and its words can be typed', () => {
  const system = memorySystem(
    {},
    { run: () => ({ status: 2, signal: null, stdout: '', stderr: 'a\nno such link\n' }) },
  );
  assert.equal(runStep(system, { why: 'x', run: ['ip', 'x'] }), 'exit status 2: no such link');
  assert.equal(runStep(memorySystem(), { why: 'x', run: ['nmcli'] }), 'nmcli is not installed');
  const flush = { why: 'x', run: ['ip', 'address', 'flush', 'dev', 'ens11'], link: 'ens11' };
  assert.equal(runStep(system, flush), null, 'the link has left meanwhile');
  const there = memorySystem(
    { '/sys/class/net/ens11/ifindex': '3\n' },
    { run: () => ({ status: 2, signal: null, stdout: '', stderr: '' }) },
  );
  assert.equal(runStep(there, flush), 'exit status 2');
  assert.equal(
    printStep({ why: 'x', run: ['ip', 'address', 'flush', 'dev', "$(id)'"] }),
    "ip address flush dev '$(id)'\\'''",
  );
});

test('a file of its own that an interrupted run left beside is no obstacle', () => {
  const beside = '/run/network/ifstate.failoverctl-new';
  const system = guest({}, {}, { '/run/network/ifstate': 'old\n', [beside]: 'half' });
  assert.equal(runStep(system, { why: 'x', write: '/run/network/ifstate', text: 'new\n', mode: 0o644 }), null);
  assert.equal(system.read('/run/network/ifstate'), 'new\n');
  assert.ok(isFailure(system.lstat(beside)));
});
