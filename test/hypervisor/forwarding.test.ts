/** The effects of forwarding steps, as bridge(8) and ip(8) tell of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  giveVfMacStep,
  isSpoofChecked,
  readVfSettings,
  reverseStep,
  tapStep,
  uplinkStep,
  zeroMac,
  zeroVfMacStep,
} from '../../src/hypervisor/forwarding.ts';
import { memorySystem } from '../../src/system/memory.ts';

const mac = '52:54:00:00:00:01';
const answering = (answer: unknown, status = 0) =>
  memorySystem(
    {},
    {
      run: () => ({
        status,
        signal: null,
        stdout: typeof answer === 'string' ? answer : JSON.stringify(answer),
        stderr: '',
      }),
    },
  );
const fdb = (entry: object) => answering([{ mac: mac.toUpperCase(), master: 'br0', state: 'static', ...entry }]);

test('a tap is pinned by a static entry of the bridge alone', () => {
  const effect = (system: ReturnType<typeof answering>) => tapStep(system, mac, 'tap0').effect();
  assert.equal(effect(fdb({})), 'present');
  assert.equal(effect(fdb({ state: 'permanent' })), 'absent', 'the bridge keeps the frames for the host');
  assert.equal(effect(fdb({ state: '' })), 'absent', 'learned, and gone tomorrow');
  assert.equal(effect(fdb({ master: undefined })), 'absent', "the tap's own list");
  assert.equal(effect(fdb({ mac: '52:54:00:00:00:02' })), 'absent');
  assert.equal(effect(answering([], 255)), 'absent', 'the tap is gone');
  assert.equal(effect(answering('{')), 'absent');
  assert.deepEqual(tapStep(fdb({}), mac, 'tap0').command?.argv.slice(-3), ['master', 'static', 'sticky']);
});

test("an uplink receives by an entry of the card's own list", () => {
  const effect = (flags: readonly string[]) => uplinkStep(fdb({ flags }), mac, 'eno1v0').effect();
  assert.equal(effect(['self']), 'present');
  assert.equal(effect([]), 'absent');
});

test('the reverse of a step runs its undo, until its effect is gone', () => {
  const step = tapStep(fdb({}), mac, 'tap0');
  const reverse = reverseStep(step, 'clean up');
  assert.deepEqual([reverse.id, reverse.command, reverse.undo], ['fdb-tap-clean', step.undo, null]);
  assert.equal(reverse.effect(), 'absent');
  assert.equal(reverseStep(tapStep(answering([]), mac, 'tap0'), 'x').effect(), 'present');
  const unknown = zeroVfMacStep(answering([]), 'eno1', 3, mac);
  assert.equal(reverseStep(unknown, 'x').effect(), 'unknown');
});

const vf = (entry: object) =>
  answering([
    {
      vfinfo_list: [
        { vf: 2, address: mac },
        { vf: 3, ...entry },
      ],
    },
  ]);

test("a VF's MAC, by its number in the PF's table, whichever iproute2 tells of it", () => {
  for (const key of ['address', 'mac']) {
    assert.equal(giveVfMacStep(vf({ [key]: mac.toUpperCase() }), 'eno1', 3, mac).effect(), 'present', key);
    assert.equal(zeroVfMacStep(vf({ [key]: mac }), 'eno1', 3, mac).effect(), 'absent', key);
  }
  assert.equal(giveVfMacStep(vf({ address: zeroMac }), 'eno1', 3, mac).effect(), 'absent');
  assert.equal(zeroVfMacStep(vf({ address: zeroMac }), 'eno1', 3, mac).effect(), 'present');
  assert.equal(giveVfMacStep(vf({}), 'eno1', 3, mac).effect(), 'unknown');
  assert.equal(giveVfMacStep(answering([{}]), 'eno1', 3, mac).effect(), 'unknown');
});

test('the undo of a given MAC is the one that was there', () => {
  const undo = (entry: object) => giveVfMacStep(vf(entry), 'eno1', 3, mac).undo?.argv.at(-1);
  assert.equal(undo({ address: '52:54:00:00:00:07' }), '52:54:00:00:00:07');
  assert.equal(undo({}), zeroMac);
  assert.deepEqual(zeroVfMacStep(vf({}), 'eno1', 3, mac).command?.argv.slice(2), [
    'set',
    'dev',
    'eno1',
    'vf',
    '3',
    'mac',
    zeroMac,
  ]);
});

test('spoof checking and trust; null where the card does not say', () => {
  assert.equal(isSpoofChecked(vf({ spoofchk: true }), 'eno1', 3), true);
  assert.equal(isSpoofChecked(vf({ spoofchk: false }), 'eno1', 3), false);
  assert.equal(isSpoofChecked(vf({ spoofchk: 'on' }), 'eno1', 3), null);
  assert.deepEqual(readVfSettings(vf({ trust: true }), 'eno1', 3), { spoofChecked: null, trusted: true });
  assert.deepEqual(readVfSettings(answering([]), 'eno1', 3), { spoofChecked: null, trusted: null });
});
