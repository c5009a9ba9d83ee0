import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFileReader } from '../../src/judgement/file-reader.ts';
import { findMatchedMacs, judgeConfiguration } from '../../src/judgement/judge.ts';
import { readFilesOf } from '../../src/judgement/read-system.ts';
import { loadManagers } from '../../src/managers/all.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { positionAt } from '../../src/text/source.ts';
import { assumedGuest } from '../managers/guest.ts';
import type { ManagerName } from '../../src/managers/claim.ts';

async function judge(tree: Readonly<Record<string, string>>, acting?: readonly ManagerName[]) {
  const read = readFilesOf(createFileReader(memorySystem(tree)), await loadManagers());
  return judgeConfiguration(acting === undefined ? read : { ...read, acting: new Set(acting) }, assumedGuest(252));
}

const catchAll = 'network:\n  ethernets:\n    all:\n      match: {name: "en*"}\n      dhcp4: true\n';

test('a claim of a lowered file is placed where a person wrote it', async () => {
  const { decisions, files } = await judge({ '/etc/netplan/50-x.yaml': catchAll });
  const lowered = files.get('networkd')?.map(({ path }) => path);
  assert.deepEqual(lowered, ['/run/systemd/network/10-netplan-all.network']);
  const winners = decisions.filter(({ manager }) => manager === 'networkd').flatMap(({ winners: some }) => some);
  assert.equal(winners.length, 3, 'master, standby and primary');
  for (const { place, loweredTo, effects } of winners) {
    assert.equal(place.source.path, '/etc/netplan/50-x.yaml');
    assert.equal(loweredTo, '/run/systemd/network/10-netplan-all.network');
    const dhcp = effects.find(({ kind }) => kind === 'dhcp4');
    assert.equal(dhcp && positionAt(dhcp.place.source, dhcp.place.span.start).line, 5);
  }
});

test('what a manager wrote at the last boot is not beside what it would write now', async () => {
  const stale = { '/run/systemd/network/10-netplan-old.network': '[Match]\nName=*\n[Network]\nDHCP=yes\n' };
  const { files } = await judge({ '/etc/netplan/50-x.yaml': catchAll, ...stale });
  assert.deepEqual(
    files.get('networkd')?.map(({ path }) => path),
    ['/run/systemd/network/10-netplan-all.network'],
  );
});

test('who does not act decides nothing, and its files are checked all the same', async () => {
  const tree = { '/etc/systemd/network/20-x.network': '[Match]\nName=en*\n[Network]\nDHCP=perhaps\n' };
  const { decisions, problems } = await judge(tree, ['ifupdown']);
  assert.deepEqual(
    decisions.filter(({ manager }) => manager === 'networkd'),
    [],
  );
  assert.deepEqual(
    problems.map(({ manager, kind }) => [manager, kind]),
    [['networkd', 'bad-value']],
  );
});

test('a name that a .link file gives is what the daemons match', async () => {
  const link = { '/etc/systemd/network/10-wan.link': '[Match]\nDriver=net_failover\n[Link]\nName=wan0\n' };
  const { decisions, guest } = await judge({
    ...link,
    '/etc/systemd/network/20-wan.network': '[Match]\nName=wan0\n[Network]\nDHCP=yes\n',
  });
  assert.equal(guest.phases[0]?.links[0]?.name, 'wan0');
  const taken = decisions.filter(({ manager, winners }) => manager === 'networkd' && winners.length > 0);
  assert.deepEqual(
    taken.map(({ link: { role } }) => role),
    ['master'],
  );
});

test('MACs that are matched by, in their order, in one spelling, each once', async () => {
  const network = (mac: string) => `[Match]\nMACAddress=${mac}\n[Network]\nDHCP=yes\n`;
  const judged = await judge({
    '/etc/systemd/network/10-a.network': network('52-54-00-00-00-0B'),
    '/etc/systemd/network/20-b.network': network('52:54:00:00:00:0a 52:54:00:00:00:0b'),
  });
  assert.deepEqual(findMatchedMacs(judged), ['52:54:00:00:00:0b', '52:54:00:00:00:0a']);
});
