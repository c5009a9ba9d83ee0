import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySystem } from '../../src/system/memory.ts';
import { readAbove, readBridgesAbove } from '../../src/topology/above.ts';
import { netdev, type Tree } from './sysfs.ts';

const directory = (name: string) => `/sys/devices/virtual/net/${name}`;

/** `[below, above]`, as the kernel tells them on both sides; `port`: the upper is the lower's master too. */
function stack(...pairs: readonly (readonly [below: string, above: string, kind?: 'port'])[]): Tree {
  const tree: Tree = {};
  for (const name of new Set(pairs.flatMap(([below, above]) => [below, above])))
    Object.assign(tree, netdev(name, 'virtual', { address: '52:54:00:00:12:53' }));
  for (const [below, above, kind] of pairs) {
    tree[`${directory(below)}/upper_${above}`] = { link: `../${above}` };
    if (kind !== 'port') continue;
    tree[`${directory(below)}/master`] = { link: `../${above}` };
    tree[`${directory(above)}/brif/${below}`] = { link: `../../${below}` };
  }
  return tree;
}

test('a stack five deep, nearest first', () => {
  const system = memorySystem(stack(['m', 'b'], ['b', 'v1'], ['v1', 'br', 'port'], ['br', 'v2'], ['v2', 'mv']));
  assert.deepEqual(readAbove(system, 'm'), ['b', 'v1', 'br', 'v2', 'mv']);
  assert.deepEqual(readBridgesAbove(system, 'm', readAbove(system, 'm')), [
    { name: 'br', mac: '52:54:00:00:12:53', otherPorts: [] },
  ]);
});

test('uppers that lead back are looked at once, and the link is not above itself', () => {
  const system = memorySystem(stack(['m', 'a'], ['a', 'b'], ['b', 'c'], ['c', 'a'], ['c', 'm']));
  assert.deepEqual(readAbove(system, 'm'), ['a', 'b', 'c']);
  const looked = system.calls.filter((call) => call.startsWith('list '));
  assert.equal(looked.length, new Set(looked).size, 'each link once');
});

test('two masters in one bridge: each is the other port of the other', () => {
  const system = memorySystem(stack(['m1', 'br', 'port'], ['m2', 'br', 'port']));
  for (const [own, other] of [
    ['m1', 'm2'],
    ['m2', 'm1'],
  ] as const)
    assert.deepEqual(
      readBridgesAbove(system, own, readAbove(system, own)).map(({ otherPorts }) => otherPorts),
      [[other]],
    );
});

test('two VLANs of one master in one bridge are no other ports, and a bridge of 200 ports costs no look at a port', () => {
  const taps = Array.from({ length: 198 }, (_, index) => ['tap' + index, 'br', 'port'] as const);
  const system = memorySystem(stack(['m', 'v1'], ['m', 'v2'], ['v1', 'br', 'port'], ['v2', 'br', 'port'], ...taps));
  const [bridge] = readBridgesAbove(system, 'm', readAbove(system, 'm'));
  assert.equal(bridge?.otherPorts.length, 198);
  assert.ok(!system.calls.some((call) => call.includes('tap')), 'its other ports are not asked');
});
