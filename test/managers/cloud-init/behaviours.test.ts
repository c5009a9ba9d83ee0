import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasBehaviour } from '../../../src/managers/cloud-init/behaviours.ts';
import { lowerConfig } from '../../../src/managers/cloud-init/manager.ts';
import { readDevices } from '../../../src/managers/cloud-init/devices.ts';
import type { RendererName } from '../../../src/managers/cloud-init/check.ts';
import { parseYamlTree } from '../../../src/text/yaml-tree.ts';

function parse(text: string) {
  const { root } = parseYamlTree({ path: '/a.yaml', text });
  assert.ok(root?.kind === 'map');
  return root;
}
const lower = (text: string, renderer: RendererName, version?: string) =>
  lowerConfig(parse(text), renderer, [], version)
    .map(({ source }) => source.text)
    .join('\n');
const fatal = (text: string, renderer: RendererName, version?: string) =>
  readDevices(parse(text), [], renderer, version).problems.filter((problem) => problem.fatal === true);

test('a behaviour begins with its release; an unknown version is 25.1', () => {
  const has = (version?: string) => hasBehaviour(version, 'known by ID');
  assert.deepEqual(
    [has('22.4.2'), has('24.3.1'), has('24.4'), has('25.1.4-1'), has()],
    [false, false, true, true, true],
  );
  assert.equal(hasBehaviour(undefined, 'hyphens in ENI'), false);
});

const gateway = (address: string, via: string) =>
  `version: 1\nconfig: [{type: physical, name: a, subnets: [{type: static, address: ${address}, gateway: "${via}"}]}]\n`;

test('a gateway outside its subnet is on link', () => {
  const inside = gateway('192.0.2.5/24', '192.0.2.1');
  const outside = gateway('192.0.2.5/24', '203.0.113.1');
  assert.match(lower(outside, 'netplan', '22.4.2'), /gateway4: "203\.0\.113\.1"/);
  assert.match(lower(outside, 'netplan', '25.1.4'), /to: default\n +via: "203\.0\.113\.1"\n +on-link: true/);
  assert.doesNotMatch(lower(inside, 'netplan', '25.1.4'), /on-link|gateway4/);
  assert.match(lower(outside, 'networkd', '25.1.4'), /^GatewayOnLink=yes$/m);
  assert.doesNotMatch(lower(outside, 'networkd', '22.4.2') + lower(inside, 'networkd', '25.1.4'), /GatewayOnLink/);
});

test('networkd from 25.2 on has VLANs on what is below them', () => {
  const text = 'version: 2\nethernets: {a: {}}\nvlans: {v: {id: 7, link: a, dhcp4: true}}\n';
  assert.match(lower(text, 'networkd', '26.2'), /^VLAN=v$[^]*^Kind=vlan$[^]*^Id=7$/m);
  assert.doesNotMatch(lower(text, 'networkd', '25.1.4'), /VLAN/);
});

test('a route to default ends the rendering before 25.3, and for nobody who does not know the version', () => {
  const text = 'version: 2\nethernets: {a: {dhcp4: true, routes: [{to: default, via: 192.0.2.1}]}}\n';
  const count = (renderer: RendererName, version?: string) => fatal(text, renderer, version).length;
  assert.deepEqual([count('eni', '25.1.4'), count('networkd', '25.3'), count('eni')], [1, 0, 0]);
  assert.equal(count('netplan', '25.1.4'), 0);
});

test('networkd looks every device up in ethernets', () => {
  const text = 'version: 2\nvlans: {v: {id: 7, link: a}}\n';
  assert.deepEqual(
    fatal(text, 'networkd', '26.2').map(({ message }) => message),
    ['version 2 without ethernets; expected ethernets: {} at least for systemd-networkd'],
  );
  assert.deepEqual(fatal(text, 'eni', '26.2'), []);
  assert.deepEqual(fatal(`${text}ethernets: {}\n`, 'networkd', '26.2'), []);
});

test('an IPv6 route of a device without IPv6 has a stanza without an address from 25.2 on', () => {
  const text = 'version: 2\nethernets: {a: {dhcp4: true, routes: [{to: "2001:db8::/64", via: "fe80::1"}]}}\n';
  assert.match(lower(text, 'eni', '26.2'), /^auto a\niface a inet6 static$/m);
  assert.doesNotMatch(lower(text, 'eni', '25.1.4'), /inet6/);
});

test('ENI from 25.2 on says accept-ra, which ifupdown does not read', () => {
  const text = 'version: 2\nethernets: {a: {dhcp6: true, accept-ra: false}}\n';
  assert.match(lower(text, 'eni', '25.1.4'), /^ +accept_ra 0$/m);
  assert.match(lower(text, 'eni', '26.2'), /^ +accept-ra 0$/m);
});
