import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import type { System } from '../../src/system/system.ts';
import { mac, makeHost, vfXml, withRun } from './host-with-stand-ins.ts';

/* The runbooks' steps. Each failing: fault-injection.test.ts. With a real libvirt: live-migration.test.ts. */

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
  const {
    fdb,
    domain: { live, config },
  } = host.state();
  const own = fdb.map((entry) => JSON.parse(entry)).filter((entry) => entry.mac === mac);
  assert.deepEqual(
    own.map(({ ifname, master, state }) => ({ ifname, master, state })),
    [{ ifname: 'tap0', master: 'br0', state: 'static' }],
    'the tap is pinned, not local; the uplink forgot the MAC again',
  );
  assert.ok(!live.includes('transient') && !config.includes('transient'));
});

test('a command that fails after it had its effect does not stop the migration', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  host.fail('detach-device--live:late');
  assert.equal(await main(migrate, host.system), 0, host.output.err);
  assert.match(host.output.err, /told to fail late; but its effect is there: continuing/);
});

test('Ctrl-C between two steps undoes what was done', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const before = host.state();
  let asked = 0;
  const interrupted: System = {
    ...host.system,
    catchInterrupts: () => ({
      pending: async () => (asked += 1) === 6,
      noted: () => false,
      release: () => undefined,
    }),
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
    ...withRun(host.system, (argv, options) =>
      argv.includes('attach-device') || argv.includes('migrate')
        ? { status: 1, signal: null, stdout: '', stderr: 'error: no' }
        : host.system.run(argv, options),
    ),
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

const leftPaused: readonly (readonly [what: string, there: string | null, runsOn: boolean, said: RegExp])[] = [
  ['it is not known there', '', true, /all that was begun is undone\n$/],
  ['it is shut off there', 'shut off', true, /all that was begun is undone\n$/],
  ['it runs there', 'running', false, /not done: it is running at 'qemu\+ssh:\/\/there\/system'\n/],
  ['nobody answers there', null, false, /not done: 'qemu\+ssh:\/\/there\/system' does not say whether it runs there\n/],
];
for (const [what, there, runsOn, said] of leftPaused)
  test(`a guest that libvirt leaves paused when its migration fails: ${what}`, async (t) => {
    const host = makeHost(t);
    if (host === null) return;
    const before = host.state();
    if (there !== null) host.setThere(there);
    host.fail('migrate:paused');
    assert.equal(await main(migrate, host.system), 3);
    assert.match(host.output.err, said);
    const hint = /left to do by hand \(let 'vm' run on, which is paused\):\n {2}virsh resume --domain vm\n/;
    assert.equal(hint.test(host.output.err), !runsOn, host.output.err);
    const { state } = host.state().domain;
    assert.equal(state, runsOn ? 'running' : 'paused');
    assert.deepEqual(host.state(), { ...before, domain: { ...before.domain, state } });
    host.output.out = '';
    host.arrive();
    assert.equal(await main([...migrate, '--script'], host.system), 0);
    const script = host.script(host.output.out);
    assert.equal(script.status, 3);
    assert.match(script.stderr, /left to do by hand, if nothing speaks against it .*: virsh resume --domain vm\n/);
    assert.equal(host.state().domain.state, 'paused', 'a script cannot know');
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
  assert.deepEqual(host.state().domain.live.includes('transient'), true, 'the VF is back');
  assert.equal(host.state().vfMac, mac);
  host.fail('');
  assert.equal(host.script(script).status, 0);
  assert.equal(host.state().domain.state, 'shut off');
});

test('reattach gives the VF back and leaves no entry', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const file = join(mkdtempSync(join(tmpdir(), 'failoverctl-vf-')), 'vf.xml');
  t.after(() => rmSync(resolve(file, '..'), { recursive: true }));
  writeFileSync(file, vfXml);
  const options = ['--xml', file, '--pf', 'pf0', '--vf-number', '5', '--uplink', 'up0', '--carrier-wait', '0'];
  assert.equal(await main([...migrate], host.system), 0, host.output.err);
  host.arrive();
  assert.ok(!host.state().domain.live.includes('transient'));
  assert.equal(await main(['host', 'reattach', 'vm', ...options], host.system), 0, host.output.err);
  const {
    fdb,
    domain: { live, config, link },
  } = host.state();
  assert.ok(live.includes('transient') && config.includes('transient'));
  assert.equal(link, 'down');
  assert.ok(!fdb.some((line) => line.includes(mac)));
});

test('reattach --abort ends a migration that waits for its guest, and puts right what that leaves', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const before = host.state();
  const options = ['--pf', 'pf0', '--vf-number', '5', '--uplink', 'up0', '--carrier-wait', '0'];
  const reattach = ['host', 'reattach', 'vm', ...options];
  assert.equal(host.script('echo >"$STAND_IN_STATE/job"').status, 0);
  assert.equal(await main(migrate, host.system), 3);
  assert.match(host.output.err, /'failoverctl host reattach --abort' also restores what it left/);
  assert.equal(await main([...reattach, '--abort'], host.system), 0, host.output.err);
  assert.match(host.output.err, /^\[1\/\d\] end the migration of 'vm' that is under way$/m);
  assert.deepEqual(host.calls(), ['domjobabort --domain vm', 'attach-device --domain vm --file FILE --live']);
  assert.deepEqual(host.state(), before, 'the VF is back, and the host as it was');
  // nothing is under way, and nothing is missing
  assert.equal(await main([...reattach, '--abort'], host.system), 0, host.output.err);
  assert.match(host.output.err, /^\[1\/\d\] end the migration of 'vm' that is under way: already so$/m);
  assert.equal(host.calls().length, 2);
  assert.equal(await main([...reattach, '--abort', '--prepare', '--bridge', 'br0'], host.system), 2);
});

test('reattach --abort: a migration that does not end, as of a guest that never answers, is told', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  assert.equal(host.script('echo >"$STAND_IN_STATE/job"').status, 0);
  host.fail('domjobabort:deaf');
  let slept = 0;
  const quick: System = {
    ...host.system,
    now: () => host.system.now() + slept,
    sleep: (milliseconds) => void (slept += milliseconds),
  };
  const reattach = ['host', 'reattach', 'vm', '--pf', 'pf0', '--vf-number', '5', '--uplink', 'up0', '--abort'];
  assert.equal(await main(reattach, quick), 3);
  assert.match(host.output.err, /no effect within 60 s: QEMU still waits until the guest has unplugged its VF/);
  assert.deepEqual(host.calls(), ['domjobabort --domain vm']);
});

test('a guest that is slow may take as long as it is given, to unplug its VF and to answer by its agent', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  host.fail('detach-device--live:deaf');
  let slept = 0;
  const asked = new Set<string>();
  const slow: System = {
    ...withRun(host.system, (argv, options) => {
      if (argv.includes('qemu-agent-command')) asked.add(argv[argv.indexOf('--timeout') + 1] ?? '');
      return host.system.run(argv, options);
    }),
    now: () => host.system.now() + slept,
    sleep: (milliseconds) => void (slept += milliseconds),
  };
  assert.equal(await main([...migrate, '--device-wait', '20', '--agent-wait', '40'], slow), 3);
  assert.match(host.output.err, /no effect within 20 s: the guest does not answer the unplug/);
  assert.deepEqual([...asked], ['40']);
});

test('what stands in the way is said before anything is done', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['host', 'migrate', 'vm', 'there'], /this host has no PCI device 0000:42:02\.5; give --pf and --vf-number/],
    [[...migrate, '--mac', '51:00:00:00:00:00'], /is a multicast MAC/],
    [[...migrate, '--vf-number', 'x'], /--vf-number: 'x' is not a whole number/],
    [[...migrate, '--device-wait', '5s'], /--device-wait: '5s' is not a whole number/],
    [[...migrate, '--agent-wait', ''], /--agent-wait: '' is not a whole number/],
    [[...migrate, '--tap', 'a b'], /--tap: 'a b' is no name of a link/],
    [[...migrate, '-c', 'qemu+ssh://root@there:22/system'], /is the libvirt of another machine: run this on there,/],
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
  const answering = withRun(host.system, (argv, options) => {
    if (!argv.includes('qemu-agent-command')) return host.system.run(argv, options);
    const stdout = argv.at(-1)?.includes('guest-network-get-interfaces') === true ? '{"return":[]}' : '';
    return { status: stdout === '' ? 1 : 0, signal: null, stdout, stderr: '' };
  });
  assert.equal(await main(migrate, answering), 1);
  assert.match(host.output.err, /the guest has no link with MAC 52:54:00:00:12:53\n.*nothing was begun/);
  assert.deepEqual(host.state(), before);
  assert.deepEqual(host.calls(), []);
  assert.equal(await main([...migrate, '--dry-run'], answering), 0);
  assert.match(host.output.out, /^note: the guest is not set up for failover: /m);
  assert.equal(await main([...migrate, '--no-guest-check'], answering), 0, host.output.err);
  assert.equal(host.state().domain.state, 'shut off');
});

/** The VF as a <hostdev>, of which libvirt knows no MAC. */
const hostdevXml = `<hostdev mode='subsystem' type='pci' managed='yes'>${/<source>.*<\/source>/.exec(vfXml)?.[0]}<teaming type='transient' persistent='ua-backup0'/></hostdev>`;

test('reattach gives a <hostdev> its MAC on the PF, and takes it back when the attaching fails', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  assert.equal(await main(migrate, host.system), 0, host.output.err);
  host.arrive();
  assert.equal(host.state().vfMac, '00:00:00:00:00:00');
  const before = host.state();
  const file = join(mkdtempSync(join(tmpdir(), 'failoverctl-vf-')), 'vf.xml');
  t.after(() => rmSync(resolve(file, '..'), { recursive: true }));
  writeFileSync(file, hostdevXml);
  const options = ['--xml', file, '--mac', mac, '--pf', 'pf0', '--vf-number', '5', '--carrier-wait', '0'];
  host.fail('attach-device--live:exit');
  assert.equal(await main(['host', 'reattach', 'vm', ...options], host.system), 3);
  assert.match(host.output.err, /^undoing: give 52:54:00:00:12:53 to VF 5 of pf0$/m);
  assert.deepEqual(host.state(), before);
  host.fail('');
  assert.equal(await main(['host', 'reattach', 'vm', ...options], host.system), 0, host.output.err);
  assert.equal(host.state().vfMac, mac);
  assert.ok(host.state().domain.live.includes('<hostdev'));
});

test('reattach --prepare makes the bridge, sets it up and plugs the uplink in; not one that is plugged in elsewhere', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const file = join(mkdtempSync(join(tmpdir(), 'failoverctl-vf-')), 'vf.xml');
  t.after(() => rmSync(resolve(file, '..'), { recursive: true }));
  writeFileSync(file, vfXml);
  const prepare = [
    'host',
    'reattach',
    'vm',
    '--prepare',
    '--xml',
    file,
    '--pf',
    'pf0',
    '--vf-number',
    '5',
    '--bridge',
    'br1',
  ];
  const before = host.state();
  assert.equal(await main([...prepare, '--uplink', 'up0'], host.system), 3);
  assert.match(host.output.err, /the uplink up0 is a port of br0: expected one of br1/);
  assert.equal(await main([...prepare, '--uplink', 'nolink'], host.system), 3);
  assert.match(host.output.err, /there is no link 'nolink' on this host/);
  assert.deepEqual(host.state(), before);
  assert.equal(await main([...prepare, '--uplink', 'spare0'], host.system), 0, host.output.err);
  const { links, fdb } = host.state();
  const link = (name: string) =>
    (links as readonly { ifname: string; master?: string; flags: readonly string[] }[]).find(
      ({ ifname }) => ifname === name,
    );
  assert.ok(link('br1')?.flags.includes('UP'));
  assert.ok(link('spare0')?.flags.includes('UP'));
  assert.equal(link('spare0')?.master, 'br1');
  assert.ok(fdb.some((entry) => entry.includes(mac) && entry.includes('spare0')));
});

test('a VF from a pool stays in the kept configuration, and comes back from the pool', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const pooled = vfXml
    .replace("type='hostdev' managed='yes'", "type='network'")
    .replace(/<source>.*<\/source>/, "<source network='vfs'/>");
  const attached: string[] = [];
  // As libvirt has it: a NIC of the pool where it is kept, a <source> with the address that it got where it runs.
  const withPool = withRun(host.system, (argv, options) => {
    const answer = host.system.run(argv, options);
    if (argv.includes('attach-device')) attached.push(readFileSync(argv[argv.indexOf('--file') + 1] ?? '', 'utf8'));
    if (!argv.includes('dumpxml') || !argv.includes('--inactive') || 'errno' in answer) return answer;
    return { ...answer, stdout: answer.stdout.replace(vfXml, pooled) };
  });
  const before = host.state();
  host.fail('migrate:exit');
  assert.equal(await main(migrate, withPool), 3);
  assert.deepEqual(attached, [pooled], 'undone by the pool');
  assert.ok(!host.calls().some((call) => call.includes('--config')));
  assert.equal(host.state().domain.config, before.domain.config);
});

test('a guest that does not answer the unplug: the step says why, and all is undone', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const before = host.state();
  host.fail('detach-device--live:deaf');
  let slept = 0;
  const quick: System = {
    ...host.system,
    now: () => host.system.now() + slept,
    sleep: (milliseconds) => void (slept += milliseconds),
  };
  assert.equal(await main(migrate, quick), 3);
  assert.match(host.output.err, /no effect within 30 s: the guest does not answer the unplug: it is in its firmware/);
  assert.deepEqual(host.state(), before);
});

test('nothing is begun while a migration is under way', async (t) => {
  const host = makeHost(t);
  if (host === null) return;
  const running: System = {
    ...host.system,
    run: (argv, options) =>
      argv.includes('domjobinfo')
        ? {
            status: 0,
            signal: null,
            stdout: 'Job type:         Unbounded\nOperation:        Outgoing migration\nData processed:   0.000 B\n',
            stderr: '',
          }
        : host.system.run(argv, options),
  };
  assert.equal(await main(migrate, running), 3);
  assert.match(host.output.err, /is being migrated already: .*'virsh domjobabort --domain vm' ends it/);
  assert.deepEqual(host.calls(), []);
});
