import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemorySystem } from '../../src/system/memory.ts';
import { guest, healthyTree, oneLease, pci, said, type Said } from '../status/guest.ts';
import type { Tree } from '../topology/sysfs.ts';

async function run(args: readonly string[], tree: Tree = healthyTree(), answers: Said = {}) {
  const system = guest(tree, answers);
  const status = await main(['status', ...args], system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

test('--json is the contract: these keys in this order', async () => {
  const { status, stdout, stderr } = await run(['--json']);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  const value = JSON.parse(stdout) as Record<string, unknown> & { groups: Record<string, unknown>[] };
  assert.deepEqual(Object.keys(value), ['version', 'healthy', 'groups', 'orphans', 'problems', 'unreadable']);
  const [group] = value.groups;
  const { links, ...rest } = group as { links: Record<string, unknown>[] };
  assert.deepEqual(rest, {
    kind: 'net_failover',
    mac: '52:54:00:00:12:53',
    master: 'ens10',
    standby: 'ens10nsby',
    primary: 'ens11',
    datapath: 'primary',
    why: 'ens11 has carrier: the VF goes first',
  });
  assert.deepEqual(links[1], {
    name: 'ens10nsby',
    role: 'standby',
    master: 'ens10',
    up: true,
    carrier: true,
    carrierChanges: 2,
    uppers: [],
    mac: '52:54:00:00:12:53',
    mtu: null,
    promiscuous: false,
    bridge: null,
    bridgesAbove: [],
    addresses: [],
    leases: [],
    routes: [],
    managers: [],
    naming: null,
  });
  assert.deepEqual(
    links.map(({ role }) => role),
    ['master', 'standby', 'primary'],
  );
});

test('exit status: 0 healthy or no group, 1 a problem, 2 usage, 3 it cannot be told', async () => {
  const none = { '/sys/class/net/lo': { link: '../../devices/virtual/net/lo' } };
  const ill = { nmcli: 'ens11:connected:x\n' };
  const cases: readonly (readonly [
    args: readonly string[],
    status: number,
    said: RegExp,
    tree?: Tree | undefined,
    answers?: Said,
  ])[] = [
    [[], 0, /^ens10 {2}master, .*\nhealthy\n$/s],
    [[], 0, /^no failover group\n$/, none],
    [[], 1, /\nwrong: ens11 is managed by networkmanager \(connected, x\)\n$/, undefined, ill],
    [['--json', '--metrics'], 2, /--json and --metrics differ/],
    [['--watch', '--metrics'], 2, /--watch follows a running guest/],
    [['--watch', '--root', '/'], 2, /--watch follows a running guest/],
    [[], 3, /cannot read links: .*expected a Linux sysfs/, { '/etc/hostname': 'x\n' }],
  ];
  for (const [args, status, words, tree, answers] of cases) {
    const result = await run(args, tree, answers);
    assert.equal(result.status, status, args.join(' '));
    assert.match(status >= 2 ? result.stderr : result.stdout, words);
  }
  const mute = memorySystem(healthyTree());
  assert.equal(await main(['status'], mute), 3);
  assert.match(mute.stderr, /unreadable: 'ip': no such file/);
  assert.match(mute.stdout, /not known: what is unreadable may be wrong/);
});

test('--watch: a change is told once, however many lines ip monitor has for it', async () => {
  const stamp = (second: number) => `[2026-11-23T23:00:0${second}.123456]`;
  const monitor = `${stamp(1)} 4: ens11: <UP> mtu 1500\n${stamp(2)} local 10.66.0.99 dev ens11 table local\n${stamp(3)} 4: ens11    inet 10.66.0.99/24\n${stamp(3)} default via 10.66.0.1 dev ens11\n`;
  let asked = 0;
  const withVf = oneLease.replace(
    '"ifname":"ens11","addr_info":[]',
    '"ifname":"ens11","addr_info":[{"family":"inet","local":"10.66.0.99","prefixlen":24,"scope":"global"}]',
  );
  const system = memorySystem(healthyTree(), {
    now: Date.parse('2026-11-23T23:00:02.000Z'),
    run: ([program = '', ...args]) => {
      if (program === 'env') return said(monitor);
      if (program !== 'ip') return { errno: 'ENOENT', path: program };
      if (!args.includes('address')) return said('[]\n');
      asked += 1;
      return said(asked === 1 ? oneLease : withVf);
    },
  });
  assert.equal(await main(['status', '--watch'], system), 1);
  assert.equal(
    system.stdout,
    `2026-11-23T23:00:02.000Z watching ens10: datapath primary, ens11 has carrier: the VF goes first
2026-11-23T23:00:03.123Z address: ens11: + 10.66.0.99/24
2026-11-23T23:00:03.123Z problem: ens11 has 10.66.0.99/24; only its master may have addresses
`,
  );
  // read at the start, for the two lines of 23:00:03, and when it was quiet; those before it was read told nothing new
  assert.equal(asked, 4);
});

test('--watch: what a manager has done by the time that it is quiet is told, though the kernel tells of nothing', async () => {
  const state = '/run/systemd/netif/links/4';
  const by = 'NETWORK_FILE=/etc/systemd/network/50-dhcp.network\n';
  let asked = 0;
  const system: MemorySystem = memorySystem(
    { ...healthyTree(), [state]: 'ADMIN_STATE=unmanaged\n' },
    {
      now: Date.parse('2026-11-23T23:00:02.000Z'),
      run: ([program = '', ...args]) => {
        if (program === 'env') return said('[2026-11-23T23:00:03.000000] 4: ens11: <UP> mtu 1500\n');
        if (program === 'systemctl') return said('', args.at(-1) === 'systemd-networkd.service' ? 0 : 3);
        if (program !== 'ip') return { errno: 'ENOENT', path: program };
        if (!args.includes('address')) return said('[]\n');
        asked += 1;
        if (asked > 1) system.write(state, `ADMIN_STATE=${asked === 2 ? 'configuring' : 'configured'}\n${by}`);
        return said(oneLease);
      },
    },
  );
  assert.equal(await main(['status', '--watch'], system), 0);
  assert.equal(
    system.stdout,
    `2026-11-23T23:00:02.000Z watching ens10: datapath primary, ens11 has carrier: the VF goes first
2026-11-23T23:00:03.000Z manager: ens11: - networkd: unmanaged
2026-11-23T23:00:03.000Z manager: ens11: + networkd: configuring, /etc/systemd/network/50-dhcp.network
2026-11-23T23:00:03.000Z problem: ens11 is managed by networkd (configuring, /etc/systemd/network/50-dhcp.network)
2026-11-23T23:00:03.000Z manager: ens11: - networkd: configuring, /etc/systemd/network/50-dhcp.network
2026-11-23T23:00:03.000Z manager: ens11: + networkd: configured, /etc/systemd/network/50-dhcp.network
2026-11-23T23:00:03.000Z solved: ens11 is managed by networkd (configuring, /etc/systemd/network/50-dhcp.network)
`,
  );
});

test('the carriers are those of the moment in which it looked, however long the programs take that it asks', async () => {
  const system: MemorySystem = memorySystem(healthyTree(), {
    run: ([program = '', ...args]) => {
      if (program !== 'ip') return { errno: 'ENOENT', path: program };
      system.write(`${pci}/ens11/carrier`, '0\n');
      return said(args.includes('address') ? oneLease : '[]\n');
    },
  });
  assert.equal(await main(['status'], system), 0);
  assert.match(system.stdout, /datapath primary: ens11 has carrier/);
  assert.equal(await main(['status'], system), 1);
});

test('--watch --json: an object a line', async () => {
  const { stdout, status } = await run(['--watch', '--json'], healthyTree(), { monitor: 'no time, but a change\n' });
  assert.equal(status, 0);
  const lines = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(Object.keys(lines[0] ?? {}), ['time', 'event', 'status']);
  assert.equal(lines.length, 1);
});

const isRoot = process.geteuid?.() === 0;
test('Ctrl-C ends --watch and what it has started, with no word', { skip: isRoot ? false : 'not root' }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'failoverctl-watch-'));
  const bundle = join(folder, 'failoverctl.cjs');
  const script = `import { shared } from './src/build/bundle.mjs'; import { build } from 'esbuild';
    await build({ ...shared, entryPoints: ['src/cli.ts'], outfile: process.argv[1] });`;
  const started: number[] = [];
  try {
    const built = spawnSync(process.execPath, ['--input-type=module', '-e', script, bundle], { encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
    for (const whole of [false, true]) {
      const child = spawn('unshare', ['-n', process.execPath, bundle, 'status', '--watch'], { detached: true });
      let [out, err] = ['', ''];
      child.stdout.on('data', (text: Buffer) => void (out += text.toString()));
      child.stderr.on('data', (text: Buffer) => void (err += text.toString()));
      const ended = once(child, 'close');
      const pid = child.pid ?? 0;
      started.push(pid);
      const monitorOf = () => {
        const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
        return pids.find((id) => /\0monitor\0/.test(readFileSync(`/proc/${id}/cmdline`, 'utf8')));
      };
      for (let waited = 0; waited < 60_000 && monitorOf() === undefined; waited += 50) await wait(50);
      const monitor = monitorOf();
      assert.ok(monitor !== undefined, err);
      // a terminal tells the whole process group, kill(1) one process
      process.kill(whole ? -pid : pid, 'SIGINT');
      assert.deepEqual(await ended, [0, null]);
      assert.match(out, /^\S+Z watching: no failover group yet\n$/);
      assert.equal(err, '');
      assert.ok(!existsSync(`/proc/${monitor}`));
    }
  } finally {
    for (const pid of started) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // nothing of its group is left, as it should be
      }
    }
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Recorded in the lab's guest by `failoverctl snapshot`, before and after `install --now`; reduced to what `status` reads. */
const recorded = 'test/fixtures/status';
for (const file of readdirSync(recorded).filter((name) => name.endsWith('.json'))) {
  test(`what a real guest said: ${file}`, async () => {
    const path = join(recorded, file);
    const system = memorySystem({ '/guest.json': readFileSync(path, 'utf8') });
    const status = await main(['status', '--snapshot', '/guest.json'], system);
    const expected = readFileSync(path.replace(/json$/, 'txt'), 'utf8');
    // what the guest itself printed a moment later
    const still = (text: string) => text.replace(/for \d+ s more/g, 'for a while');
    assert.equal(still(system.stdout), still(expected));
    assert.equal(status, file.startsWith('broken') ? 1 : 0);
  });
}

test('a file that networkd keeps of a link that it has let go is no reason; one that says Unmanaged= is', async () => {
  const state = 'ADMIN_STATE=unmanaged\nNETWORK_FILE=/etc/systemd/network/50-dhcp.network\n';
  const told = async (file: string) => {
    const system = memorySystem(
      {
        ...healthyTree(),
        '/run/systemd/netif/links/4': state,
        '/etc/systemd/network/50-dhcp.network': file,
      },
      {
        run: ([program = '', ...args]) =>
          program === 'systemctl'
            ? said('', args.at(-1) === 'systemd-networkd.service' ? 0 : 3)
            : program === 'ip'
              ? said(args.includes('address') ? oneLease : '[]\n')
              : { errno: 'ENOENT', path: program },
      },
    );
    await main(['status'], system);
    return /networkd: unmanaged.*/.exec(system.stdout)?.[0];
  };
  assert.equal(await told('[Match]\nName=en*\n\n[Network]\nDHCP=yes\n'), 'networkd: unmanaged');
  assert.equal(
    await told('[Match]\nName=en*\n\n[Link]\nUnmanaged=yes\n'),
    'networkd: unmanaged, /etc/systemd/network/50-dhcp.network',
  );
});
