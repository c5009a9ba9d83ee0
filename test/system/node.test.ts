import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { nodeSystem } from '../../src/system/node.ts';
import { isFailure } from '../../src/system/system.ts';

const system = nodeSystem();

function makeDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-node-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('create makes a new file of exactly this mode, whatever the umask, and never one over another', (t) => {
  const path = join(makeDirectory(t), 'file');
  const umask = process.umask(0o077);
  t.after(() => process.umask(umask));
  assert.equal(system.create(path, 'one\n', 0o664), null);
  assert.equal(statSync(path).mode & 0o7777, 0o664);
  assert.deepEqual(system.create(path, 'two\n', 0o600), { errno: 'EEXIST', path });
  assert.equal(readFileSync(path, 'utf8'), 'one\n');
  const directory = `${path}.d`;
  assert.equal(system.makeDirectory(directory, 0o755), null);
  assert.equal(statSync(directory).mode & 0o7777, 0o755);
});

test('a file that cannot be written whole is not there at all', (t) => {
  if (!isFailure(system.stat('/dev/full'))) {
    assert.equal(system.append('/dev/full', 'x')?.errno, 'ENOSPC');
  }
  const directory = makeDirectory(t);
  assert.equal(system.create(join(directory, 'none/file'), 'x', 0o644)?.errno, 'ENOENT');
  assert.equal(system.create(directory, 'x', 0o644)?.errno, 'EEXIST');
  assert.deepEqual(readdirSync(directory), []);
});

test('any bytes in text and name survive', (t) => {
  const directory = makeDirectory(t);
  const path = `${directory}/\udcff name`;
  const text = '\udc80\udcfe\u0000é😀\n';
  assert.equal(system.create(path, text, 0o644), null);
  assert.equal(system.read(path), text);
  assert.deepEqual(system.list(directory), ['\udcff name']);
  assert.equal(system.rename(path, `${directory}/\udcc3`), null);
  assert.deepEqual(system.list(directory), ['\udcc3']);
  assert.deepEqual(
    [...readFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xc3])]))].slice(0, 2),
    [0x80, 0xfe],
  );
});

test('rename replaces, keeps mode and owner, and answers with an errno where it cannot', (t) => {
  const directory = makeDirectory(t);
  writeFileSync(join(directory, 'old'), 'old');
  assert.equal(system.create(join(directory, 'new'), 'new', 0o600), null);
  assert.equal(system.rename(join(directory, 'new'), join(directory, 'old')), null);
  assert.equal(readFileSync(join(directory, 'old'), 'utf8'), 'new');
  assert.equal(statSync(join(directory, 'old')).mode & 0o777, 0o600);
  mkdirSync(join(directory, 'd'));
  assert.equal(system.rename(join(directory, 'old'), join(directory, 'd'))?.errno, 'EISDIR');
  assert.equal(system.rename(join(directory, 'none'), join(directory, 'x'))?.errno, 'ENOENT');
  writeFileSync(join(directory, 'd/x'), '');
  assert.equal(system.removeDirectory(join(directory, 'd'))?.errno, 'ENOTEMPTY');
});

test('status: kind, mode and identity, of a path and of what it leads to', (t) => {
  const directory = makeDirectory(t);
  const file = join(directory, 'file');
  writeFileSync(file, '12345');
  chmodSync(file, 0o4750);
  assert.equal(system.symlink('file', join(directory, 'link')), null);
  const status = system.stat(join(directory, 'link'));
  const own = system.lstat(file);
  assert.ok(!isFailure(status) && !isFailure(own));
  assert.deepEqual([status.kind, status.mode, status.size, status.id], ['file', 0o4750, 5, own.id]);
  const link = system.lstat(join(directory, 'link'));
  assert.equal(isFailure(link) ? link.errno : link.kind, 'symlink');
  assert.equal(system.readlink(join(directory, 'link')), 'file');
  assert.deepEqual(system.readlink(file), { errno: 'EINVAL', path: file });
});

test('EOPNOTSUPP has the name that the kernel document gives it: sysfs answers with it where a driver lacks an attribute', (t) => {
  const path = '/sys/class/net/lo/phys_port_name';
  const answer = system.read(path);
  if (isFailure(answer) && answer.errno === 'ENOENT') {
    t.skip('this kernel hides attributes that a driver lacks');
    return;
  }
  assert.deepEqual(answer, { errno: 'EOPNOTSUPP', path });
});

test('a program gets exactly its arguments, and its end is told', () => {
  const odd = ['$(id)', 'a b', "'", '"', '', '%s', '*'];
  const result = system.run(['printf', '%s\\n', ...odd]);
  assert.ok(!isFailure(result));
  assert.deepEqual(result.stdout.split('\n').slice(0, -1), odd);
  const failed = system.run(['sh', '-c', 'echo no >&2; exit 7']);
  assert.deepEqual(failed, { status: 7, signal: null, stdout: '', stderr: 'no\n' });
  assert.deepEqual(system.run(['no-such-program-here']), { errno: 'ENOENT', path: 'no-such-program-here' });
  const late = system.run(['sleep', '10'], { timeoutMs: 50 });
  assert.ok(!isFailure(late));
  assert.deepEqual([late.status, late.signal], [null, 'SIGKILL']);
});

test('SIGINT, SIGTERM and SIGHUP are noted instead of ending the program', async () => {
  const interrupts = system.catchInterrupts();
  try {
    assert.equal(await interrupts.pending(), false);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.kill(process.pid, signal);
      let seen = false;
      for (let turn = 0; turn < 100 && !seen; turn += 1) seen = await interrupts.pending();
      assert.ok(seen, signal);
    }
  } finally {
    interrupts.release();
  }
});
