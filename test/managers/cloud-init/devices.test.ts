import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDevices } from '../../../src/managers/cloud-init/devices.ts';
import type { RendererName } from '../../../src/managers/cloud-init/check.ts';
import { parseYamlTree } from '../../../src/text/yaml-tree.ts';

function read(text: string, renderer: RendererName | null = 'eni', version?: string) {
  const { root } = parseYamlTree({ path: '/a.yaml', text });
  assert.ok(root?.kind === 'map');
  return readDevices(root, [], renderer, version);
}
const names = (text: string) => read(text).devices.map(({ kind, name }) => `${kind} ${name}`);

test('a version that is none ends the reading', () => {
  for (const [text, message] of [
    ['ethernets: {}\n', 'no version; expected version: 1 or 2'],
    ['version: 3\n', 'version 3; expected 1 or 2'],
  ] as const) {
    const { version, devices, problems } = read(text);
    assert.deepEqual([version, devices], [null, []]);
    assert.equal(problems[0]?.message, message);
    assert.equal(problems[0]?.fatal, true);
  }
});

test('ports that nothing defines become devices', () => {
  const text =
    'version: 2\nbonds: {bond0: {interfaces: [a]}}\nbridges: {br0: {interfaces: [b, bond0]}}\nethernets: {c: {}}\n';
  assert.deepEqual(names(text).sort(), ['bond a', 'bond bond0', 'bridge br0', 'physical c', 'untyped b']);
});

const twice =
  'version: 2\nethernets:\n  a: {match: {driver: x, macaddress: "00:00:00:00:00:01"}, set-name: z, dhcp4: true}\n  b: {match: {macaddress: "00:00:00:00:00:02"}, set-name: z}\n';

test('before 24.4, of two definitions of one name the last counts, but for the driver', () => {
  const [only, ...others] = read(twice, 'eni', '22.4.2').devices;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [only?.name, only?.driver?.value, only?.mac?.value, only?.subnets],
    ['z', 'x', '00:00:00:00:00:02', []],
  );
});

test('from 24.4 on definitions are known by their IDs, unless a name is the ID of an earlier one', () => {
  const known = (text: string) => read(text, 'eni', '25.1.4').devices.map(({ key, keys, name }) => [key, keys, name]);
  assert.deepEqual(known(twice), [
    ['a', ['a'], 'z'],
    ['b', ['b'], 'z'],
  ]);
  const both = ['b', ['a', 'b'], 'a'];
  assert.deepEqual(known('version: 2\nethernets: {a: {set-name: z}, b: {set-name: a}}\n'), [both, both]);
});

test('NetworkManager loses a bridge port that another definition has taken over: nothing is rendered', () => {
  const text = 'version: 2\nethernets: {a: {set-name: z}, b: {set-name: a}}\nbridges: {br0: {interfaces: [a]}}\n';
  const fatal = (renderer: RendererName, version: string) =>
    read(text, renderer, version).problems.filter((problem) => problem.fatal === true).length;
  assert.deepEqual(
    [fatal('network-manager', '25.1.4'), fatal('eni', '25.1.4'), fatal('network-manager', '22.4')],
    [1, 0, 0],
  );
});
