/**
 * Which configurations end cloud-init's renderers, asked of 22.4.2, 25.1 and 26.2.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudInit, lowerConfig } from '../../../src/managers/cloud-init/manager.ts';
import { parseYamlTree, valueOf } from '../../../src/text/yaml-tree.ts';
import { file, guest, link, noInclude, triplePhases } from '../ifupdown/guest.ts';
import {
  askCloudInit,
  askCloudInitIn,
  findCloudInit,
  whyNoCloudInit,
  type Case,
  type CloudInitAnswer,
} from './oracle.ts';
import { seenMacs } from './random.ts';

const one = (rest: string) => `{version: 1, config: [{type: physical, name: ens10, ${rest}}]}`;
const subnet = (rest: string) => one(`subnets: [{${rest}}]`);
const two = (rest: string) => `{version: 2, ethernets: {a: {${rest}}}}`;

/** Ends all renderers that are not handed the text as it is. */
const ends: readonly string[] = [
  subnet('type: static'),
  subnet('type: static6'),
  one('subnets: {type: dhcp}'),
  one('subnets: dhcp'),
  one('subnets: [dhcp]'),
  subnet('address: 192.0.2.1/24'),
  subnet(''),
  subnet('type: static, address: 192.0.2.300/24'),
  subnet('type: static, address: 192.0.2.30/33'),
  subnet('type: static, address: 192.0.2.30, netmask: 255.0.255.0'),
  subnet('type: dhcp, routes: [{gateway: 192.0.2.1}]'),
  subnet('type: dhcp, routes: {gateway: 192.0.2.1}'),
  subnet('type: dhcp, routes: [{network: 10.0.0.0, netmask: junk, gateway: 192.0.2.1}]'),
  '{version: 1, config: {type: physical, name: ens10}}',
  '{version: 1, config: null}',
  '{version: 1, config: [physical]}',
  '{version: 2, ethernets: [a]}',
  '{version: 2, ethernets: {a: null}}',
  '{version: 2, ethernets: {a: dhcp}}',
  '{version: 2, tunnels: {v: {dhcp4: true}}}',
  '{version: 2, bonds: {v: {dhcp4: true}}}',
  two('match: en*, dhcp4: true'),
  two('addresses: 192.0.2.1/24'),
  two('addresses: null'),
  two('addresses: [192.0.2.300/24]'),
  two('routes: [{via: 192.0.2.1}]'),
  two('dhcp4: true, nameservers: [192.0.2.1]'),
  '{version: 3, ethernets: {}}',
];

/** Rendered by all, though something in it is said to be wrong, or is not. */
const renders: readonly string[] = [
  subnet('type: dhpc'),
  subnet('type: manual'),
  one('subnets: null'),
  one('macaddress: "52:54:00:00:12:53", subnets: [{type: dhcp}]'),
  one('subnet: [{type: dhcp}]'),
  subnet('type: static, address: 192.0.2.30'),
  subnet('type: static, address: 192.0.2.30, netmask: 255.255.255.0'),
  subnet('type: dhcp, control: junk'),
  subnet('type: dhcp, gateway: junk'),
  two('dhpc4: true'),
  two('dhcp4: maybe'),
  two('addresses: [192.0.2.3]'),
  two('match: {driver: [net_failover, hv_netvsc]}, dhcp4: true'),
  // The second one is called ens10 too, by its MAC, and takes the place of the first.
  '{version: 2, ethernets: {ens10: {mtu: [7]}, a: {match: {macaddress: "52:54:00:00:12:53"}, dhcp4: true}}}',
];

const renderers = ['netplan', 'eni', 'networkd', 'network-manager'] as const;
const links = Object.entries(seenMacs).map(([mac, name]) => link(name, { mac }));

function isRendered(text: string, renderer: Case['renderer']): boolean {
  const { root } = parseYamlTree({ path: 'network-config', text });
  const config = valueOf(root, 'network') ?? root;
  return config?.kind === 'map' && lowerConfig(config, renderer, links).length > 0;
}

function isPassed(text: string, renderer: Case['renderer']): boolean {
  return renderer === 'netplan' && /"?version"?: 2/.test(text);
}

const trees = ['trixie', 'sid-network'] as const;
const oracles: readonly {
  readonly name: string;
  readonly ask: ((cases: readonly Case[]) => readonly CloudInitAnswer[]) | string;
}[] = [
  { name: '22.4', ask: whyNoCloudInit() ?? askCloudInit },
  ...trees.map((tree) => {
    const root = findCloudInit(tree);
    const ask =
      root === null
        ? 'its tree is not there (node test/setup-oracles.mjs)'
        : (cases: readonly Case[]) => askCloudInitIn(root, cases);
    return { name: tree, ask };
  }),
];

for (const text of ends) {
  test(`renders nothing: ${text}`, () => {
    for (const renderer of renderers) assert.equal(isRendered(text, renderer), isPassed(text, renderer), renderer);
  });
}
for (const text of renders) {
  test(`is rendered: ${text}`, () => {
    for (const renderer of renderers) assert.ok(isRendered(text, renderer), renderer);
  });
}

for (const { name, ask } of oracles) {
  const mayBeMissing = process.env['CI'] !== 'true' || name === 'sid-network';
  const skip = typeof ask === 'string' && mayBeMissing ? `skipped: ${ask}` : false;
  test(`cloud-init of ${name} ends at the same faults`, { skip }, () => {
    assert.ok(typeof ask !== 'string', String(ask));
    const cases = [...ends, ...renders].flatMap((text) =>
      renderers
        .filter((renderer) => !isPassed(text, renderer))
        .map((renderer): Case => ({ text, renderer, macs: seenMacs })),
    );
    const answers = ask(cases);
    const wrong = cases.filter(({ text }, index) => 'error' in (answers[index] ?? {}) !== ends.includes(text));
    assert.deepEqual(
      wrong.map(({ text, renderer }) => `${renderer}: ${text}`),
      [],
    );
  });
}

test('a typo is named with its place, and a fault that ends all is an error', () => {
  const problemsOf = (text: string) =>
    cloudInit.judge([file('/var/lib/cloud/seed/nocloud/network-config', text)], guest(triplePhases()), noInclude)
      .problems;
  const [typo] = problemsOf(one('macaddress: "52:54:00:00:12:53", subnets: [{type: dhcp}]'));
  assert.equal(typo?.kind, 'unknown-key');
  assert.match(typo.message, /"macaddress" of physical; expected mac_address$/);
  assert.match(problemsOf(subnet('type: dhpc'))[0]?.message ?? '', /^type "dhpc" of a subnet; expected dhcp, dhcp4/);
  const [none] = problemsOf(subnet('type: static'));
  assert.equal(none?.fatal, true);
});

test('user data that is named alone is no network configuration', () => {
  for (const text of ['#cloud-config\npackages: [vim]\n', 'autoinstall:\n  version: 1\n', '#!/bin/sh\ntrue\n']) {
    const { problems } = cloudInit.judge([file('/tmp/cc.yaml', text)], guest(triplePhases()), noInclude);
    assert.deepEqual(problems, [], text);
  }
});
