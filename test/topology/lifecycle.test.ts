import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livePhases, nameOnAnotherSlot } from '../../src/topology/lifecycle.ts';
import { master, primary, standby } from '../managers/guest.ts';

const triple = [master, standby, primary];
const phase = (name: string, links = triple) => livePhases(links).find((one) => one.name === name)?.links;

test('a guest without a VF of a master has one phase', () => {
  const ordinary = { ...primary, role: 'none' as const, group: null, master: null };
  for (const links of [[], [ordinary], [master, standby]])
    assert.deepEqual(
      livePhases(links).map(({ name }) => name),
      ['boot'],
    );
});

test('while the VF is away master and standby stay', () => {
  assert.deepEqual(phase('vf-absent'), [master, standby]);
});

test('it comes back with another name, on another slot, of another maker, and nothing is known of it', () => {
  const vf = { ...primary, idPath: 'pci-0000:00:1f.0', properties: new Map([['ID_NET_FAILOVER', 'primary']]) };
  const back = phase('vf-back', [master, standby, vf])?.[2];
  assert.ok(back !== undefined);
  assert.deepEqual(
    [back.name, back.driver, back.parentDriver, back.idPath, back.properties, back.role, back.master],
    ['ens12', 'mlx5_core', 'mlx5_core', 'pci-0000:00:00.0', undefined, 'primary', 'ens10'],
  );
});

test('on Hyper-V a Mellanox VF comes back as Microsoft’s own, elsewhere as Intel’s', () => {
  const vf = { ...primary, driver: 'mlx5_core' };
  assert.equal(phase('vf-back', [master, standby, vf])?.[2]?.driver, 'iavf');
  assert.equal(phase('vf-back', [{ ...master, parentDriver: 'hv_netvsc' }, vf])?.[1]?.driver, 'mana');
});

test('before it is enslaved it is a NIC with the master’s MAC', () => {
  for (const name of ['vf-unenslaved', 'vf-first']) {
    const vf = phase(name)?.[2];
    assert.deepEqual([vf?.role, vf?.master, vf?.mac], ['pending', null, master.mac]);
  }
});

test('the next slot is one that no link has and no file names', () => {
  const taken = new Set(['enp3s0', 'ens12']);
  assert.equal(nameOnAnotherSlot('enp2s0', taken), 'enp4s0');
  assert.equal(nameOnAnotherSlot('ens11', taken), 'ens13');
  assert.equal(
    nameOnAnotherSlot('eth2', taken, (name) => name === 'eth3'),
    'eth4',
  );
  assert.equal(nameOnAnotherSlot('enP5p2s0', taken), 'enP5p3s0');
  assert.equal(nameOnAnotherSlot('lan', taken), 'lan1');
});
