import assert from 'node:assert/strict';
import { test } from 'node:test';
import { probeMachine } from '../../src/inventory/probe.ts';
import { memorySystem } from '../../src/system/memory.ts';

test('files of several directories: an earlier one hides, and names are in order', () => {
  const probe = probeMachine(
    memorySystem({ '/etc/x/b.conf': '', '/usr/x/b.conf': '', '/usr/x/a.conf': '', '/usr/x/c': '' }),
  );
  assert.deepEqual(probe.files(['/etc/x', '/none', '/usr/x'], /\.conf$/), ['/usr/x/a.conf', '/etc/x/b.conf']);
  assert.equal(probe.first(['/none', '/usr/x/c', '/etc/x']), '/usr/x/c');
  assert.equal(probe.first(['/none']), null);
});

test('what is missing is absent; what cannot be read is reported too, once', () => {
  const probe = probeMachine(memorySystem({ '/etc/a': { errno: 'EACCES' }, '/etc/l': { link: 'a' } }));
  assert.equal(probe.read('/etc/none'), null);
  assert.deepEqual(probe.failures(), []);
  assert.equal(probe.read('/etc/a'), null);
  assert.equal(probe.read('/etc/a'), null);
  assert.deepEqual(probe.failures(), [{ errno: 'EACCES', path: '/etc/a' }]);
  assert.equal(probe.readlink('/etc/l'), 'a');
  assert.equal(probe.readlink('/etc/a'), null);
  assert.deepEqual(probe.list('/none'), []);
});

test('YAML as plain values, whatever is wrong in it', () => {
  const probe = probeMachine(memorySystem({ '/a.yaml': 'a: {b: 1}\n', '/b.yaml': 'a: [\n' }));
  assert.deepEqual(probe.yaml('/a.yaml'), { a: { b: 1 } });
  assert.doesNotThrow(() => probe.yaml('/b.yaml'));
  assert.equal(probe.yaml('/none.yaml'), null);
});
