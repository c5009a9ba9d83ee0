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
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { memorySystem } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { rootedSystem, treeSystem } from '../../src/system/rooted.ts';
import { isFailure, type System } from '../../src/system/system.ts';

/** An image, and beside it a file that nothing in it may reach. */
function makeImage(t: TestContext, make: (root: string) => System) {
  const base = mkdtempSync(join(tmpdir(), 'failoverctl-rooted-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const root = join(base, 'root');
  const outside = join(base, 'outside');
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  return { base, root, outside, system: make(root) };
}

/** Both ways to stay inside: below open directories, and by resolving names. */
const ways: readonly (readonly [name: string, make: (root: string) => System])[] = [
  ['below open directories', belowDirectories],
  ['by name', (root) => rootedSystem(nodeSystem(), root)],
];

function belowDirectories(root: string): System {
  const tree = treeSystem(nodeSystem(), root);
  assert.ok(!isFailure(tree));
  return tree;
}

for (const [way, make] of ways) {
  test(`an absolute link, a link up and out, and a chain of both stay inside, ${way}`, (t) => {
    const { base, root, outside, system } = makeImage(t, make);
    symlinkSync(outside, join(root, 'etc/absolute'));
    symlinkSync('../../outside', join(root, 'etc/up'));
    symlinkSync('/etc/up', join(root, 'etc/chain'));
    for (const name of ['absolute', 'up', 'chain']) {
      const path = `/etc/${name}/secret`;
      assert.deepEqual(system.read(path), { errno: 'ENOENT', path: `${root}${path}` }, name);
      assert.notEqual(system.create(`/etc/${name}/new`, 'x', 0o644), null, name);
      assert.notEqual(system.append(`/etc/${name}/secret`, 'x'), null, name);
      assert.notEqual(system.remove(`/etc/${name}/secret`), null, name);
      assert.notEqual(system.rename('/etc/hostname', `/etc/${name}/secret`), null, name);
      assert.notEqual(system.chmod(`/etc/${name}/secret`, 0o777), null, name);
    }
    assert.deepEqual(readdirSync(outside), ['secret']);
    assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
    assert.deepEqual(readdirSync(base).sort(), ['outside', 'root']);
  });

  test(`the same links lead where chroot(2) would lead, ${way}`, (t) => {
    const { root, outside, system } = makeImage(t, make);
    mkdirSync(join(root, outside), { recursive: true });
    symlinkSync(outside, join(root, 'etc/absolute'));
    assert.equal(system.create('/etc/absolute/new', 'inside', 0o640), null);
    assert.equal(readFileSync(join(root, outside, 'new'), 'utf8'), 'inside');
    assert.equal(statSync(join(root, outside, 'new')).mode & 0o777, 0o640);
    assert.equal(system.read('/../../etc/absolute/./new'), 'inside');
    assert.equal(system.read('/etc/absolute/../outside/new'), 'inside', 'up from where the link leads');
  });

  test(`a name that is a link itself is made, renamed over and removed as the link, ${way}`, (t) => {
    const { root, outside, system } = makeImage(t, make);
    symlinkSync(join(outside, 'secret'), join(root, 'etc/target'));
    assert.equal(system.create('/etc/target', 'x', 0o644)?.errno, 'EEXIST');
    assert.equal(system.create('/etc/.new', 'new', 0o644), null);
    assert.equal(system.rename('/etc/.new', '/etc/target'), null);
    assert.equal(readFileSync(join(root, 'etc/target'), 'utf8'), 'new');
    assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
  });

  test(`links in a circle, a file for a directory, the root itself, ${way}`, (t) => {
    const { root, system } = makeImage(t, make);
    symlinkSync('b', join(root, 'etc/a'));
    symlinkSync('/etc/a', join(root, 'etc/b'));
    symlinkSync('/', join(root, 'etc/top'));
    writeFileSync(join(root, 'etc/file'), 'text');
    assert.deepEqual(system.read('/etc/a/x'), {
      errno: 'ELOOP',
      path: way === 'by name' ? '/etc/a/x' : `${root}/etc/a/x`,
    });
    assert.deepEqual(system.read('/etc/file/x'), { errno: 'ENOTDIR', path: `${root}/etc/file/x` });
    assert.deepEqual(system.list('/etc/file'), { errno: 'ENOTDIR', path: `${root}/etc/file` });
    assert.deepEqual(system.list('/'), ['etc']);
    assert.deepEqual([...(system.list('/etc/top/etc/../etc') as string[])].sort(), ['a', 'b', 'file', 'top']);
    assert.equal(system.read('/etc/top/etc/file'), 'text');
    assert.equal(isFailure(system.stat('/')), false);
    assert.equal((system.lstat('/etc/top') as { kind: string }).kind, 'symlink');
    assert.equal((system.stat('/etc/top') as { kind: string }).kind, 'directory');
    assert.equal(system.link('/etc/top', '/etc/second'), null);
    assert.equal(system.readlink('/etc/second'), '/');
  });
}

test('a directory that is swapped for a link out, again and again, while files are made in it: none is outside', async (t) => {
  const { root, outside, system } = makeImage(t, belowDirectories);
  mkdirSync(join(root, 'etc/d'));
  symlinkSync(outside, join(root, 'etc/link'));
  const script = `cd "$1" && while :; do mv -T d away; mv -T link d; echo; mv -T d link; mv -T away d; done`;
  const swapper = spawn('sh', ['-c', script, 'sh', join(root, 'etc')], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  try {
    await once(swapper.stdout, 'data');
    let made = 0;
    for (let round = 0; round < 400; round += 1) {
      if (system.create('/etc/d/.new', 'x', 0o644) === null) made += 1;
      system.rename('/etc/d/.new', '/etc/d/name');
      system.makeDirectory('/etc/d/directory', 0o755);
      system.remove('/etc/d/secret');
    }
    assert.ok(made > 0, 'some were made');
  } finally {
    process.kill(-(swapper.pid ?? 0), 'SIGKILL'); // and the mv of the moment
    await once(swapper, 'close');
  }
  assert.deepEqual(readdirSync(outside), ['secret']);
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
