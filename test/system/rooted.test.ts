import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { memorySystem } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { rootedSystem } from '../../src/system/rooted.ts';

/** An image, and beside it a file that nothing in it may reach. */
function makeImage(t: TestContext) {
  const base = mkdtempSync(join(tmpdir(), 'failoverctl-rooted-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const root = join(base, 'root');
  const outside = join(base, 'outside');
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  return { base, root, outside, system: rootedSystem(nodeSystem(), root) };
}

test('an absolute link, a link up and out, and a chain of both stay inside', (t) => {
  const { base, root, outside, system } = makeImage(t);
  symlinkSync(outside, join(root, 'etc/absolute'));
  symlinkSync('../../outside', join(root, 'etc/up'));
  symlinkSync('/etc/up', join(root, 'etc/chain'));
  for (const name of ['absolute', 'up', 'chain']) {
    const path = `/etc/${name}/secret`;
    assert.deepEqual(system.read(path), { errno: 'ENOENT', path: `${root}${path}` }, name);
    assert.notEqual(system.create(`/etc/${name}/new`, 'x', 0o644), null, name);
    assert.notEqual(system.write(`/etc/${name}/secret`, 'x'), null, name);
    assert.notEqual(system.remove(`/etc/${name}/secret`), null, name);
    assert.notEqual(system.rename('/etc/hostname', `/etc/${name}/secret`), null, name);
    assert.notEqual(system.chmod(`/etc/${name}/secret`, 0o777), null, name);
  }
  assert.deepEqual(readdirSync(outside), ['secret']);
  assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
  assert.deepEqual(readdirSync(base).sort(), ['outside', 'root']);
});

test('the same links lead where chroot(2) would lead', (t) => {
  const { root, outside, system } = makeImage(t);
  mkdirSync(join(root, outside), { recursive: true });
  symlinkSync(outside, join(root, 'etc/absolute'));
  assert.equal(system.create('/etc/absolute/new', 'inside', 0o640), null);
  assert.equal(readFileSync(join(root, outside, 'new'), 'utf8'), 'inside');
  assert.equal(statSync(join(root, outside, 'new')).mode & 0o777, 0o640);
  assert.equal(system.read('/../../etc/absolute/./new'), 'inside');
  assert.equal(system.read('/etc/absolute/../outside/new'), 'inside', 'up from where the link leads');
});

test('a name that is a link itself is made, renamed over and removed as the link', (t) => {
  const { root, outside, system } = makeImage(t);
  symlinkSync(join(outside, 'secret'), join(root, 'etc/target'));
  assert.equal(system.create('/etc/target', 'x', 0o644)?.errno, 'EEXIST');
  assert.equal(system.create('/etc/.new', 'new', 0o644), null);
  assert.equal(system.rename('/etc/.new', '/etc/target'), null);
  assert.equal(readFileSync(join(root, 'etc/target'), 'utf8'), 'new');
  assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
});

test('links in a circle are ELOOP, and a tree that we change is not remembered as it was', () => {
  const system = rootedSystem(
    memorySystem({ '/r/etc/a': { link: 'b' }, '/r/etc/b': { link: 'a' }, '/r/d/x': 'old', '/r/e/x': 'new' }),
    '/r',
  );
  assert.deepEqual(system.read('/etc/a/x'), { errno: 'ELOOP', path: '/etc/a/x' });
  assert.equal(system.read('/d/x'), 'old');
  assert.equal(system.remove('/d/x'), null);
  assert.equal(system.removeDirectory('/d'), null);
  assert.equal(system.symlink('e', '/d'), null);
  assert.equal(system.read('/d/x'), 'new');
});

test('nothing is run in an image', () => {
  let ran = 0;
  const inner = memorySystem(
    {},
    {
      run: () => {
        ran += 1;
        return { status: 0, signal: null, stdout: '', stderr: '' };
      },
    },
  );
  assert.deepEqual(rootedSystem(inner, '/r').run(['true']), { errno: 'ENOSYS', path: 'true' });
  assert.equal(ran, 0);
});

test('no path and no links reach a file outside', () => {
  const part = fc.constantFrom('a', 'b', '..', '.', '', 'r', 'secret');
  const path = fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`);
  const target = fc.tuple(fc.boolean(), fc.array(part, { maxLength: 5 })).map(([absolute, parts]) => {
    return (absolute ? '/' : '') + parts.join('/') || '.';
  });
  fc.assert(
    fc.property(path, target, target, target, (asked, one, two, three) => {
      const reached: string[] = [];
      const inner = memorySystem(
        {
          '/secret': 'outside',
          '/a/secret': 'outside',
          '/r/a': { link: one },
          '/r/b': { link: two },
          '/r/r/a': { link: three },
          '/r/secret': 'inside',
        },
        {
          refuse: (operation, real) => {
            if (operation !== 'readlink') reached.push(real);
            return null;
          },
        },
      );
      const text = rootedSystem(inner, '/r').read(asked);
      assert.notEqual(text, 'outside');
      for (const real of reached) assert.match(real, /^\/r(?:\/(?!\.\.(?:\/|$))[^/]+)*$/);
    }),
    { numRuns: 2000 },
  );
});
