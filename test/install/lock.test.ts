import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockPath, takeLock } from '../../src/install/lock.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { rootedSystem } from '../../src/system/rooted.ts';
import { isFailure } from '../../src/system/system.ts';

test('a real process holds the lock; when it is killed the next one has it, and leaves nothing behind', () => {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-lock-'));
  mkdirSync(join(root, 'run'));
  const holder = spawn('sleep', ['60'], { stdio: 'ignore' });
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
