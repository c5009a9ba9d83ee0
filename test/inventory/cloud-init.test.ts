import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInstalledCloudInit } from '../../src/inventory/cloud-init.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { unknownHost, type HostFacts } from '../../src/topology/guest.ts';

const read = (tree: Readonly<Record<string, MemoryEntry>>, host: Partial<HostFacts> = {}) =>
  readInstalledCloudInit(memorySystem(tree), { ...unknownHost, ...host });
const program = { '/usr/bin/cloud-init': '' };

test('there by its program or by its configuration', () => {
  assert.equal(read({ '/etc/cloud/cloud.cfg.d/90-x.cfg': '' }), null);
  assert.equal(read(program)?.disabled, null);
  assert.equal(read({ '/etc/cloud/cloud.cfg': '' })?.disabled, null);
});

test('a file, the kernel command line, or its own configuration keeps it from the network', () => {
  assert.match(read({ ...program, '/etc/cloud/cloud-init.disabled': '' })?.disabled ?? '', /cloud-init\.disabled/);
  const off = read(program, { kernelCommandLine: 'quiet cloud-init=disabled' });
  assert.match(off?.disabled ?? '', /kernel command line/);
  assert.equal(off?.renderer, null);
  assert.equal(read(program, { kernelCommandLine: 'x-cloud-init=disabled-not' })?.disabled, null);
  const told = { ...program, '/etc/cloud/cloud.cfg.d/99-off.cfg': 'network: {config: disabled}\n' };
  assert.match(read(told)?.disabled ?? '', /config: disabled/);
});
