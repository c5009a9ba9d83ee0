import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNetwork } from '../../src/inventory/network.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { isFailure } from '../../src/system/system.ts';

type Answers = Readonly<Record<'address' | '-4' | '-6', string>>;

const answers: Answers = {
  address: JSON.stringify([
    {
      ifname: 'ens10',
      addr_info: [
        { family: 'inet', local: '10.0.0.9', prefixlen: 24, scope: 'global', dynamic: true, valid_life_time: 60 },
        {
          family: 'inet6',
          local: 'fd00::9',
          prefixlen: 64,
          scope: 'global',
          dadfailed: true,
          valid_life_time: 4294967295,
        },
        { family: 'unix', local: 'x' },
      ],
    },
  ]),
  '-4': JSON.stringify([
    { dst: 'default', gateway: '10.0.0.1', dev: 'ens10', protocol: 'dhcp', metric: 100 },
    { dst: '10.0.0.9', dev: 'ens10', table: 'local' },
    { dst: '10.9.0.0/16', table: '7', via: { family: 'inet6', host: 'fe80::1' }, dev: 'ens10' },
    { dst: '10.8.0.0/16', nexthops: [{ gateway: '10.0.0.2', dev: 'ens10' }, { dev: 'ens11' }, {}] },
  ]),
  '-6': '',
};
const run = (given: Answers, status = 0, signal: string | null = null) =>
  readNetwork(
    memorySystem(
      {},
      {
        run: (argv) => {
          const stdout = Object.entries(given).find(([word]) => argv.includes(word))?.[1] ?? '';
          return { status, signal, stdout, stderr: 'no\n' };
        },
      },
    ),
  );

test('addresses of each link', () => {
  const network = run(answers);
  assert.ok(!isFailure(network));
  const plain = { scope: 'global' };
  assert.deepEqual(network.addresses.get('ens10'), [
    { ...plain, family: 'inet', address: '10.0.0.9/24', dynamic: true, duplicate: false, validFor: 60 },
    { ...plain, family: 'inet6', address: 'fd00::9/64', dynamic: false, duplicate: true, validFor: null },
  ]);
});

test("routes of each link, one for each hop, and none of the kernel's own", () => {
  const network = run(answers);
  assert.ok(!isFailure(network));
  const routes = network.routes.get('ens10') ?? [];
  assert.deepEqual(
    routes.map(({ to, via, metric, table }) => [to, via, metric, table]),
    [
      ['default', '10.0.0.1', 100, 'main'],
      ['10.9.0.0/16', 'fe80::1', 0, '7'],
      ['10.8.0.0/16', '10.0.0.2', 0, 'main'],
    ],
  );
  assert.deepEqual(
    network.routes.get('ens11')?.map(({ to, via }) => [to, via]),
    [['10.8.0.0/16', null]],
  );
});

test('a name with a control character is read', () => {
  const network = run({ ...answers, address: '[{"ifname":"a\u0001","addr_info":[]}]' });
  assert.ok(!isFailure(network));
  assert.deepEqual([...network.addresses.keys()], ['a\u0001']);
});

test('an ip that fails, is killed, or answers garbage', () => {
  const path = (found: ReturnType<typeof run>) => (isFailure(found) ? found.path : '');
  assert.match(path(run(answers, 2)), /^ip -j address show: no$/);
  assert.match(path(run(answers, 0, 'SIGKILL')), /ended by SIGKILL/);
  assert.match(path(run({ ...answers, '-6': '{' })), /its answer is no JSON/);
});
