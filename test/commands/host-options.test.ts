import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';

/** What the command writes, and what programs it ran on a machine that has none. */
async function run(args: readonly string[]) {
  const asked: string[] = [];
  const base = memorySystem({});
  const system: typeof base = Object.assign(base, {
    run: (argv: readonly string[]) => {
      asked.push(argv.join(' '));
      return { errno: 'ENOENT', path: argv[0] ?? '' };
    },
  });
  return { status: await main(['host', ...args], system), stderr: system.stderr, asked };
}

test('all that is wrong with a command line is reported together, before libvirt is asked', async () => {
  const shared = [
    '--mac',
    'x',
    '--tap',
    'a/b',
    '--pf',
    '',
    '--vf-number',
    '-1',
    '--uplink',
    'a b',
    '--carrier-wait',
    '1.5',
  ];
  const waits = ['--device-wait', '1e3', '--agent-wait', 'y', '-c', 'qemu+ssh://there/system', '--dry-run', '--script'];
  const options = [
    '--mac',
    '--tap',
    '--pf',
    '--vf-number',
    '--uplink',
    '--carrier-wait',
    '--device-wait',
    '--agent-wait',
  ];
  for (const [args, more] of [
    [
      ['migrate', '', ''],
      ['<domain>', '<destination>'],
    ],
    [
      ['reattach', '', '--bridge', '/', '--prepare', '--abort'],
      ['<domain>', '--bridge', '--abort'],
    ],
  ] as const) {
    const { status, stderr, asked } = await run([...args, ...shared, ...waits]);
    assert.deepEqual([status, asked], [2, []], stderr);
    for (const word of [...options, ...more]) assert.match(stderr, new RegExp(`(?:^|: )${word}: `, 'm'), word);
    assert.match(stderr, /^'qemu\+ssh:\/\/there\/system' is the libvirt of another machine/m);
    assert.match(stderr, /^expected one of --dry-run and --script$/m);
  }
  const check = await run(['check', '', '--agent-wait', 'soon']);
  assert.deepEqual([check.status, check.asked], [2, []]);
  assert.equal(
    check.stderr,
    "failoverctl host check: <domain>: '': expected a name\n--agent-wait: 'soon' is not a whole number\n",
  );
});
