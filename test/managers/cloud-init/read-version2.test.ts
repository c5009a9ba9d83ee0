import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVersion2 } from '../../../src/managers/cloud-init/read-version2.ts';
import { parseYamlTree } from '../../../src/text/yaml-tree.ts';
import { assumedGuest } from '../guest.ts';

const links = assumedGuest(252).phases[0]?.links ?? [];

function read(text: string, isPassed = false) {
  const { root } = parseYamlTree({ path: '/a.yaml', text });
  assert.ok(root?.kind === 'map');
  return readVersion2(root, links, isPassed);
}
const device = (fields: string) => read(`ethernets: {a: {${fields}}}\n`).devices[0];

test("a name: set-name, else a link's with that MAC, else the ID", () => {
  const mac = links[0]?.mac ?? '';
  assert.notEqual(mac, '');
  assert.equal(device('dhcp4: true')?.name, 'a');
  assert.equal(device(`match: {macaddress: "${mac.toUpperCase()}"}`)?.name, links[0]?.name);
  assert.equal(device(`match: {macaddress: "${mac}"}, set-name: z`)?.name, 'z');
});

test('only a match by MAC renames', () => {
  assert.equal(device('match: {name: x}, set-name: z')?.rename, null);
  assert.equal(device('match: {macaddress: "00:00:00:00:00:09"}, set-name: z')?.rename?.value, 'z');
});

test('a list of drivers is one that matches nothing', () => {
  assert.equal(device('match: {driver: net_failover}')?.driver?.value, 'net_failover');
  assert.equal(device('match: {driver: [a, b]}')?.driver?.value, "['a', 'b']");
});

test('addresses: DHCP first, the first of a family has its gateway', () => {
  const subnets = device(
    'dhcp4: "yes", dhcp6: false, addresses: [10.0.0.1/24, {10.0.0.2/24: {label: x}}, "fd00::1/64"], gateway4: 10.0.0.254, gateway6: "fd00::2"',
  )?.subnets;
  assert.deepEqual(
    subnets?.map(({ type, address, gateway }) => [type, address?.value, gateway?.value]),
    [
      ['dhcp4', undefined, undefined],
      ['static', '10.0.0.1/24', '10.0.0.254'],
      ['static', '10.0.0.2/24', undefined],
      ['static6', 'fd00::1/64', 'fd00::2'],
    ],
  );
});

test('a section that only netplan may know', () => {
  const problems = (isPassed: boolean) => read('tunnels: {a: {}}\nwifis: {b: {}}\n', isPassed).problems;
  assert.deepEqual(
    problems(false).map(({ message, fatal }) => [message, fatal]),
    [['"tunnels" in version 2; expected ethernets, bonds, bridges, vlans, wifis, renderer or version', true]],
  );
  assert.equal(problems(true)[0]?.fatal, undefined);
});
