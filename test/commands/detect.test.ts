import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryOptions } from '../../src/system/memory.ts';
import { featureBits, loopback, netdev, triple, type Tree } from '../topology/sysfs.ts';

async function detect(args: readonly string[], tree: Tree, options: MemoryOptions = {}) {
  const system = memorySystem(tree, options);
  const status = await main(['detect', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('--json is the contract: version, groups and links with these keys in this order', async () => {
  const { status, stdout, stderr } = await detect(['--json'], { ...loopback, ...triple() });
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), {
    version: 1,
    groups: [
      {
        kind: 'net_failover',
        mac: '52:54:00:00:12:53',
        master: 'ens10',
        standby: 'ens10nsby',
        primary: 'ens11',
        datapath: 'primary',
      },
    ],
    links: [
      {
        name: 'ens10',
        role: 'master',
        evidence: ['device/features bit 62', 'no phys_port_name', 'lower_ens10nsby', 'lower_ens11'],
      },
      {
        name: 'ens10nsby',
        role: 'standby',
        evidence: ['device/features bit 62', 'phys_port_name sby', 'master ens10'],
      },
      { name: 'ens11', role: 'primary', evidence: ['master ens10', 'PCI device 0000:05:00.0'] },
      { name: 'lo', role: 'none', evidence: [] },
    ],
  });
});

test('the table for people', async () => {
  const { stdout } = await detect([], triple('ens10', 'ens10nsby', null));
  assert.equal(
    stdout,
    `MASTER  STANDBY    PRIMARY  DATAPATH  MAC                KIND
ens10   ens10nsby  -        standby   52:54:00:00:12:53  net_failover

LINK       ROLE     EVIDENCE
ens10      master   device/features bit 62, no phys_port_name, lower_ens10nsby
ens10nsby  standby  device/features bit 62, phys_port_name sby, master ens10
`,
  );
});

test('without a group: the table says so, --quiet says it by its status alone', async () => {
  assert.deepEqual(await detect([], loopback), { status: 0, stdout: 'no failover group\n', stderr: '' });
  assert.deepEqual(await detect(['--quiet'], loopback), { status: 1, stdout: '', stderr: '' });
  assert.deepEqual(await detect(['-q'], triple()), { status: 0, stdout: '', stderr: '' });
});

test("a name cannot play tricks with the reader's terminal", async () => {
  const { stdout } = await detect([], triple('a\u001b[2J', '$(id)', 'b\udcff\u202e'));
  assert.match(stdout, /^a\\x1b\[2J {2}\$\(id\) {4}b\\xff\\u202e/m);
});

test('an unreadable attribute is one line on standard error', async () => {
  const tree = netdev('eth0', 'pci0000:00/0000:0c:00.0/virtio7', { features: { errno: 'EIO' } });
  assert.deepEqual(await detect([], tree), {
    status: 0,
    stdout: 'no failover group\n',
    stderr: "failoverctl detect: unreadable: '/sys/class/net/eth0/device/features': input/output error (EIO)\n",
  });
});

test('wrong input: one line each, and the right status', async () => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--root', '/nowhere'], 3, /^failoverctl detect: --root: '\/nowhere': no such file or directory \(ENOENT\)\n$/],
    [['--root', '/etc/hostname'], 3, /^failoverctl detect: --root: '\/etc\/hostname' is not a directory\n$/],
    [
      ['--root', '/etc'],
      3,
      /^failoverctl detect: cannot read links: '\/etc\/sys\/class\/net': no such .* expected a Linux sysfs\n$/,
    ],
    [['--jsn'], 2, /^failoverctl detect: unknown option '--jsn'.*; see 'failoverctl detect --help'\n$/],
    [['extra'], 2, /^failoverctl detect: too many arguments.*see 'failoverctl detect --help'\n$/],
  ];
  for (const [args, status, message] of cases) {
    const result = await detect(args, { '/etc/hostname': 'x\n' });
    assert.equal(result.status, status, args.join(' '));
    assert.match(result.stderr, message);
    assert.equal(result.stdout, '');
  }
});

test('--help goes to standard output and is no error', async () => {
  const { status, stdout, stderr } = await detect(['--help'], {});
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: failoverctl detect \[options\]/);
  assert.match(stdout, /Exit status:/);
  assert.equal(stderr, '');
});

test('no command, an unknown one, and an unknown option', async () => {
  for (const [args, message] of [
    [[], /^usage: failoverctl COMMAND/],
    [['detct'], /^failoverctl: unknown command 'detct'; did you mean 'detect'\?; see 'failoverctl --help'\n$/],
    [['--jsn'], /^failoverctl: unknown option '--jsn'; see 'failoverctl --help'\n$/],
    [['constructor'], /^failoverctl: unknown command 'constructor'/],
  ] as const) {
    const system = memorySystem();
    assert.equal(await main(args, system), 2);
    assert.match(system.stderr, message);
    assert.equal(system.stdout, '');
  }
});

test('the bundle reads a real tree of files whose netdev name no shell would survive', () => {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-detect-'));
  try {
    const device = 'sys/devices/pci0000:00/0000:01:00.0/virtio0';
    const names = { master: '$(touch x)', standby: 'a\'b"%s' };
    for (const [index, name] of Object.values(names).entries()) {
      const directory = join(root, device, 'net', name);
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'address'), '52:54:00:00:12:53\n');
      writeFileSync(join(directory, 'carrier'), '1\n');
      symlinkSync('../..', join(directory, 'device'));
      if (index === 1) writeFileSync(join(directory, 'phys_port_name'), 'sby\n');
      if (index === 1) symlinkSync(`../${names.master}`, join(directory, 'master'));
      mkdirSync(join(root, 'sys/class/net'), { recursive: true });
      symlinkSync(`../../devices/pci0000:00/0000:01:00.0/virtio0/net/${name}`, join(root, 'sys/class/net', name));
    }
    writeFileSync(join(root, device, 'features'), featureBits([62]));
    const result = spawnSync(process.execPath, ['dist/failoverctl.cjs', 'detect', '--json', '--root', root], {
      encoding: 'utf8',
    });
    assert.equal(result.stderr, '');
    assert.equal(result.status, 0);
    const [group] = JSON.parse(result.stdout).groups;
    assert.deepEqual([group.master, group.standby], [names.master, names.standby]);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('flags in full, and a command line that commander reads, give the same', async () => {
  const tree = { ...loopback, ...triple() };
  const plain = await detect(['--json'], tree);
  assert.deepEqual(await detect(['--json', '--root', '/'], tree), plain);
  assert.deepEqual(await detect(['--quiet', '-q'], tree), await detect(['-qq'], tree));
  assert.equal((await detect(['--quiet'], loopback)).status, 1);
});

test('a flag that is written short, wrong or beside an operand goes to commander', async () => {
  assert.match((await detect(['--jsn'], loopback)).stderr, /unknown option '--jsn'/);
  assert.equal((await detect(['--json', 'ens10'], loopback)).status, 2);
  assert.match((await detect(['-h'], loopback)).stdout, /^Usage: failoverctl detect/);
});
