import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDevices } from '../../../src/managers/cloud-init/devices.ts';
import type { RendererName } from '../../../src/managers/cloud-init/check.ts';
import { parseYamlTree } from '../../../src/text/yaml-tree.ts';

function read(text: string, renderer: RendererName | null = 'eni') {
  const { root } = parseYamlTree({ path: '/a.yaml', text });
  assert.ok(root?.kind === 'map');
  return readDevices(root, [], renderer);
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

test('of two definitions of one name the last counts, but for the driver', () => {
  const text =
    'version: 2\nethernets:\n  a: {match: {driver: x, macaddress: "00:00:00:00:00:01"}, set-name: z, dhcp4: true}\n  b: {match: {macaddress: "00:00:00:00:00:02"}, set-name: z}\n';
  const [only, ...others] = read(text).devices;
  assert.deepEqual(others, []);
  assert.deepEqual(
    [only?.name, only?.driver?.value, only?.mac?.value, only?.subnets],
    ['z', 'x', '00:00:00:00:00:02', []],
  );
});
