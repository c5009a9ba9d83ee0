import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributePackets, type WitnessedPacket } from './attribute.ts';

const byMaster: WitnessedPacket = { link: 'enp1s0', role: 'master', payload: 'aa' };
const byStandby: WitnessedPacket = { link: 'enp1s0nsby', role: 'standby', payload: 'aa' };
const byPrimary: WitnessedPacket = { link: 'enp2s0', role: 'primary', payload: 'aa' };
const byLoose: WitnessedPacket = { link: 'enp2s0', role: 'loose', payload: 'aa' };

test('what the master hands to a slave is the master’s', () => {
  assert.deepEqual(attributePackets([byMaster, byPrimary], { standby: [], primary: ['aa'] }), {
    byMaster: 1,
    bySlaves: [],
    byLooseVf: [],
    unexplained: [],
  });
});

test('the same bytes once more, from the slave itself, are the slave’s', () => {
  const { byMaster: count, bySlaves } = attributePackets([byMaster, byPrimary, byPrimary], {
    standby: [],
    primary: ['aa', 'aa'],
  });
  assert.equal(count, 1);
  assert.deepEqual(bySlaves, [{ ...byPrimary, left: true }]);
});

test('a slave’s packet that no tap carried is told, and said not to have left', () => {
  const { bySlaves } = attributePackets([byStandby], { standby: [], primary: ['aa'] });
  assert.deepEqual(bySlaves, [{ ...byStandby, left: false }]);
});

test('a link that was gone when it was looked at counts as a slave', () => {
  const gone: WitnessedPacket = { link: '?', role: 'unknown', payload: 'bb' };
  const { bySlaves, unexplained } = attributePackets([gone], { standby: [], primary: ['bb'] });
  assert.deepEqual(bySlaves, [{ ...gone, left: true }]);
  assert.deepEqual(unexplained, []);
});

test('a VF that no master has is counted by itself', () => {
  const { bySlaves, byLooseVf } = attributePackets([byLoose], { standby: [], primary: ['aa'] });
  assert.deepEqual([bySlaves, byLooseVf], [[], [{ ...byLoose, left: true }]]);
});

test('a packet on a tap that the guest was not seen to send stays unexplained', () => {
  const { unexplained } = attributePackets([byMaster, byPrimary], { standby: ['aa'], primary: ['aa', 'cc'] });
  assert.deepEqual(unexplained, ['aa', 'cc']);
});
