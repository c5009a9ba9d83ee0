import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRules } from '../../../src/managers/udev/rules.ts';
import { createRun } from '../../../src/managers/udev/run.ts';
import { assumeGuest } from '../../../src/topology/guest-assumed.ts';
import { unknownHost, type Guest } from '../../../src/topology/guest.ts';

const guestOf = (mac: string): Guest =>
  assumeGuest({ kind: 'net_failover', groups: 1 }, { ...unknownHost, systemdVersion: 257 }, [mac], []);
const guests = ['52:54:00:00:00:01', '52:54:00:00:00:02'].map(guestOf);

function outcomes(text: string, role: string) {
  const rules = [parseRules({ path: '/etc/udev/rules.d/85-a.rules', text }, 257)];
  return guests.map((guest) => {
    const [phase] = guest.phases;
    const link = phase?.links.find((one) => one.role === role);
    assert.ok(phase !== undefined && link !== undefined);
    return createRun(rules, guest).outcomeOf(phase, link, 'add');
  });
}

test('guests that the rules cannot tell apart share what these come to', () => {
  const [one, other] = outcomes('SUBSYSTEM=="net", ATTR{phys_port_name}=="sby", ENV{A}="1"\n', 'standby');
  assert.equal(one, other);
  assert.equal(one?.properties.get('A'), '1');
});

test('where a rule asks for the MAC, each guest has its own', () => {
  const [one, other] = outcomes('SUBSYSTEM=="net", ENV{A}="$attr{address}"\n', 'master');
  assert.deepEqual([one?.properties.get('A'), other?.properties.get('A')], ['52:54:00:00:00:01', '52:54:00:00:00:02']);
  const [first, second] = outcomes('ATTR{address}=="52:54:00:00:00:02", ENV{A}="1"\n', 'master');
  assert.deepEqual([first?.properties.get('A'), second?.properties.get('A')], [undefined, '1']);
});

test('a file that a rule looks for by the MAC is that of the guest', () => {
  const [one, other] = outcomes('TEST=="/run/net-failover/52:54:00:00:00:02", ENV{A}="1"\n', 'master');
  assert.deepEqual([one?.properties.get('A'), other?.properties.get('A')], [undefined, '1']);
});
