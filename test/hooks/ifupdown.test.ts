/** The hooks of ifupdown, under dash and busybox sh, on a /sys of files that is mounted over the real one in a namespace. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { everyLink, mac, writeTree, type Netdev } from './guest-tree.ts';

const hook = 'hooks/ifupdown/net-failover';
const has = (program: string): boolean => spawnSync(program, ['--help']).error === undefined;
const missing =
  process.geteuid?.() !== 0
    ? 'not root: no namespaces can be made'
    : (['dash', 'busybox'].filter((program) => !has(program)).map((name) => `${name} is not installed`)[0] ?? false);
const shells = [['dash'], ['busybox', 'sh']] as const;

interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs commands, each with its own environment, with the tree at /sys and a /run of their own. */
function runAll(
  netdevs: readonly Netdev[],
  commands: readonly { readonly argv: readonly string[]; readonly env?: Readonly<Record<string, string>> }[],
  prepare = ':',
): readonly Result[] {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-hook-'));
  try {
    writeTree(join(work, 'sys'), netdevs);
    const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
    const lines = commands.map(({ argv, env = {} }, index) => {
      const words = [...Object.entries(env).map(([key, value]) => `${key}=${value}`), ...argv].map(quote);
      return `env ${words.join(' ')} >"$work/${index}.out" 2>"$work/${index}.err" </dev/null; echo $? >"$work/${index}.rc"`;
    });
    writeFileSync(
      join(work, 'script'),
      `set -e\nmount --make-rprivate /\nmount -t tmpfs tmpfs /run\nmount --rbind ${work}/sys /sys\n${prepare}\nset +e\n${lines.join('\n')}\n`,
    );
    const { status, stderr } = spawnSync('unshare', ['-m', '--fork', 'sh', join(work, 'script')], {
      encoding: 'utf8',
      env: { ...process.env, work },
    });
    assert.equal(status, 0, stderr);
    const read = (name: string): string => readFileSync(join(work, name), 'utf8');
    return commands.map((_, index) => ({
      status: Number(read(`${index}.rc`)),
      stdout: read(`${index}.out`),
      stderr: read(`${index}.err`),
    }));
  } finally {
    rmSync(work, { recursive: true });
  }
}

const refusals: Readonly<Record<string, string>> = {
  eth1: 'a slave of the failover master eth0',
  eth2: 'a slave of the failover master eth0',
  orphan: 'the standby of a failover pair',
  vf128: 'a slave of the failover master brport',
  pending: 'a NIC with the MAC of a failover master',
  hvvf: 'the VF of the netvsc link hv0',
};

for (const shell of shells) {
  test(
    `${shell.join(' ')}: the hook stops ifup for slaves, says why, and is silent for all others`,
    { skip: missing },
    () => {
      const names = [...everyLink.map(({ name }) => name), 'gone', 'lo', '--all', ''];
      const results = runAll(
        everyLink,
        names.map((name) => ({ argv: [...shell, hook], env: { IFACE: name, MODE: 'start', PHASE: 'pre-up' } })),
        `mkdir -p /run/net-failover/${mac}`,
      );
      for (const [index, name] of names.entries()) {
        const reason = refusals[name];
        assert.deepEqual(
          results[index],
          {
            status: reason === undefined ? 0 : 1,
            stdout: '',
            stderr:
              reason === undefined
                ? ''
                : `net-failover: ${name} is ${reason}: it must not be configured; configure the master\n`,
          },
          name,
        );
      }
    },
  );

  test(`${shell.join(' ')}: without IFACE, and when a link is taken down, it does nothing`, { skip: missing }, () => {
    const results = runAll(everyLink, [
      { argv: [...shell, hook] },
      { argv: [...shell, hook], env: { IFACE: 'eth1', MODE: 'stop' } },
    ]);
    for (const result of results) assert.deepEqual(result, { status: 0, stdout: '', stderr: '' });
  });

  test(`${shell.join(' ')}: names that no shell would like`, { skip: missing }, () => {
    for (const name of ['$(id)', `q'u"o`, '[x]*', 'b\\n', '-n', 'éth']) {
      const netdevs: readonly Netdev[] = [
        { name: 'm', device: 'failover', address: mac },
        { name, device: 'vf', address: mac, master: 'm' },
      ];
      const [slave, exclude] = runAll(
        netdevs,
        [
          { argv: [...shell, hook], env: { IFACE: name, MODE: 'start' } },
          { argv: [...shell, 'hooks/ifupdown/exclude-slaves'] },
        ],
        'mount -t tmpfs tmpfs /etc/network/if-pre-up.d && cp hooks/ifupdown/net-failover /etc/network/if-pre-up.d/',
      );
      assert.equal(slave?.status, 1, slave?.stderr);
      assert.ok(slave?.stderr.startsWith(`net-failover: ${name} is a slave of the failover master m`), slave?.stderr);
      assert.equal(exclude?.stderr, '');
    }
  });

  test(
    `${shell.join(' ')}: "ifup -a" passes over the slaves, and over what it passed over before`,
    { skip: missing },
    () => {
      const print = { argv: ['cat', '/run/net-failover/networking.env'] };
      const script = { argv: [...shell, 'hooks/ifupdown/exclude-slaves'] };
      const withHook =
        'mount -t tmpfs tmpfs /etc/network/if-pre-up.d && cp hooks/ifupdown/net-failover /etc/network/if-pre-up.d/';
      const strange: readonly Netdev[] = [
        ...everyLink,
        { name: 'a"[*\\', device: 'nic', address: mac, master: 'eth0' },
      ];
      const [, plain] = runAll(everyLink, [script, print], withHook);
      assert.equal(plain?.stdout, 'EXCLUDE_INTERFACES=" eth1 eth2 hvvf orphan vf128"\n');
      const [, more] = runAll(strange, [{ ...script, env: { EXCLUDE_INTERFACES: 'wlan* usb0' } }, print], withHook);
      // fnmatch(3) needs \[ \* \\, and systemd.exec(5) each backslash and quote escaped once more.
      assert.equal(
        more?.stdout,
        String.raw`EXCLUDE_INTERFACES="wlan* usb0 a\"\\[\\*\\\\ eth1 eth2 hvvf orphan vf128"` + '\n',
      );
      const [without, nothing] = runAll(everyLink, [script, print]);
      assert.equal(without?.status, 0);
      assert.equal(nothing?.status, 1, 'without the hook no file is written');
    },
  );
}

test('shellcheck has nothing to say', { skip: has('shellcheck') ? false : 'shellcheck is not installed' }, () => {
  const scripts = readdirSync('hooks', { recursive: true, encoding: 'utf8' })
    .map((name) => join('hooks', name))
    .filter((path) => !/\.(?:rules|conf|service|timer)$/.test(path) && path.split('/').length === 3);
  assert.ok(scripts.length >= 2, scripts.join(' '));
  const { stdout, status } = spawnSync('shellcheck', ['--severity=style', ...scripts], { encoding: 'utf8' });
  assert.equal(stdout, '');
  assert.equal(status, 0);
});

const hasIfup = has('ifup') && has('run-parts');

test(
  'ifup heeds the hook, and "ifup -a" with the exclusion succeeds',
  { skip: missing || (hasIfup ? false : 'ifupdown is not installed') },
  () => {
    const prepare = `mount -t tmpfs tmpfs /etc/network
mkdir /etc/network/if-pre-up.d /etc/network/if-up.d /run/network
cp hooks/ifupdown/net-failover /etc/network/if-pre-up.d/
chmod 755 /etc/network/if-pre-up.d/net-failover
printf 'auto eth0 eth2\\niface eth0 inet manual\\n  up :\\niface eth2 inet manual\\n  up :\\n' >/etc/network/interfaces`;
    const environment = { IFUPDOWN: '' };
    const [byHand, all, script, spared, state] = runAll(
      everyLink,
      [
        { argv: ['ifup', '--force', 'eth2'], env: environment },
        { argv: ['ifup', '-a', '--force'] },
        { argv: ['sh', 'hooks/ifupdown/exclude-slaves'] },
        {
          argv: [
            'sh',
            '-c',
            '. /run/net-failover/networking.env; export EXCLUDE_INTERFACES; exec ifup -a --force --read-environment',
          ],
        },
        { argv: ['ifquery', '--state'] },
      ],
      prepare,
    );
    assert.equal(byHand?.status, 1);
    assert.match(byHand?.stderr ?? '', /net-failover: eth2 is a slave of the failover master eth0/);
    assert.equal(all?.status, 1, 'without the exclusion networking.service would fail');
    assert.equal(script?.status, 0);
    assert.deepEqual([spared?.status, spared?.stderr], [0, '']);
    assert.match(state?.stdout ?? '', /^eth0=eth0$/m);
    assert.doesNotMatch(state?.stdout ?? '', /eth2/);
  },
);

for (const shell of shells) {
  test(`${shell.join(' ')}: ExecCondition= of ifup@.service skips what the hook would stop`, { skip: missing }, () => {
    const [, script = ''] =
      /^ExecCondition=\/bin\/sh -c '(.*)' %I$/m.exec(readFileSync('hooks/ifupdown/ifup@.conf', 'utf8')) ?? [];
    const names = everyLink.map(({ name }) => name);
    const ask = (prepare: string) =>
      runAll(
        everyLink,
        names.map((name) => ({ argv: [...shell, '-c', script.replaceAll('$$', '$'), name] })),
        `mkdir -p /run/net-failover/${mac}; mount -t tmpfs tmpfs /etc/network/if-pre-up.d; ${prepare}`,
      ).map(({ status }) => status);
    assert.deepEqual(
      ask('cp hooks/ifupdown/net-failover /etc/network/if-pre-up.d/'),
      names.map((name) => (name in refusals ? 1 : 0)),
    );
    const gone = [{ argv: [...shell, '-c', script.replaceAll('$$', '$'), 'gone9'] }];
    assert.deepEqual(
      runAll(everyLink, gone, 'true').map(({ status }) => status),
      [1],
      'a link that has gone is not begun with',
    );
    // A hook that was taken away by hand must not cost the guest its network.
    assert.deepEqual(
      ask(':'),
      names.map(() => 0),
    );
  });
}

test('units of ifup begin for a link that is there, and one that left is no failed unit', () => {
  for (const [file, instance] of [
    ['ifup@.conf', '%I'],
    ['net-failover-ifup@.service', '%i'],
  ] as const) {
    const lines = readFileSync(`hooks/ifupdown/${file}`, 'utf8').split('\n');
    const inUnit = new Set(lines.slice(lines.indexOf('[Unit]'), lines.indexOf('[Service]')));
    assert.ok(inUnit.has(`ConditionPathExists=/sys/class/net/${instance}`), file);
    assert.ok(inUnit.has('CollectMode=inactive-or-failed'), file);
    assert.ok(lines.slice(lines.indexOf('[Service]')).includes('SuccessExitStatus=SIGTERM'), file);
  }
});

test('conditions of ifup@.service tell slaves from ports of bonds and bridges', () => {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-condition-'));
  try {
    mkdirSync(join(work, 'class'), { recursive: true });
    writeTree(work, everyLink);
    symlinkSync('.', join(work, 'sys'));
    const paths = [...readFileSync('hooks/ifupdown/ifup@.conf', 'utf8').matchAll(/^ConditionPathExists=!(.*)$/gm)].map(
      ([, path = '']) => path,
    );
    assert.equal(paths.length, 2);
    const skipped = everyLink
      .filter(({ name }) =>
        paths.some(
          (path) => spawnSync('test', ['-e', join(work, path.replace('%I', name).replace('/sys/', '/'))]).status === 0,
        ),
      )
      .map(({ name }) => name);
    assert.deepEqual(skipped, ['eth1', 'eth2', 'vf128', 'hvvf']);
  } finally {
    rmSync(work, { recursive: true });
  }
});
