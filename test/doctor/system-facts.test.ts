import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readSystemFacts } from '../../src/doctor/system-facts.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';

interface Library {
  system(): Promise<{ manufacturer: string; model: string; virtual: boolean; virtualHost?: string }>;
  osInfo(): Promise<{ distro: string; release: string; codename: string }>;
}

test('through the port systeminformation says what it says on Node', async () => {
  const library = createRequire(resolve('package.json'))('systeminformation') as Library;
  const hardware = await library.system();
  const os = await library.osInfo();
  const facts = await readSystemFacts(nodeSystem(), true);
  assert.equal(
    facts.distribution,
    [os.distro, os.release, os.codename && `(${os.codename})`].filter(Boolean).join(' '),
  );
  for (const word of [hardware.manufacturer, hardware.model]) assert.ok(facts.machine?.includes(word), word);
  if (hardware.virtual) assert.equal(facts.virtual, true);
});

test('without programs the files are asked', async () => {
  const files = {
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian"\n',
    '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
    '/sys/class/dmi/id/product_name': 'Standard PC (Q35 + ICH9, 2009)\n',
  };
  assert.deepEqual(await readSystemFacts(memorySystem(files), true), {
    distribution: 'Debian GNU/Linux 12 (bookworm)',
    machine: 'QEMU Standard PC (Q35 + ICH9, 2009)',
    virtual: true,
  });
});

test('what nobody says is not known', async () => {
  const nothing = { distribution: null, machine: null, virtual: null };
  assert.deepEqual(await readSystemFacts(memorySystem({}), true), nothing);
});

test('an image is never asked by a program', async () => {
  const system = memorySystem({}, { run: () => ({ status: 0, signal: null, stdout: '', stderr: '' }) });
  await readSystemFacts(system, false);
  assert.deepEqual(system.programs, []);
});
