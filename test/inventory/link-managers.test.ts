import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askDaemons, managersOf, readAdminState } from '../../src/inventory/link-managers.ts';
import { memorySystem } from '../../src/system/memory.ts';

test('a DHCP client of one link, and one of all', () => {
  const daemons = {
    managers: [],
    clients: [
      { pid: 7, program: 'dhclient', links: ['ens11'], spares: [] },
      { pid: 8, program: 'dhcpcd', links: [], spares: ['ens10nsby'] },
    ],
  };
  assert.deepEqual(
    managersOf(daemons, 'ens11').map(({ state, by }) => [state, by]),
    [
      ['running', 'dhclient, process 7'],
      ['serves every link', 'dhcpcd, process 8'],
    ],
  );
  assert.deepEqual(
    managersOf(daemons, 'ens10').map(({ by }) => by),
    ['dhcpcd, process 8'],
  );
  assert.deepEqual(managersOf(daemons, 'ens10nsby'), [], 'it leaves that one alone');
});

test('a daemon that says the link is none of its own is not named', () => {
  const up = { state: 'up', by: null, active: true };
  const daemons = {
    managers: [
      { name: 'networkd', ask: () => null },
      { name: 'ifupdown', ask: (link: string) => (link === 'ens10' ? up : null) },
    ],
    clients: [],
  };
  assert.deepEqual(managersOf(daemons, 'ens10'), [{ manager: 'ifupdown', ...up }]);
  assert.deepEqual(managersOf(daemons, 'ens11'), []);
});

test('every manager that can be asked is', () => {
  const { managers } = askDaemons(memorySystem({ '/run/network/ifstate': 'ens10=ens10\n' }));
  const states = managersOf({ managers, clients: [] }, 'ens10');
  assert.deepEqual(
    states.map(({ manager, by }) => [manager, by]),
    [['ifupdown', 'iface ens10']],
  );
});

test("networkd's state, by the link's index", () => {
  const files = {
    '/sys/class/net/ens10/ifindex': '3\n',
    '/run/systemd/netif/links/3': 'X=1\nADMIN_STATE=configured\n',
  };
  assert.equal(readAdminState(memorySystem(files), 'ens10'), 'configured');
  assert.equal(readAdminState(memorySystem({ ...files, '/run/systemd/netif/links/3': 'X=1\n' }), 'ens10'), null);
  assert.equal(readAdminState(memorySystem(files), 'ens11'), null);
});
