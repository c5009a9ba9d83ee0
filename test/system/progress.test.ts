import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryOptions } from '../../src/system/memory.ts';
import { withProgress } from '../../src/system/progress.ts';
import type { System } from '../../src/system/system.ts';

const clear = '\r\u001b[K';

async function shown(work: (system: System) => void | Promise<void>, options: MemoryOptions = { terminal: true }) {
  const system = memorySystem({ '/a': 'a' }, options);
  await withProgress(system, 'lint', system.err, work);
  return system.stderr;
}

const slow = (system: System) => {
  system.read('/a');
  system.sleep(3000);
  system.read('/a');
  system.read('/a');
  system.out('done\n');
};

test('what takes long shows on a terminal, and is gone at the end and before anything else is printed', async () => {
  assert.equal(await shown(slow), `${clear}failoverctl lint: 3 s, 2 files read${clear}`);
  const failing = (system: System) => {
    system.sleep(3000);
    system.run(['ip', 'link']);
    throw new TypeError('a bug');
  };
  const system = memorySystem({}, { terminal: true });
  await assert.rejects(withProgress(system, 'doctor', system.err, failing), TypeError);
  assert.equal(system.stderr, `${clear}failoverctl doctor: 3 s, running ip${clear}`);
});

test('nothing shows of what is quick, in a pipe, on a dumb terminal, or once lines come as they happen', async () => {
  assert.equal(await shown((system) => void system.read('/a')), '');
  assert.equal(await shown(slow, { terminal: false }), '');
  assert.equal(await shown(slow, { terminal: true, env: { TERM: 'dumb' } }), '');
  const following = async (system: System) => {
    await system.follow(['ip', 'monitor'], () => true);
    slow(system);
  };
  assert.equal(await shown(following), '');
});

test('every command has it: the running system, and a tree below --root', async () => {
  const files = { '/etc/systemd/network/20.network': '[Match]\nName=*\n', '/t/etc/os-release': 'ID=debian\n' };
  for (const args of [['lint'], ['doctor', '--root', '/t'], ['snapshot', '--root', '/t'], ['map', '/etc']]) {
    const machine = memorySystem(files, { terminal: true });
    let now = 0;
    await main(args, { ...machine, now: () => (now += 2000) });
    assert.match(machine.stderr, RegExp(`failoverctl ${args[0]}: \\d+ s, \\d+ files read`), args.join(' '));
    const last = machine.stderr.split(clear).at(-1) ?? '';
    assert.doesNotMatch(last, /files read/, 'it is gone');
  }
});
