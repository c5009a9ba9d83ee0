/**
 * `install` on strangers' images and guests: no address is lost or doubled, no DHCP comes beside one, what lint finds afterwards
 * has been said, a refusal changes nothing and names what to do, a second run changes nothing, and uninstall restores all.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readHostFacts } from '../../src/inventory/host-facts.ts';
import { findManagers } from '../../src/inventory/managers-in-use.ts';
import { createFileReader } from '../../src/judgement/file-reader.ts';
import { judgeConfiguration } from '../../src/judgement/judge.ts';
import { readSystemFiles } from '../../src/judgement/read-system.ts';
import { main } from '../../src/main.ts';
import { configuresLinks } from '../../src/managers/all.ts';
import { memorySystem, type MemoryEntry, type MemorySystem } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';
import { readGuest } from '../../src/topology/guest-live.ts';
import { untold } from './install-then-lint.ts';
import { strangers, type Accepted, type Stranger } from './strangers.ts';
import { treeOf } from './tree.ts';
import type { Tree } from '../trials/machine.ts';

const recorded = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
  entries: Readonly<Record<string, MemoryEntry>>;
};

/** Sysfs and udev's database of the recorded guest, its links by other names. */
function guestWith([master, standby, primary]: readonly [string, string, string]): Tree {
  const names: Readonly<Record<string, string>> = { enp1s0nsby: standby, enp1s0: master, enp2s0: primary };
  const rename = (text: string) => text.replaceAll(/enp1s0nsby|enp1s0|enp2s0/g, (name) => names[name] ?? name);
  const entries = Object.entries(recorded.entries).filter(([path]) => /^\/(?:sys|run\/udev|proc)\//.test(path));
  return Object.fromEntries(
    entries.map(([path, entry]) => [rename(path), JSON.parse(rename(JSON.stringify(entry))) as MemoryEntry]),
  );
}

interface Given {
  readonly onMaster: boolean;
  readonly what: string;
  readonly path: string;
}

/** What each link of the pair is given in each phase of its life but that in which nobody can know of the pair. */
async function givenIn(system: MemorySystem): Promise<ReadonlyMap<string, readonly Given[]>> {
  const uses = findManagers(system, new Set([...system.files.keys()].filter((path) => path.includes('failover'))));
  const acting = uses.uses.filter(({ inUse }) => inUse).map(({ manager }) => manager);
  const files = await readSystemFiles(createFileReader(system), new Set([...acting, 'udev', 'cloud-init']));
  const guest = readGuest(system, readHostFacts(system, true));
  assert.ok(guest !== null && !isFailure(guest));
  const phases = new Map<string, Given[]>();
  for (const { manager, link, phase, winners } of judgeConfiguration(files, guest).decisions) {
    if (!configuresLinks(manager) || link.role === 'none' || phase.name === 'vf-first') continue;
    const given = winners.flatMap(({ effects, place }) =>
      effects.map(({ kind, detail = '' }) => ({
        onMaster: link.role === 'master',
        what: `${kind} ${detail}`.trim(),
        path: place.source.path,
      })),
    );
    const kinds = /^(?:address|dhcp[46]|enslave|stack|command)(?!.*accept_ra)/;
    phases.set(phase.name, [...(phases.get(phase.name) ?? []), ...given.filter(({ what }) => kinds.test(what))]);
  }
  return phases;
}

const lasting = /^(?:address|enslave|stack|command)/;

function compare(before: readonly Given[], after: readonly Given[]): readonly (readonly [Accepted, string])[] {
  const master = after.filter(({ onMaster }) => onMaster);
  const had = before.filter(({ what }) => lasting.test(what));
  const lost = had.filter(({ what }) => !master.some((one) => one.what === what));
  const onSlaves = after.filter(({ onMaster, what }) => !onMaster && !what.startsWith('command'));
  const hadDhcp = before.some(({ onMaster, what }) => onMaster && what === 'dhcp4');
  const beside = master.filter(({ what }) => what === 'dhcp4' && !hadDhcp && had.length > 0);
  const places = new Set(master.filter(({ what }) => !what.startsWith('stack')).map(({ path }) => path));
  return [
    ...lost.map(({ what, path }) => ['lost', `lost: ${what} of ${path}`] as const),
    ...onSlaves.map(({ what, path }) => ['slave', `on a slave: ${what} of ${path}`] as const),
    ...beside.map(({ path }) => ['double', `DHCP of ${path} beside ${had[0]?.what}`] as const),
    ...(places.size > 1 ? [['double', `on the master: ${[...places].join(', ')}`] as const] : []),
    ...(master.length === 0 ? [['without', 'the master has nothing'] as const] : []),
  ];
}

const below = (root: string, tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).map(([path, entry]) => [root + path, entry]));

/** The tree as it is now, to be booted. */
function filesBelow({ files }: MemorySystem, root: string): Tree {
  return Object.fromEntries(
    [...files].flatMap(([path, node]): [string, MemoryEntry][] => {
      if (!path.startsWith(`${root}/`)) return [];
      if (node.kind === 'file') return [[path.slice(root.length), { text: node.text, mode: node.mode }]];
      return node.kind === 'symlink' ? [[path.slice(root.length), { link: node.target }]] : [];
    }),
  );
}

async function tryStranger(stranger: Stranger, way: 'image' | 'running'): Promise<void> {
  const { system: os, files, links = ['enp1s0', 'enp1s0nsby', 'enp2s0'], refused, accepted = [] } = stranger;
  const root = way === 'image' ? '/mnt' : '';
  const guest = guestWith(links);
  const image: Tree = { ...os, '/etc/machine-id': '0\n', ...files };
  const system = memorySystem(way === 'image' ? below(root, image) : { ...image, ...guest });
  const run = async (...args: readonly string[]) => {
    const from = [system.stdout.length, system.stderr.length] as const;
    const status = await main([...args, ...(way === 'image' ? ['--root', root] : [])], system);
    return { status, said: system.stdout.slice(from[0]) + system.stderr.slice(from[1]) };
  };
  const before = treeOf(system);
  const first = await run('install');
  if (refused !== undefined && refused[way] !== undefined) {
    assert.equal(first.status, refused[way], first.said);
    assert.match(first.said, refused.says);
    assert.deepEqual(treeOf(system), before);
    return;
  }
  assert.equal(first.status, 0, first.said);

  const lint = await run('lint', '--format', 'concise', '--quiet');
  const left = lint.said.split('\n').filter((line) => / FO\d+ (?:error|warning) /.test(line));
  assert.deepEqual(untold({ told: first.said, left }), [], first.said);

  const givenBefore = await givenIn(memorySystem({ ...image, ...guest }));
  const givenAfter = await givenIn(memorySystem({ ...filesBelow(system, root), ...guest }));
  const wrong = [...givenAfter].flatMap(([phase, after]) =>
    compare(givenBefore.get(phase) ?? [], after)
      .filter(([kind]) => !accepted.includes(kind))
      .map(([, what]) => `${phase}: ${what}`),
  );
  assert.deepEqual(wrong, [], first.said);

  const installed = treeOf(system);
  const again = await run('install');
  assert.equal(again.status, 0, again.said);
  assert.deepEqual(treeOf(system), installed);
  const undone = await run('uninstall');
  assert.equal(undone.status, 0, undone.said);
  assert.deepEqual(treeOf(system), before);
}

for (const stranger of strangers)
  for (const way of ['image', 'running'] as const)
    test(`${stranger.title}, ${way === 'image' ? 'as an image' : 'as a running guest'}`, async () => {
      await tryStranger(stranger, way);
    });

test('there are enough of them', () => {
  assert.ok(strangers.length >= 50, `${strangers.length}`);
});
