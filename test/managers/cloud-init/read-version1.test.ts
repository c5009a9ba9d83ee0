import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVersion1 } from '../../../src/managers/cloud-init/read-version1.ts';
import { parseYamlTree } from '../../../src/text/yaml-tree.ts';

function read(text: string) {
  const { root } = parseYamlTree({ path: '/a.yaml', text });
  assert.ok(root?.kind === 'map');
  return readVersion1(root);
}
const messages = (text: string) =>
  read(text).problems.map(({ kind, message, fatal }) => [kind, message, fatal === true] as const);
const subnet = (fields: string) =>
  read(`config:\n- {type: physical, name: a, subnets: [{${fields}}]}\n`).devices[0]?.subnets[0];

test('devices with their names, MACs and ports; what only names servers is none', () => {
  const { devices, problems } = read(
    'config:\n- {type: physical, name: a, mac_address: "00:00:00:00:00:01", mtu: 1400}\n- {type: nameserver, address: 1.1.1.1}\n- {type: route, destination: x}\n- {type: vlan, name: v, vlan_id: 7, vlan_link: a}\n- {type: bridge, name: br0, bridge_interfaces: [a, v]}\n',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    devices.map(({ kind, name, rename, mtu, link, vlanId, members }) => [
      kind,
      name,
      rename?.value,
      mtu?.value,
      link?.value,
      vlanId?.value,
      members.map(({ value }) => value),
    ]),
    [
      ['physical', 'a', 'a', '1400', undefined, undefined, []],
      ['vlan', 'v', undefined, undefined, 'a', '7', []],
      ['bridge', 'br0', undefined, undefined, undefined, undefined, ['a', 'v']],
    ],
  );
});

test('without a MAC nothing is renamed', () => {
  assert.equal(read('config: [{type: physical, name: a}]\n').devices[0]?.rename, null);
});

test('what is wrong, and whether it ends cloud-init', () => {
  for (const [config, ends] of [
    ['{}', false],
    ['{a: 1}', true],
  ] as const)
    assert.deepEqual(messages(`config: ${config}\n`), [
      ['bad-value', 'version 1 without a list of devices; expected config: and a list', ends],
    ]);
  assert.deepEqual(messages('config: [{type: team, name: a}]\n'), [
    [
      'bad-value',
      'type "team"; expected physical, infiniband, loopback, bond, bridge, vlan, nameserver or route',
      true,
    ],
  ]);
  assert.deepEqual(messages('config: [{type: bond, name: a}]\n'), [
    ['bad-value', 'bond lacks bond_interfaces, params', false],
  ]);
});

test('subnets: the prefix from the address, a field or a mask', () => {
  const address = (fields: string) => subnet(`type: static, ${fields}`)?.address?.value;
  assert.equal(address('address: 10.0.0.1/8, netmask: 255.255.255.0'), '10.0.0.1/8');
  assert.equal(address('address: 10.0.0.1, prefix: 16'), '10.0.0.1/16');
  assert.equal(address('address: 10.0.0.1, netmask: 255.255.255.0'), '10.0.0.1/24');
  assert.equal(address('address: 10.0.0.1, netmask: 255.255.255.255'), '10.0.0.1/32');
  assert.equal(address('address: 10.0.0.1, netmask: 24'), '10.0.0.1/24');
  assert.equal(address('address: 10.0.0.1, netmask: 255.0.255.0'), '10.0.0.1');
  assert.equal(address('address: 10.0.0.1, netmask: 255.255.255'), '10.0.0.1');
});

test('the type of a subnet', () => {
  const type = (fields: string) => subnet(fields)?.type;
  assert.equal(type('type: dhcp'), 'dhcp4');
  assert.equal(type('type: ipv6_slaac'), 'slaac');
  assert.equal(type('type: "ipv6_dhcpv6-stateless"'), 'stateless');
  assert.equal(type('type: static, address: "fd00::1/64"'), 'static6');
  assert.equal(type('type: static, address: 10.0.0.1/24'), 'static');
  assert.equal(type('type: magic'), 'unknown');
  assert.equal(subnet('type: dhcp, control: manual')?.control, 'manual');
  assert.equal(subnet('type: dhcp')?.control, 'auto');
});

test("a driver is one of the device's parameters, and a place is where its word stands", () => {
  const text = 'config:\n- {type: physical, name: a, params: {driver: net_failover}, subnets: [{type: dhcp}]}\n';
  const [device] = read(text).devices;
  assert.equal(device?.driver?.value, 'net_failover');
  assert.equal(device?.subnets[0]?.place.span.start, text.indexOf('dhcp'));
});
