import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';

const bad = 'network:\n  version: 2\n  ethernets:\n    all-en:\n      match: {name: "en*"}\n      dhcp4: true\n';
const cwd = { '/proc/self/cwd': { link: '/repo' } } as const;

/** The tree of a test has no current folder: its files are named whole, and so is failoverctl.yaml. */
async function lint(config: string, args: readonly string[], files: Readonly<Record<string, MemoryEntry>> = {}) {
  const system = memorySystem({ ...cwd, '/repo/failoverctl.yaml': config, '/repo/etc/netplan/90.yaml': bad, ...files });
  const status = await main(['lint', '--config', '/repo/failoverctl.yaml', ...args], system);
  const { findings = [], configuration } = args.includes('--json')
    ? (JSON.parse(system.stdout || '{}') as {
        findings?: readonly { rule: string; severity: string; message: string; guest?: string }[];
        configuration?: unknown;
      })
    : {};
  return { status, findings, configuration, stdout: system.stdout, stderr: system.stderr };
}

const idsOf = ({ findings }: { readonly findings: readonly { rule: string }[] }) => findings.map(({ rule }) => rule);

test('rules: off is told with its line and how many findings it kept out', async () => {
  const config = 'rules:\n  FO101: off\n  FO107: error\n  FO202: off\n';
  const json = await lint(config, ['--json', '/repo/etc']);
  assert.deepEqual(idsOf(json), ['FO107']);
  assert.equal(json.findings[0]?.severity, 'error');
  assert.deepEqual(json.configuration, {
    file: '/repo/failoverctl.yaml',
    leftOut: [
      { by: '/repo/failoverctl.yaml:2', rule: 'FO101', findings: 1 },
      { by: '/repo/failoverctl.yaml:4', rule: 'FO202', findings: 1 },
    ],
  });
  const { status, stdout } = await lint('rules: {FO: off}\n', ['/repo/etc']);
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^judged: netplan .*; configured by \S+; left out by \/repo\/failoverctl\.yaml:1: 1 finding of FO/,
  );
});

test('exclude: nothing is reported of the file, the daemons read it all the same, and the last line counts it', async () => {
  const good = { '/repo/b/etc/netplan/good.yaml': 'network:\n  version: 2\n  ethernets:\n    enp1s0: {dhcp4: true}\n' };
  const { status, stdout } = await lint('exclude:\n  - etc/netplan/90.yaml\n', ['/repo/etc', '/repo/b'], good);
  assert.match(stdout, /judged: netplan .* of \/repo\/b;.*left out by \/repo\/failoverctl\.yaml:2: 1 file$/m);
  assert.doesNotMatch(stdout, /90\.yaml:/);
  assert.equal(status, 0, stdout);
  const guard = {
    '/repo/g/etc/systemd/network/10-guard.network': '[Match]\nDriver=!net_failover\n\n[Link]\nUnmanaged=yes\n',
    '/repo/g/etc/systemd/network/20-all.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n',
  };
  const guarded = await lint('exclude: 10-guard.network\n', ['--json', '/repo/g'], guard);
  assert.ok(!idsOf(guarded).includes('FO101'), 'the guard that is left out guards');
});

test('a false green does not come of it: where all is left out, nothing was judged', async () => {
  for (const args of [['/repo/etc'], ['--root', '/repo'], ['--as', 'netplan', '/repo/etc/netplan/90.yaml']]) {
    const { status, stdout } = await lint('exclude: [etc]\n', args);
    assert.equal(status, 3, `${args.join(' ')}: ${stdout}`);
    assert.match(stdout, /nothing was judged.*left out by \/repo\/failoverctl\.yaml:1: 1 file/, args.join(' '));
  }
});

test('a path in the guest, in trees and in snapshots', async () => {
  const exclude = 'exclude: [/etc/netplan/90.yaml]\n';
  assert.deepEqual(idsOf(await lint(exclude, ['--json', '--root', '/repo'])), []);
  const snapshot = JSON.stringify({
    version: 1,
    live: false,
    leftOut: [],
    entries: {
      '/etc': { directory: true },
      '/etc/netplan': { directory: true },
      '/etc/netplan/90.yaml': bad,
      '/etc/netplan/91.yaml': bad,
    },
    programs: [],
  });
  const { stdout } = await lint(exclude, ['--snapshot', '/s.json'], { '/s.json': snapshot });
  assert.match(stdout, /left out by \/repo\/failoverctl\.yaml:1: 1 file/);
  assert.doesNotMatch(stdout, /netplan\/90\.yaml:/);
});

test('targets and assume: judged for each, and said of which one', async () => {
  const config = 'targets: [debian12, debian13]\nassume: [triple, pair]\n';
  const { findings, stdout } = await lint(config, ['--json', '/repo/etc']);
  assert.ok(findings.length > 0);
  assert.ok(findings.some(({ message }) => message.startsWith('on debian12, a guest of pair and debian13, a guest')));
  assert.deepEqual((JSON.parse(stdout) as { assumed: string[] }).assumed, [
    'a guest with one net_failover triple (see --assume)',
    'a guest with one netvsc pair (see --assume)',
  ]);
  const alone = await lint(config, ['--json', '--assume', 'triple', '--target', 'debian13', '/repo/etc']);
  assert.ok(alone.findings.length > 0);
  assert.ok(
    alone.findings.every(({ message }) => !message.startsWith('on ')),
    'the command line says something else',
  );
});

test('roots: linted where the command line names nothing, each its own guest', async () => {
  const images = { '/repo/a/etc/netplan/90.yaml': bad, '/repo/b/etc/netplan/90.yaml': bad };
  const both = await lint('roots: [a, b]\n', ['--json'], images);
  assert.deepEqual([...new Set(both.findings.map(({ guest }) => guest))], ['/repo/a', '/repo/b']);
  assert.equal(both.status, 1);
  const one = await lint('roots: a\n', [], images);
  assert.match(one.stdout, /judged: .*netplan .* of \/repo\/a;/);
  const named = await lint('roots: [a, b]\n', ['--json', '--root', '/repo/a'], images);
  assert.deepEqual([...new Set(named.findings.map(({ guest }) => guest))], [undefined]);
  const fixed = await lint('roots: [a, b]\n', ['--fix'], images);
  assert.equal(fixed.status, 2);
  assert.match(fixed.stderr, /--fix, --diff and --against go with one guest: expected one of \/repo\/a, \/repo\/b/);
  assert.equal((await lint('roots: [c]\n', [], images)).status, 3, 'a root that is not there');
});

test('what is wrong in it ends the run with 2, each with its place', async () => {
  const { status, stderr } = await lint('rule: {}\ntargets: debain12\n', ['/repo/etc']);
  assert.equal(status, 2);
  assert.match(stderr, /\/repo\/failoverctl\.yaml:1:1: 'rule': unknown key, did you mean 'rules'\?\n/);
  assert.match(stderr, /\/repo\/failoverctl\.yaml:2:10: targets: 'debain12'/);
});

test('--isolated, --config of a file that is not there, both', async () => {
  const run = async (...args: string[]) => {
    const system = memorySystem({ ...cwd, '/failoverctl.yaml': 'rules: {FO: off}\n', '/repo/90.yaml': bad });
    return { status: await main(['lint', ...args], system), stderr: system.stderr };
  };
  assert.equal((await run('--as', 'netplan', '/repo/90.yaml')).status, 0, 'it is found');
  assert.equal((await run('--isolated', '--as', 'netplan', '/repo/90.yaml')).status, 1);
  assert.equal((await run('--config', '/none.yaml', '/repo/90.yaml')).status, 3);
  assert.equal((await run('--config', '/failoverctl.yaml', '--isolated', '/repo/90.yaml')).status, 2);
});

test('one that cannot be read is told, and not passed over', async () => {
  const system = memorySystem({ '/failoverctl.yaml': { errno: 'EACCES' }, '/repo/90.yaml': bad });
  assert.equal(await main(['lint', '/repo/90.yaml'], system), 3);
  assert.match(system.stderr, /'failoverctl\.yaml': permission denied \(EACCES\); --isolated reads none/);
});

test('lint-domain asks for the rules too', async () => {
  const files = {
    '/failoverctl.yaml': 'rules: {FO5: off}\n',
    '/vm.xml':
      "<domain><devices><interface type='bridge'><mac address='52:54:00:00:12:53'/><source bridge='br0'/>" +
      "<model type='virtio'/><teaming type='persistent'/></interface></devices></domain>\n",
  };
  const run = async (...args: string[]) => {
    const system = memorySystem(files);
    return { status: await main(['host', 'lint-domain', ...args, '/vm.xml'], system), stdout: system.stdout };
  };
  assert.equal((await run('--isolated')).status, 1);
  const off = await run();
  assert.equal(off.status, 0);
  assert.match(off.stdout, /^configured by failoverctl\.yaml; left out by failoverctl\.yaml:1: 1 finding of FO5/);
});

/** Folders of the machine, with this process in the lowest of them. */
function inFolder(context: TestContext, below: string): string {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'failoverctl-config-'));
  mkdirSync(join(folder, below), { recursive: true });
  process.chdir(join(folder, below));
  context.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

test('the nearest upwards from the current folder, and its patterns from where it is', async (context) => {
  const folder = inFolder(context, 'images/web');
  writeFileSync(join(folder, 'failoverctl.yaml'), 'exclude: [images/web/old.yaml]\n');
  writeFileSync('old.yaml', bad);
  writeFileSync('new.yaml', bad);
  const run = async (...args: string[]) => {
    let stdout = '';
    const out = (text: string) => {
      stdout += text;
    };
    const status = await main(['lint', ...args], { ...nodeSystem(), out, err: () => undefined });
    return { status, stdout };
  };
  const { status, stdout } = await run('.');
  assert.equal(status, 1);
  assert.match(stdout, /--> \.\/new\.yaml:/);
  assert.doesNotMatch(stdout, /old\.yaml:/);
  assert.match(
    stdout,
    /configured by \.\.\/\.\.\/failoverctl\.yaml; left out by \.\.\/\.\.\/failoverctl\.yaml:1: 1 file/,
  );
  writeFileSync('failoverctl.yaml', 'rules: {FO: off}\n');
  assert.match((await run('.')).stdout, /configured by failoverctl\.yaml;/, 'the nearest alone');
});
