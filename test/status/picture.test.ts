import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { pictureOf } from '../../src/status/picture.ts';
import { readStatus } from '../../src/status/status.ts';
import { isFailure } from '../../src/system/system.ts';
import { guest, healthyTree } from './guest.ts';

function picture() {
  const status = readStatus(guest(healthyTree(), {}));
  assert.ok(!isFailure(status));
  return { status, picture: pictureOf(status) };
}

test('one column: each link with its own answers, and what is wrong at its link', () => {
  const { status, picture: drawn } = picture();
  assert.deepEqual(
    drawn.columns.map(({ head }) => head),
    ['now'],
  );
  const [group] = drawn.groups;
  assert.match(group?.title ?? '', /^net_failover ens10 52:54:00:00:12:53, datapath primary$/);
  assert.deepEqual(
    group?.rows.map(({ names, depth }) => [names[0], depth]),
    [
      ['ens10', 1],
      ['ens10nsby', 2],
      ['ens11', 2],
    ],
  );
  const wrong = pictureOf({
    ...status,
    problems: [
      { id: 'address-on-slave', link: 'ens11', message: 'ens11 has an address' },
      { id: 'hooks-missing', link: null, message: 'gone' },
    ],
  });
  const [, , primary] = wrong.groups[0]?.rows ?? [];
  assert.deepEqual([primary?.cells[0]?.wrong, primary?.cells[0]?.findings], ['error', [0]]);
  assert.equal(wrong.findings.length, 2, 'one of no link is listed all the same');
});

test('status draws it as SVG and HTML, and text stays the tree', async () => {
  const draw = async (...args: readonly string[]) => {
    const system = guest(healthyTree(), {});
    const status = await main(['status', ...args], system);
    return { status, stdout: system.stdout, stderr: system.stderr };
  };
  assert.match((await draw('--format', 'html')).stdout, /<h1>How the failover links are now<\/h1>[^]*ens10nsby/);
  assert.match((await draw('--format', 'svg')).stdout, /^<svg [^]*ens10nsby/);
  assert.equal((await draw('--format', 'text')).stdout, (await draw()).stdout);
  for (const args of [
    ['--format', 'pdf'],
    ['--format', 'svg', '--json'],
    ['--format', 'html', '--watch'],
  ])
    assert.equal((await draw(...args)).status, 2, args.join(' '));
});
