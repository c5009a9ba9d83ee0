import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { main } from '../../src/main.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { isFailure, type System } from '../../src/system/system.ts';

/*
 * The forwarding database is the kernel's, in a network namespace of our own, through the real ip(8) and bridge(8). Where
 * there is no hardware there are stand-ins that record their arguments: virsh (stand-in-virsh.cjs), and `ip link set PF
 * vf`, since no PF can be had.
 */

const mac = '52:54:00:00:12:53';
const vfXml = `<interface type='hostdev' managed='yes'><mac address='${mac}'/><source><address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/></source><teaming type='transient' persistent='ua-backup0'/></interface>`;
const domainXml = `<domain type='kvm'><name>vm</name><devices><interface type='bridge'><mac address='${mac}'/><source bridge='br0'/><target dev='tap0'/><model type='virtio'/><teaming type='persistent'/><alias name='ua-backup0'/></interface>${vfXml}</devices></domain>`;

interface Host {
  readonly system: System;
  readonly output: { out: string; err: string };
  /** All that a migration may change: links, the forwarding database, the PF's table, the domain. */
  readonly state: () => unknown;
  readonly calls: () => readonly string[];
  readonly fail: (where: string) => void;
  /** Runs a script as root would on this host. */
  readonly script: (text: string) => { status: number | null; stderr: string };
}

/** A host in a namespace: bridge br0 with the guest's tap0 and the uplink up0, and the stand-ins first in PATH. */
function makeHost(t: TestContext): Host | null {
  if (process.geteuid?.() !== 0) {
    t.skip('needs root for a network namespace');
    return null;
  }
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-host-'));
  const namespace = `foc-${process.pid}-${directory.slice(-6)}`;
  const stateFile = join(directory, 'state.json');
  const log = join(directory, 'log');
  const pf = join(directory, 'vf-mac');
  writeFileSync(stateFile, JSON.stringify({ live: domainXml, config: domainXml, link: 'down', state: 'running' }));
  writeFileSync(log, '');
  writeFileSync(pf, mac);
  // Beside the node that runs the tests, so that the stand-in needs no PATH of its own.
  writeFileSync(
    join(directory, 'virsh'),
    `#!/bin/sh\nexec '${process.execPath}' '${resolve('test/hypervisor/stand-in-virsh.cjs')}' "$@"\n`,
  );
  writeFileSync(
    join(directory, 'ip'),
    `#!/bin/sh
case "$*" in
"link set dev pf0 vf 5 mac "*)
  [ "$STAND_IN_FAIL" != vf-mac:exit ] || exit 1
  echo "ip $*" >> '${log}'; printf %s "$8" > '${pf}' ;;
"-j link show dev pf0") printf '[{"ifname":"pf0","vfinfo_list":[{"vf":5,"address":"%s"}]}]' "$(cat '${pf}')" ;;
*) exec /usr/sbin/ip "$@" ;;
esac\n`,
  );
  writeFileSync(
    join(directory, 'bridge'),
    `#!/bin/sh
case "$*" in
"fdb add"*) [ "$STAND_IN_FAIL" != fdb-uplink:exit ] || exit 1 ;;
"fdb replace"*) [ "$STAND_IN_FAIL" != fdb-tap:exit ] || exit 1; [ "$STAND_IN_FAIL" != fdb-tap:kill ] || kill -9 $$ ;;
esac
exec /usr/sbin/bridge "$@"\n`,
  );
  for (const name of ['virsh', 'ip', 'bridge']) chmodSync(join(directory, name), 0o755);
  const env: Record<string, string> = {
    PATH: `${directory}:${process.env['PATH'] ?? ''}`,
    STAND_IN_STATE: stateFile,
    STAND_IN_LOG: log,
    STAND_IN_FAIL: '',
  };
  const inside = (argv: readonly string[], input?: string) =>
    spawnSync('/usr/sbin/ip', ['netns', 'exec', namespace, ...argv], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      input: input ?? '',
    });
  t.after(() => {
    spawnSync('/usr/sbin/ip', ['netns', 'del', namespace]);
    rmSync(directory, { recursive: true });
  });
  for (const command of [
    `netns add ${namespace}`,
    `-n ${namespace} link add br0 type bridge`,
    `-n ${namespace} link add tap0 type veth peer name guest0`,
    `-n ${namespace} link add up0 type veth peer name wire0`,
    `-n ${namespace} link set tap0 master br0 up`,
    `-n ${namespace} link set up0 master br0 up`,
    `-n ${namespace} link set br0 up`,
  ]) {
    const made = spawnSync('/usr/sbin/ip', command.split(' '), { encoding: 'utf8' });
    assert.equal(made.status, 0, `ip ${command}: ${made.stderr}`);
  }
  const output = { out: '', err: '' };
  const real = nodeSystem();
  const system: System = {
    ...real,
    run: (argv, options = {}) => {
      const { status, signal, stdout, stderr } = inside(argv, options.input);
      return { status, signal, stdout, stderr };
    },
    out: (text) => void (output.out += text),
    err: (text) => void (output.err += text),
  };
  return {
    system,
    output,
    state: () => {
      const fdb = ['tap0', 'up0'].map((port) =>
        inside(['bridge', 'fdb', 'show', 'dev', port]).stdout.split('\n').sort(),
      );
      const { live, config, link, state } = JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, string>;
      return { fdb, live, config, link, state, vfMac: readFileSync(pf, 'utf8') };
    },
    calls: () =>
      readFileSync(log, 'utf8')
        .replaceAll(/\S+\.xml/g, 'FILE')
        .split('\n')
        .filter((line) => !/^(?:dumpxml|domif-getlink|domstate|qemu-agent)/.test(line) && line !== ''),
    fail: (where) => void (env['STAND_IN_FAIL'] = where),
    script: (text) => inside(['bash', '-c', text]),
  };
}

const migrate = [
  'host',
  'migrate',
  'vm',
  'qemu+ssh://there/system',
  '--pf',
  'pf0',
  '--vf-number',
  '5',
  '--uplink',
  'up0',
  '--carrier-wait',
  '0',
];

test('a migration takes the steps of the document, in order', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  assert.equal(await main(migrate, host.system), 0, host.output.err);
  assert.deepEqual(host.calls(), [
    'domif-setlink --domain vm --interface tap0 --state up',
    'detach-device --domain vm --file FILE --live',
    'detach-device --domain vm --file FILE --config',
    `ip link set dev pf0 vf 5 mac 00:00:00:00:00:00`,
    'migrate --live --persistent --domain vm --desturi qemu+ssh://there/system',
  ]);
  const { fdb, live, config } = host.state() as { fdb: string[][]; live: string; config: string };
  assert.ok(
    fdb[0]?.some((line) => line.startsWith(`${mac} master br0 static`)),
    'the tap is pinned, not local',
  );
  assert.ok(!fdb[1]?.some((line) => line.includes(mac)), 'the uplink forgot the MAC again');
  assert.ok(!live.includes('transient') && !config.includes('transient'));
});

const failures = [
  ...['domif-setlink', 'detach-device--live', 'detach-device--config', 'migrate'].flatMap((verb) =>
    verb === 'migrate' ? [`${verb}:exit`, `${verb}:kill`] : [`${verb}:exit`, `${verb}:kill`],
  ),
  'vf-mac:exit',
  'fdb-uplink:exit',
  'fdb-tap:exit',
  'fdb-tap:kill',
];

for (const failure of failures) {
  test(`a migration that fails at ${failure} leaves the host as it was`, async (t) => {
    const host = makeHost(t);
    if (host === null) return;
    const before = host.state();
    host.fail(failure);
    // Undoing runs the same verbs: the stand-in fails once, then works.
    const once: System = {
      ...host.system,
      run: (argv, options) => {
        const result = host.system.run(argv, options);
        const failed = !isFailure(result) && (result.status !== 0 || result.signal !== null);
        if (failed && !argv.includes('qemu-agent-command')) host.fail('');
        return result;
      },
    };
    assert.equal(await main(migrate, once), 3, host.output.err);
    assert.match(host.output.err, /FAILED: /);
    assert.match(host.output.err, /all that was begun is undone\n$/);
    assert.deepEqual(host.state(), before);
  });
}

test('a command that fails after it had its effect does not stop the migration', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  host.fail('detach-device--live:late');
  assert.equal(await main(migrate, host.system), 0, host.output.err);
  assert.match(host.output.err, /told to fail late; but its effect is there: going on/);
});

test('Ctrl-C between two steps undoes what was done', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const before = host.state();
  let asked = 0;
  const interrupted: System = {
    ...host.system,
    catchInterrupts: () => ({ pending: async () => (asked += 1) === 6, release: () => undefined }),
  };
  assert.equal(await main(migrate, interrupted), 3);
  assert.match(host.output.err, /FAILED: interrupted/);
  assert.ok(host.calls().length > 2, 'some steps had been taken');
  assert.deepEqual(host.state(), before);
});

test('what cannot be undone is named with its command', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const broken: System = {
    ...host.system,
    run: (argv, options) =>
      argv.includes('attach-device') || argv.includes('migrate')
        ? { status: 1, signal: null, stdout: '', stderr: 'error: no' }
        : host.system.run(argv, options),
    sleep: () => undefined,
    now: (() => {
      let clock = 0;
      return () => (clock += 10_000);
    })(),
  };
  assert.equal(await main(migrate, broken), 3);
  assert.match(
    host.output.err,
    /left to do by hand \(detach the VF from the running guest\):\n {2}printf '%s' '<interface.*\| virsh attach-device --domain vm/,
  );
});

test('--dry-run and --script change nothing; the script does the same and is sound bash', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const before = host.state();
  assert.equal(await main([...migrate, '--dry-run'], host.system), 0);
  assert.match(host.output.out, /^guest 52:54:00:00:12:53, tap tap0, VF 5 of pf0, uplink up0$/m);
  host.output.out = '';
  assert.equal(await main([...migrate, '--script'], host.system), 0);
  assert.deepEqual(host.state(), before);
  const script = host.output.out;
  if (existsSync('/usr/bin/shellcheck')) {
    const checked = spawnSync('shellcheck', ['-'], { input: script, encoding: 'utf8' });
    assert.equal(checked.stdout, '');
  }
  host.fail('fdb-tap:exit');
  const failed = host.script(script);
  assert.equal(failed.status, 3, failed.stderr);
  assert.deepEqual((host.state() as { live: string }).live.includes('transient'), true, 'the VF is back');
  assert.equal((host.state() as { vfMac: string }).vfMac, mac);
  host.fail('');
  assert.equal(host.script(script).status, 0);
  assert.equal((host.state() as { state: string }).state, 'shut off');
});

test('reattach: prepared before, given back after, undone on failure', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const file = join(mkdtempSync(join(tmpdir(), 'failoverctl-vf-')), 'vf.xml');
  t.after(() => rmSync(resolve(file, '..'), { recursive: true }));
  writeFileSync(file, vfXml);
  const options = ['--xml', file, '--pf', 'pf0', '--vf-number', '5', '--uplink', 'up0', '--carrier-wait', '0'];
  assert.equal(await main([...migrate], host.system), 0, host.output.err);
  const arrived = host.state() as { live: string };
  assert.ok(!arrived.live.includes('transient'));
  const failing: System = {
    ...host.system,
    run: (argv, runOptions) =>
      argv.includes('--state') && argv.includes('down')
        ? { status: 1, signal: null, stdout: '', stderr: 'error: no' }
        : host.system.run(argv, runOptions),
  };
  assert.equal(await main(['host', 'reattach', 'vm', ...options], failing), 3, host.output.err);
  assert.deepEqual(host.state(), arrived);
  assert.equal(await main(['host', 'reattach', 'vm', ...options], host.system), 0, host.output.err);
  const { live, config, link, fdb } = host.state() as { live: string; config: string; link: string; fdb: string[][] };
  assert.ok(live.includes('transient') && config.includes('transient'));
  assert.equal(link, 'down');
  assert.ok(!fdb.flat().some((line) => line.includes(`${mac} master br0 static`)));
});

test('what stands in the way is said before anything is done', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['host', 'migrate', 'vm', 'there'], /this host has no PCI device 0000:42:02\.5; give --pf and --vf-number/],
    [[...migrate, '--mac', '51:00:00:00:00:00'], /is a multicast MAC/],
    [[...migrate, '--vf-number', 'x'], /--vf-number: 'x' is not a whole number/],
  ];
  const before = host.state();
  for (const [args, message] of cases) {
    host.output.err = '';
    assert.notEqual(await main(args, host.system), 0);
    assert.match(host.output.err, message);
  }
  assert.deepEqual(host.state(), before);
});

test('a guest that is not set up is not migrated, unless that is asked for', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const before = host.state();
  // The agent answers, and the guest has no link with the MAC; what only the kernel and the bridge see stays real.
  const answering: System = {
    ...host.system,
    run: (argv, options) => {
      if (!argv.includes('qemu-agent-command')) return host.system.run(argv, options);
      const stdout = argv.at(-1)?.includes('guest-network-get-interfaces') === true ? '{"return":[]}' : '';
      return { status: stdout === '' ? 1 : 0, signal: null, stdout, stderr: '' };
    },
  };
  assert.equal(await main(migrate, answering), 1);
  assert.match(host.output.err, /the guest has no link with MAC 52:54:00:00:12:53\n.*nothing was begun/);
  assert.deepEqual(host.state(), before);
  assert.deepEqual(host.calls(), []);
  assert.equal(await main([...migrate, '--dry-run'], answering), 0);
  assert.match(host.output.out, /^note: the guest is not set up for failover: /m);
  assert.equal(await main([...migrate, '--no-guest-check'], answering), 0, host.output.err);
  assert.equal((host.state() as { state: string }).state, 'shut off');
});
