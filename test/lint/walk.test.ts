/** What a walk meets in real trees: links that lead back, FIFOs, and what nobody may read. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { walkPaths } from '../../src/lint/walk.ts';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const all = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';
const walk = (tree: Tree, ...paths: readonly string[]) => walkPaths(memorySystem(tree), paths);
const filesOf = (tree: Tree, ...paths: readonly string[]) => walk(tree, ...paths).files.map(({ path }) => path);

test('each path once, sorted, whatever is named first, and hidden names are passed over', () => {
  const tree = { '/m/b/x.network': '', '/m/a.network': '', '/m/.git/y.network': '' };
  const expected = ['/m/a.network', '/m/b/x.network'];
  assert.deepEqual(filesOf(tree, '/m'), expected);
  assert.deepEqual(filesOf(tree, '/m/b', '/m//', './m/../m/a.network'.slice(1)), ['/m/../m/a.network', ...expected]);
  assert.deepEqual(walk(tree, '/m/b', '/m'), walk(tree, '/m', '/m/b'));
  assert.deepEqual(filesOf(tree, '/m/.git'), ['/m/.git/y.network'], 'but what is named is looked into');
  assert.deepEqual(walk(tree, '/m/a.network', '/m').files[0], { path: '/m/a.network', named: true });
});

test('a link that leads nowhere or to itself is skipped, and one that was named is a failure', () => {
  const tree = { '/m/a.network': '', '/m/gone': { link: '/nowhere' }, '/m/self': { link: 'self' } };
  assert.deepEqual(walk(tree, '/m').skipped, [
    { path: '/m/gone', why: 'a link to /nowhere, which cannot be followed (ENOENT)' },
    { path: '/m/self', why: 'a link that leads to itself' },
  ]);
  assert.deepEqual(
    walk(tree, '/m/gone', '/m/self').failures.map(({ errno }) => errno),
    ['ENOENT', 'ELOOP'],
  );
});

test('what is no file: skipped in a walk, told where it was named; what is missing does not drop the rest', () => {
  const tree = { '/m/pipe': { device: true }, '/m/a.network': '' } as const;
  assert.deepEqual(walk(tree, '/m').skipped, [{ path: '/m/pipe', why: 'neither a file nor a folder' }]);
  const named = walk(tree, '/m/pipe', '/m/absent', '/m/a.network');
  assert.deepEqual(named.odd, ['/m/pipe']);
  assert.deepEqual(named.failures, [{ errno: 'ENOENT', path: '/m/absent' }]);
  assert.deepEqual(named.files, [{ path: '/m/a.network', named: true }]);
});

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-walk-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o755);
  return directory;
}

async function lint(...args: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const system = {
    ...nodeSystem(),
    out: (text: string) => void (stdout += text),
    err: (text: string) => void (stderr += text),
  };
  const status = await main(['lint', ...args], system);
  return { status, stdout, stderr };
}

test('on a real file system: folders that lead back are entered once, and a FIFO without a writer is not waited for', async (t) => {
  const root = scratch(t);
  mkdirSync(join(root, 'a/b/c'), { recursive: true });
  writeFileSync(join(root, 'a/20-all.network'), all);
  for (const [place, target] of [
    ['a/up', '..'],
    ['a/b/here', '.'],
    ['a/b/c/top', root],
  ] as const)
    symlinkSync(target, join(root, place));
  assert.equal(spawnSync('mkfifo', [join(root, 'a/30-pipe.network')]).status, 0);
  const start = Date.now();
  const { status, stdout } = await lint(root);
  assert.ok(Date.now() - start < 10_000);
  assert.equal(status, 1);
  assert.equal(stdout.match(/\[FO101\]/g)?.length, 1, 'the one file is judged once');
  assert.match(stdout, /30-pipe\.network \(neither a file nor a folder\)/);
  assert.match(stdout, /\/a\/up \(the same folder as /);
  const named = await lint(join(root, 'a/30-pipe.network'), join(root, 'a/20-all.network'));
  assert.equal(named.status, 3);
  assert.match(named.stderr, /30-pipe\.network': neither a file nor a directory/);
  assert.match(named.stdout, /\[FO101\]/, 'the other file is judged all the same');
});

/** As nobody, for whom the modes count. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.setegid?.(65534);
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

test(
  'what another user may not read is never called clean',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async (t) => {
    const root = scratch(t);
    mkdirSync(join(root, 'etc/netplan'), { recursive: true });
    mkdirSync(join(root, 'etc/systemd/network'), { recursive: true });
    writeFileSync(join(root, 'etc/netplan/50.yaml'), 'network: {version: 2}\n');
    writeFileSync(join(root, 'etc/systemd/network/20-lan.network'), '[Match]\nName=lan0\n');
    const secret = join(root, 'etc/systemd/network/10-secret.network');
    writeFileSync(secret, all, { mode: 0o600 });
    chmodSync(join(root, 'etc/netplan'), 0o700);
    await lint('--root', root); // loads what the command needs, which nobody may not be able to read

    const image = await asNobody(() => lint('--root', root));
    assert.equal(image.status, 3);
    assert.match(image.stderr, /\/etc\/netplan': permission denied/);
    assert.match(image.stderr, /10-secret\.network': permission denied/);

    const walked = await asNobody(() => lint(root));
    assert.equal(walked.status, 3);
    assert.match(walked.stderr, /\/etc\/netplan': permission denied/);
    assert.match(walked.stderr, /10-secret\.network': permission denied/);
    assert.match(walked.stdout, /^judged: networkd/m, 'what can be read is judged');

    const named = await asNobody(() => lint(secret, join(root, 'etc/systemd/network/20-lan.network')));
    assert.equal(named.status, 3);
    assert.match(named.stderr, /10-secret\.network': permission denied/);
    assert.equal((await lint(secret)).status, 1, 'root may');
  },
);
