import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';

const guard = '[Match]\nDriver=!net_failover\n\n[Link]\nUnmanaged=yes\n';
const all = '[Match]\nName=en*\n\n[Network]\nDHCP=ipv4\n\n[DHCPv4]\nClientIdentifier=mac\n';

type Files = Readonly<Record<string, MemoryEntry>>;

async function lint(args: readonly string[], files: Files) {
  const system = memorySystem(files);
  const status = await main(['lint', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

interface Changes {
  readonly findings: readonly { rule: string; message: string }[];
  readonly changes: {
    readonly claims: readonly { link: string; role: string; phases: string[]; before: Answer[]; after: Answer[] }[];
    readonly gone: readonly { rule: string; file: string; line: number }[];
  };
}

interface Answer {
  readonly manager: string;
  readonly does: string;
  readonly file: string;
  readonly line: number;
}

async function changes(args: readonly string[], files: Files): Promise<Changes & { status: number }> {
  const { status, stdout, stderr } = await lint([...args, '--json'], files);
  assert.notEqual(stdout, '', stderr);
  return { ...(JSON.parse(stdout) as Changes), status };
}

const guarded = { '/old/05-guard.network': guard, '/old/20-all.network': all };

test('a guard that went away: who takes the slaves now, and the finding that is new', async () => {
  const {
    findings,
    changes: changed,
    status,
  } = await changes(['--against', '/old', '/new'], {
    ...guarded,
    '/new/20-all.network': all,
  });
  assert.equal(status, 1);
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ['FO107', 'FO101'],
  );
  const [first] = changed.claims;
  assert.deepEqual(
    [first?.before[0]?.does, first?.before[0]?.file, first?.after[0]?.does, first?.after[0]?.file],
    ['leaves it alone', '/old/05-guard.network', 'asks for an address on it', '/new/20-all.network'],
  );
  assert.deepEqual(new Set(changed.claims.map(({ role }) => role)), new Set(['standby', 'primary']));
  const { stdout } = await lint(['--against', '/old', '/new'], { ...guarded, '/new/20-all.network': all });
  assert.match(stdout, /^enp1s0nsby \(standby\)\n {2}at boot; .*:\n {4}- networkd leaves it alone: \/old\/05-guard/);
  assert.match(stdout, /^ {4}\+ networkd asks for an address on it: \/new\/20-all\.network:1, because/m);
});

test('a guard that came: what is gone is shown, and is no finding', async () => {
  const files = { '/old/20-all.network': all, '/new/05-guard.network': guard, '/new/20-all.network': all };
  const { findings, changes: changed, status } = await changes(['--against', '/old', '/new'], files);
  assert.equal(status, 0);
  assert.deepEqual(findings, []);
  assert.deepEqual(
    changed.gone.map(({ rule, file }) => [rule, file]),
    [
      ['FO107', '/old/20-all.network'],
      ['FO101', '/old/20-all.network'],
    ],
  );
  const { stdout } = await lint(['--against', '/old', '/new'], files);
  assert.match(stdout, /^gone: error\[FO101\] \/old\/20-all\.network:5: /m);
});

test('lines that moved, comments, the name of the folder: nothing changes', async () => {
  const files = { '/old/20-all.network': all, '/new/20-all.network': `# a comment\n\n${all}` };
  const { findings, changes: changed, status } = await changes(['--against', '/old', '/new'], files);
  assert.deepEqual([findings, changed.claims, changed.gone, status], [[], [], [], 0], 'FO101 was there before');
  assert.match((await lint(['--against', '/old', '/new'], files)).stdout, /^who claims what is the same as in \/old$/m);
});

test('two snapshots, two trees, paths below OLD', async () => {
  const enabled = { '/usr/lib/systemd/systemd-networkd': '' };
  const snapshot = (files: Files) =>
    JSON.stringify({
      version: 1,
      live: false,
      leftOut: [],
      entries: {
        '/': { directory: true },
        '/etc': { directory: true },
        '/etc/systemd': { directory: true },
        '/etc/systemd/network': { directory: true },
        ...files,
      },
      programs: [],
    });
  const files = {
    '/a.json': snapshot({ '/etc/systemd/network/05-guard.network': guard, '/etc/systemd/network/20-all.network': all }),
    '/b.json': snapshot({ '/etc/systemd/network/20-all.network': all }),
    '/a/etc/systemd/network/05-guard.network': guard,
    '/a/etc/systemd/network/20-all.network': all,
    '/b/etc/systemd/network/20-all.network': all,
    ...enabled,
  };
  for (const args of [
    ['--snapshot', '/b.json', '--against', '/a.json'],
    ['--root', '/b', '--against', '/a'],
    ['--snapshot', '/b.json', '--against', '/a'],
  ]) {
    const { findings, status } = await changes(args, files);
    assert.ok(
      findings.some(({ rule }) => rule === 'FO101'),
      args.join(' '),
    );
    assert.equal(status, 1, args.join(' '));
  }
});

test('rules that failoverctl.yaml switches off are not new; what it excludes neither', async () => {
  const files = {
    ...guarded,
    '/new/20-all.network': all,
    '/proc/self/cwd': { link: '/' },
    '/c.yaml': 'rules: {FO1: off}\n',
    '/d.yaml': 'exclude: [new/20-all.network]\n',
  };
  assert.deepEqual((await changes(['--config', '/c.yaml', '--against', '/old', '/new'], files)).findings, []);
  const several = { ...files, '/e.yaml': 'targets: [debian12, debian13]\n' };
  const refused = await lint(['--config', '/e.yaml', '--against', '/old', '/new'], several);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /asks for several \(debian12; debian13\): give --target or --assume/);
});

test('nothing to compare with is told', async () => {
  const files = { '/empty/README': 'no configuration\n', '/new/20-all.network': all };
  const { stdout } = await lint(['--against', '/empty', '/new'], files);
  assert.match(stdout, /assumed: .*nothing in \/empty, where nothing was judged/);
  const none = await lint(['--against', '/empty', '/none'], { ...files, '/none/README': '' });
  assert.equal(none.status, 3);
  assert.match(none.stdout, /^nothing was judged: /, 'what nobody looked at is not called the same');
  const noSnapshot = await lint(['--against', '/empty/README'], files);
  assert.match(noSnapshot.stderr, /^failoverctl lint: --against: '\/empty\/README' is no snapshot: /);
});

test('wrong usage', async () => {
  for (const [args, expected] of [
    [['--against', '/old', '--fix', '/new'], /shows and fixes nothing/],
    [['--against', '/old', '-'], /expected no '-'/],
    [['--against', 'HEAD'], /a revision goes with --root or paths/],
    [['--against', 'HEAD', '/new'], /paths are from the current folder/],
    [['--against', 'HEAD', 'new'], /no folder, no snapshot, and no revision/],
    [['--against', '/old', '/new', '/new'], /does not hold all the paths/],
  ] as const) {
    const { status, stderr } = await lint(args, { ...guarded, '/new/20-all.network': all });
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, expected);
  }
});

const git = (folder: string, ...args: string[]) => {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false'];
  const result = spawnSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
};

/** A repository with a commit, in which this process is. */
function repository(context: TestContext, files: Readonly<Record<string, string>>): string {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'failoverctl-against-'));
  context.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync('etc', join(folder, 'image', 'alias'));
  git(folder, 'init', '-q');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'first');
  process.chdir(folder);
  return folder;
}

async function lintHere(...args: string[]) {
  let [stdout, stderr] = ['', ''];
  const status = await main(['lint', '--isolated', ...args], {
    ...nodeSystem(),
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
  });
  return { status, stdout, stderr };
}

test('a revision of git: a tree and paths, from a folder of the repository too', async (context) => {
  const place = 'image/etc/systemd/network';
  // é: sizes of git are in bytes
  const files = { [`${place}/05-guard.network`]: `# é\n${guard}`, [`${place}/20-all.network`]: all };
  const folder = repository(context, files);
  rmSync(join(folder, place, '05-guard.network'));
  for (const args of [
    ['--root', 'image'],
    ['image/etc/systemd/network'],
    ['image/etc/systemd/network/20-all.network'],
  ]) {
    const { status, stdout, stderr } = await lintHere('--against', 'HEAD', '--json', ...args);
    assert.equal(stderr, '');
    const { findings, changes: changed } = JSON.parse(stdout) as Changes;
    const isWhole = !args[0]?.endsWith('.network');
    assert.equal(status, isWhole ? 1 : 0, args.join(' '));
    assert.equal(
      findings.some(({ rule }) => rule === 'FO101'),
      isWhole,
    );
    assert.equal(changed.claims.length > 0, isWhole);
  }
  process.chdir(join(folder, 'image'));
  assert.match((await lintHere('--against', 'HEAD', 'etc/systemd')).stdout, /- networkd leaves it alone: etc\//);
  assert.equal((await lintHere('--against', 'no-such-revision', 'etc')).status, 2);
  assert.equal((await lintHere('--against=--output=x', 'etc')).status, 2, 'no option of git');
});
