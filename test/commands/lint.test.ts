import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

const catchAll = '# what the image ships\n[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n';

/** Debian 12 with networkd, as an image. */
const image: Readonly<Record<string, MemoryEntry>> = {
  '/etc/systemd/network/20-all.network': catchAll,
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
    link: '/usr/lib/systemd/system/systemd-networkd.service',
  },
  '/var/lib/dpkg/status': 'Package: systemd\nStatus: install ok installed\nVersion: 252.38-1~deb12u1\n\n',
};

async function lint(args: readonly string[], entries: Readonly<Record<string, MemoryEntry>>, stdin = '') {
  const system = memorySystem(entries, { stdin });
  const status = await main(['lint', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr, system };
}

async function idsOf(args: readonly string[], entries: Readonly<Record<string, MemoryEntry>>, stdin = '') {
  const { stdout, status } = await lint([...args, '--json'], entries, stdin);
  const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string }[] };
  return { ids: findings.map(({ rule }) => rule), status };
}

test('a system: the catch-all is found, and a guard in /etc mends it for good', async () => {
  const { system, status, stdout } = await lint([], image);
  assert.equal(status, 1);
  assert.match(stdout, /error\[FO101\].*\n.*--> \/etc\/systemd\/network\/20-all\.network:6:1\n/);

  await main(['lint', '--fix'], system);
  assert.equal(system.read('/etc/systemd/network/20-all.network'), catchAll, 'the file itself stays');
  assert.equal(typeof system.read('/etc/systemd/network/05-failover-slaves.network'), 'string');
  const once = new Map(system.files);
  assert.equal(await main(['lint', '--fix'], system), 0, 'nothing but an info is left');
  assert.deepEqual(new Map(system.files), once, 'a fix made twice is the same as once');
});

test('what the distribution ships is not edited: the fix is an override', async () => {
  const { '/etc/systemd/network/20-all.network': text = '', ...rest } = image;
  const { system } = await lint(['--fix'], { ...rest, '/usr/lib/systemd/network/20-all.network': text });
  assert.equal(system.read('/usr/lib/systemd/network/20-all.network'), catchAll);
  assert.equal(await main(['lint'], system), 0);
});

test('--diff changes nothing and exits 1', async () => {
  const { status, stdout, system } = await lint(['--diff'], image);
  assert.equal(status, 1);
  assert.match(stdout, /^\+\+\+ b\/etc\/systemd\/network\/05-failover-slaves\.network$/m);
  assert.deepEqual(
    system.calls.filter((call) => /^(?:create|write|rename|remove|makeDirectory) /.test(call)),
    [],
  );
});

test('each file is read once', async () => {
  const { system } = await lint([], image);
  const reads = system.calls.filter((call) => call === 'read /etc/systemd/network/20-all.network');
  assert.equal(reads.length, 1);
});

test('a file: an unsafe fix narrows its match, and leaves comments and layout', async () => {
  const files = { '/home/me/20-all.network': catchAll };
  assert.deepEqual(await idsOf(['/home/me/20-all.network'], files), { ids: ['FO107', 'FO101', 'FO202'], status: 1 });
  const { system, status } = await lint(['--fix', '/home/me/20-all.network'], files);
  assert.equal(status, 1);
  assert.equal(system.read('/home/me/20-all.network'), catchAll, 'no safe fix');
  assert.equal(await main(['lint', '--unsafe-fixes', '/home/me/20-all.network'], system), 0);
  const fixed = catchAll.replace('eth*\n', 'eth*\nDriver=net_failover\n');
  assert.equal(system.read('/home/me/20-all.network'), fixed);
  await main(['lint', '--unsafe-fixes', '/home/me/20-all.network'], system);
  assert.equal(system.read('/home/me/20-all.network'), fixed);
});

test('standard input: findings, and the fixed text', async () => {
  assert.deepEqual(await idsOf(['--as', 'networkd', '-'], {}, catchAll), {
    ids: ['FO107', 'FO101', 'FO202'],
    status: 1,
  });
  assert.deepEqual((await idsOf(['--stdin-filename', 'x.network', '-'], {}, catchAll)).ids, [
    'FO107',
    'FO101',
    'FO202',
  ]);
  const { stdout } = await lint(['--as', 'networkd', '--unsafe-fixes', '-'], {}, catchAll);
  assert.equal(stdout, catchAll.replace('eth*\n', 'eth*\nDriver=net_failover\n'));
});

test('--select, --ignore and --fail-on', async () => {
  const args = ['--as', 'networkd', '-'];
  assert.deepEqual((await idsOf(['--select', 'FO1', ...args], {}, catchAll)).ids, ['FO107', 'FO101']);
  assert.deepEqual(await idsOf(['--ignore', 'FO1', ...args], {}, catchAll), { ids: ['FO202'], status: 0 });
  assert.equal((await idsOf(['--ignore', 'FO1', '--fail-on', 'info', ...args], {}, catchAll)).status, 1);
  assert.equal(
    (await idsOf(['--select', 'name-glob-takes-slave', '--fail-on', 'error', ...args], {}, catchAll)).status,
    0,
  );
});

test('JSON keeps to its contract', async () => {
  const { stdout } = await lint(['--json', '--select', 'FO101', '--as', 'networkd', '-'], {}, catchAll);
  const { version, findings, summary } = JSON.parse(stdout);
  assert.equal(version, 2);
  const [{ rule, name, severity, file, start, end, link, phase, fix }] = findings;
  assert.deepEqual(
    { rule, name, severity, file, link, phase },
    {
      rule: 'FO101',
      name: 'dhcp-on-slave',
      severity: 'error',
      file: '<stdin>',
      link: 'enp1s0nsby',
      phase: 'boot',
    },
  );
  assert.deepEqual(start, { line: 6, column: 1, offset: catchAll.indexOf('DHCP') });
  assert.equal(end.line, 6);
  assert.equal(fix.safe, false);
  assert.deepEqual(summary, { files: 1, errors: 1, warnings: 0, infos: 0, fixable: 1, fixed: 0 });
});

test('statuses: 2 for usage, 3 for what cannot be read', async () => {
  for (const args of [
    ['--format', 'xml'],
    ['--as', 'toml', 'x'],
    ['--as', 'networkd'],
    ['--assume', 'quad'],
    ['--select', 'FO777'],
    ['--fail-on', 'never'],
    ['--color', 'some'],
    ['-', 'x'],
    ['--stdin-filename', 'x'],
  ])
    assert.equal((await lint(args, {})).status, 2, args.join(' '));
  assert.equal((await lint(['/absent'], {})).status, 3);
  const unknown = await lint(['/x.bin'], { '/x.bin': 'what is this' });
  assert.equal(unknown.status, 3);
  assert.match(unknown.stderr, /'\/x\.bin': not known/);
});

test('colour is for terminals, and NO_COLOR and --color are heeded', async () => {
  const paint = async (args: readonly string[], terminal: boolean, env: Record<string, string> = {}) => {
    const system = memorySystem({}, { stdin: catchAll, terminal, env });
    await main(['lint', '--as', 'networkd', ...args, '-'], system);
    return system.stdout.includes('\u001b[');
  };
  assert.equal(await paint([], true), true);
  assert.equal(await paint([], false), false);
  assert.equal(await paint([], true, { NO_COLOR: '1' }), false);
  assert.equal(await paint(['--color', 'always'], false), true);
  assert.equal(await paint(['--color', 'never'], true), false);
});

test('what generate makes lints clean', async () => {
  for (const manager of ['networkd', 'ifupdown'])
    for (const options of [
      [],
      ['--dhcp6'],
      ['--mtu', '9000'],
      ['--metric', '50'],
      ['--address', '192.0.2.5/24', '--gateway', '192.0.2.1'],
    ]) {
      const generated = memorySystem({ '/out': { directory: true } });
      const args = ['generate', manager, '--generic', '--out', '/out', ...options];
      assert.equal(await main(args, generated), 0, generated.stderr);
      const { stdout, status } = await main(['lint', '--json', '/out'], generated).then((code) => ({
        stdout: generated.stdout.slice(generated.stdout.indexOf('{\n')),
        status: code,
      }));
      const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string; message: string }[] };
      assert.deepEqual(
        findings.map(({ rule, message }) => `${rule} ${message}`),
        [],
        `${args.join(' ')}: ${status}`,
      );
    }
});
