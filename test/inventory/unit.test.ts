import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRunning, readUnitState } from '../../src/inventory/unit.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const unit = { '/usr/lib/systemd/system/x.service': '[Service]\n', '/etc/machine-id': '0123\n' };
const state = (tree: Tree) => readUnitState(memorySystem(tree), 'x.service');
const words = (tree: Tree) => {
  const { installed, enabled, masked } = state(tree);
  return [installed && 'installed', enabled && 'enabled', masked && 'masked'].filter(Boolean).join(' ');
};

test('not there, there, enabled by a target', () => {
  assert.equal(words({}), '');
  assert.equal(words(unit), 'installed');
  for (const name of ['multi-user.target.wants', 'x.target.requires'])
    assert.equal(words({ ...unit, [`/etc/systemd/system/${name}/x.service`]: { link: '/none' } }), 'installed enabled');
  assert.equal(words({ ...unit, '/etc/systemd/system/multi-user.target/x.service': '' }), 'installed');
});

test('masked by a link to /dev/null or an empty file, in a directory that comes first', () => {
  const wish = { ...unit, '/etc/systemd/system/a.wants/x.service': '' };
  assert.equal(words({ ...wish, '/etc/systemd/system/x.service': { link: '/dev/null' } }), 'installed masked');
  assert.equal(words({ ...wish, '/etc/systemd/system/x.service': '' }), 'installed masked');
  assert.equal(
    words({ ...wish, '/lib/systemd/system/x.service': '' }),
    'installed enabled',
    'a later one does not count',
  );
  assert.equal(
    words({ ...unit, '/etc/systemd/system/x.service': { link: '/usr/lib/systemd/system/x.service' } }),
    'installed',
  );
});

test('at the first boot presets decide, by their first line that names the unit', () => {
  const first = (id: Tree, ...lines: readonly string[]) =>
    words({
      '/usr/lib/systemd/system/x.service': '[Service]\n',
      '/usr/lib/systemd/system-preset/90-a.preset': `${lines.join('\n')}\n`,
      ...id,
    });
  assert.equal(first({}, '# enable x.service', 'enable x.*', 'disable *'), 'installed enabled');
  assert.equal(first({}, 'disable x.service', 'enable *'), 'installed');
  assert.equal(first({ '/etc/machine-id': 'uninitialized\n' }, 'enable *'), 'installed enabled');
  assert.equal(first({ '/etc/machine-id': '' }, 'enable *'), 'installed', 'an empty id is no first boot');
  assert.equal(
    first({ '/etc/systemd/system-preset/90-a.preset': 'disable *\n' }, 'enable *'),
    'installed',
    'one name hides another',
  );
  assert.equal(
    first({ '/etc/systemd/system-preset/10-b.preset': 'disable *\n' }, 'enable *'),
    'installed',
    'in order of names',
  );
});

test('running, as systemctl says', () => {
  const asked = (status: number) =>
    isRunning(memorySystem({}, { run: () => ({ status, signal: null, stdout: '', stderr: '' }) }), 'x.service');
  assert.equal(asked(0), true);
  assert.equal(asked(3), false);
  assert.equal(isRunning(memorySystem({}), 'x.service'), false);
});
