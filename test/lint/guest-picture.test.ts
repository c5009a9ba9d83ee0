import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawGuest, type GuestPicture, type PictureRow } from '../../src/lint/guest-picture.ts';
import { lintConfiguration } from '../../src/lint/lint.ts';
import type { Assumption } from '../../src/topology/guest-assumed.ts';
import { viewExample } from './example.ts';

async function draw(files: Readonly<Record<string, string>>, assumption?: Assumption): Promise<GuestPicture> {
  const view = await viewExample({ files }, assumption);
  return drawGuest(view, lintConfiguration(view));
}

const rowOf = ({ groups }: GuestPicture, role: string): PictureRow => {
  const row = groups[0]?.rows.find((one) => one.role === role);
  assert.ok(row !== undefined, role);
  return row;
};

const place = '/etc/systemd/network/20-all.network';
const all = '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n';

test('who claims which link is what explain answers, and what is wrong is what lint found', async () => {
  const picture = await draw({ [place]: all });
  assert.deepEqual(
    picture.columns.map(({ head }) => head),
    ['boot', 'away', 'back', 'early', 'first'],
  );
  const [answer] = picture.answers;
  assert.equal(picture.answers.length, 1, 'the same is said once');
  assert.deepEqual(
    [answer?.manager, answer?.does, answer?.place?.source.path],
    ['networkd', 'asks for an address on it', place],
  );
  const standby = rowOf(picture, 'standby');
  assert.ok(standby.cells.every((cell) => cell?.wrong === 'error' && cell.answers.join() === '0'));
  const rules = standby.cells[0]?.findings.map((at) => picture.findings[at]?.rule);
  assert.deepEqual(rules, ['FO107', 'FO101']);
  assert.ok(
    rowOf(picture, 'master').cells.every((cell) => cell?.wrong !== 'error'),
    'the same line is right for the master',
  );
});

test('the VF is one row, whatever it is called, and is not there while it is away', async () => {
  const { names, cells } = rowOf(await draw({ [place]: all }), 'primary');
  assert.deepEqual(names, ['enp2s0', 'enp3s0']);
  assert.deepEqual(
    cells.map((cell) => cell === null),
    [false, true, false, false, false],
  );
});

test('what is wrong in one phase is marked in that phase', async () => {
  const picture = await draw({ '/etc/systemd/network/30-vf.network': '[Match]\nName=enp3s0\n\n[Network]\nDHCP=yes\n' });
  const { cells } = rowOf(picture, 'primary');
  const marked = cells.flatMap((cell, at) => (cell?.wrong === 'error' ? [picture.columns[at]?.head] : []));
  assert.ok(marked.length > 0 && marked.length < 4, marked.join());
  assert.ok(cells.every((cell) => cell === null || cell.wrong === null || cell.answers.length > 0));
});

test('what stands on the master is above it', async () => {
  const { groups } = await draw({
    '/etc/systemd/network/10-br.netdev': '[NetDev]\nName=br0\nKind=bridge\n',
    '/etc/systemd/network/20-port.network': '[Match]\nDriver=net_failover\n\n[Network]\nBridge=br0\nVLAN=v7\n',
  });
  const rows = groups[0]?.rows.map(({ names, role, depth }) => [names[0], role, depth]);
  assert.deepEqual(rows?.slice(0, 3), [
    ['br0', 'bridge', 0],
    ['v7', 'on it', 0],
    ['enp1s0', 'master', 1],
  ]);
});

test('sixteen triples, a pair, and a guest without any group', async () => {
  const many = await draw({ [place]: all }, { kind: 'net_failover', groups: 16 });
  assert.equal(many.groups.length, 16);
  assert.equal(many.answers.length, 1);
  const pair = await draw({ [place]: '[Match]\nName=*\n\n[Network]\nDHCP=yes\n' }, { kind: 'netvsc' });
  assert.deepEqual(
    pair.groups[0]?.rows.map(({ role }) => role),
    ['master', 'primary'],
  );
  const view = await viewExample({ files: { [place]: all } });
  const lonely = { ...view, guest: { ...view.guest, groups: [] } };
  assert.deepEqual(drawGuest(lonely, []).groups, []);
});
