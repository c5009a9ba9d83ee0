import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySystem } from '../../src/system/memory.ts';
import { relocatedSystem } from '../../src/system/relocated.ts';
import { isFailure } from '../../src/system/system.ts';

test('each call goes where the path lies, and a failure names what was asked for', () => {
  const memory = memorySystem({ '/usr/etc/a': 'text\n' });
  const system = relocatedSystem(memory, (path) => path.replace(/^\/etc(?=\/|$)/, '/usr/etc'));
  assert.equal(system.read('/etc/a'), 'text\n');
  assert.deepEqual(system.list('/etc'), ['a']);
  assert.equal(system.create('/etc/b', 'x', 0o600), null);
  assert.equal(system.rename('/etc/b', '/etc/c'), null);
  assert.equal(memory.read('/usr/etc/c'), 'x');
  const missing = system.read('/etc/d');
  assert.deepEqual(isFailure(missing) && missing, { errno: 'ENOENT', path: '/etc/d' });
  assert.equal(isFailure(memory.stat('/etc')), true, 'nothing is made there');
});
