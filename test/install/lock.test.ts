import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockPath, takeLock } from '../../src/install/lock.ts';
import { memorySystem, type MemorySystem } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { rootedSystem } from '../../src/system/rooted.ts';
import { isFailure } from '../../src/system/system.ts';

test('a real process holds the lock; when it is killed the next one has it, and leaves nothing behind', () => {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-lock-'));
  mkdirSync(join(root, 'run'));
  const holder = spawn('sleep', ['60'], { argv0: 'failoverctl', stdio: 'ignore' });
  try {
    const [pid, , ...rest] = readFileSync(`/proc/${holder.pid}/stat`, 'utf8').split(' ');
    writeFileSync(join(root, lockPath), `${pid} ${rest[19]}\n`);
    const waited: string[] = [];
    const system = nodeSystem();
    const lock = takeLock(system, rootedSystem(system, root), (who) => {
      waited.push(who);
      holder.kill('SIGKILL'); // nobody waits for it meanwhile: it stays a zombie
    });
    assert.ok(typeof lock !== 'string' && !isFailure(lock));
    assert.deepEqual(waited, [`process ${pid}`]);
    assert.match(readFileSync(join(root, lockPath), 'utf8'), new RegExp(`^${process.pid} \\d+\\n$`));
    lock.release();
    assert.deepEqual(readdirSync(join(root, 'run')), []);
  } finally {
    holder.kill('SIGKILL');
    rmSync(root, { recursive: true });
  }
});

const stat = (pid: number, started: number) => `${pid} (name) S ${Array(18).fill('0').join(' ')} ${started} 0 0\n`;
const processes = {
  '/proc/self/stat': stat(7, 500),
  '/proc/9/stat': stat(9, 400),
  '/proc/1/stat': stat(1, 2),
  '/proc/1/cmdline': '/sbin/init\0splash\0',
  '/run': { directory: true } as const,
};

for (const [what, entry, errno] of [
  ['a folder', { directory: true }, 'EISDIR'],
  ['a dangling link', { link: '/nowhere' }, 'EFTYPE'],
  ['a link to itself', { link: lockPath }, 'EFTYPE'],
  ['a FIFO', { device: true }, 'EFTYPE'],
] as const) {
  test(`${what} at its place is a failure, at once`, () => {
    const system = memorySystem({ ...processes, [lockPath]: entry });
    const outcome = takeLock(system, system, () => assert.fail('nobody is waited for'));
    assert.deepEqual(outcome, { errno, path: lockPath });
    assert.deepEqual(
      [...system.files.keys()].filter((path) => path.startsWith(`${lockPath}.`)),
      [],
    );
  });
}

test('it has its text before it has its name; an empty one is waited for', () => {
  const seen: unknown[] = [];
  const system: MemorySystem = memorySystem(processes, {
    refuse: () => {
      const node = system?.files.get(lockPath);
      if (node?.kind === 'file') seen.push(node.text);
      return null;
    },
  });
  const lock = takeLock(system, system, () => assert.fail('nobody is waited for'));
  assert.ok(typeof lock !== 'string' && !isFailure(lock));
  lock.release();
  assert.deepEqual([...new Set(seen)], ['7 500\n']);

  const waited: string[] = [];
  const late = memorySystem({ ...processes, [lockPath]: '' });
  const taken = takeLock(late, late, (who) => {
    waited.push(who);
    late.write(lockPath, '9 400\n');
  });
  assert.equal(taken, 'process 9', 'it wrote its name meanwhile, and has not ended');
  assert.deepEqual(waited, ['a process that has not said who it is']);
});

test('one that names a living process that is no run of ours is taken over', () => {
  const system = memorySystem({ ...processes, [lockPath]: '1 2\n' });
  const lock = takeLock(system, system, () => assert.fail('nobody is waited for'));
  assert.ok(typeof lock !== 'string' && !isFailure(lock));
  lock.release();
  assert.equal(system.files.has(lockPath), false);
});

test('what a killed run left of making it goes; a file system without hard links has a lock too', () => {
  const refuse = (operation: string) => (operation === 'link' ? 'EPERM' : null);
  const left = { [`${lockPath}.8`]: '8 1\n', [`${lockPath}.9`]: '9 400\n', [`${lockPath}.5.old`]: '' };
  const system = memorySystem({ ...processes, ...left }, { refuse });
  const lock = takeLock(system, system, () => assert.fail('nobody is waited for'));
  assert.ok(typeof lock !== 'string' && !isFailure(lock));
  assert.equal(system.read(lockPath), '7 500\n');
  lock.release();
  assert.deepEqual(system.list('/run'), ['failoverctl.lock.9'], 'that one lives');
});

test('one that is there and gone by turns does not hold it for ever', () => {
  const system = memorySystem(processes, { refuse: (operation) => (operation === 'link' ? 'EEXIST' : null) });
  assert.deepEqual(
    takeLock(system, system, () => undefined),
    { errno: 'ENOENT', path: lockPath },
  );
});
