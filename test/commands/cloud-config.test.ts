import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectHooks, renderHooksScript } from '../../src/cloud-config/hooks-script.ts';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { decodeBytes } from '../../src/system/bytes.ts';
import { bootOnce, finalStage, localStage, whyNoBoot, type BootedTree } from '../cloud-config/first-boot.ts';
import { refuteSchema, whyNoCloudInit, whyNoSchema } from '../managers/cloud-init/oracle.ts';

const ci = process.env['CI'] === 'true';
const skipUnless = (reason: string | null) => (reason !== null && !ci ? `skipped: ${reason}` : false);
const noBoot = whyNoBoot();
const skipBoot = skipUnless(noBoot);
const noSchema = whyNoSchema() ?? whyNoCloudInit();
const skipSchema = skipUnless(noSchema);

const seed = '/var/lib/cloud/seed/nocloud';
const userData = `${seed}/user-data`;
const vendorData = `${seed}/vendor-data`;
const hooks = collectHooks('failoverctl cloud-config');
const manifest = '/var/lib/failoverctl/manifest.json';

async function printAndRemark(args: readonly string[], program = ''): Promise<{ text: string; remark: string }> {
  const system = memorySystem(program === '' ? {} : { '/program': program });
  const status = await main(['cloud-config', ...args], system);
  assert.equal(status, 0, system.stderr);
  return { text: system.stdout, remark: system.stderr };
}

async function print(args: readonly string[], program = ''): Promise<string> {
  return (await printAndRemark(args, program)).text;
}

/** In a line of the log that it wrote, or on the console, cloud-init says nothing bad of it. */
function assertHooksInPlace(tree: BootedTree): void {
  for (const { path, text, mode } of hooks) {
    assert.equal(tree.read(path), text, path);
    assert.equal(tree.mode(path), mode, path);
  }
  assert.equal(tree.mode(manifest), 0o600);
  assert.doesNotMatch(tree.output, /failoverctl: (?:failed|the checksum)/);
  const ours = [
    '/etc/udev',
    '/etc/systemd',
    '/etc/NetworkManager',
    '/etc/network',
    '/usr/local',
    '/var/lib/failoverctl',
  ];
  const written = ours.flatMap((directory) => tree.below(directory)).filter((path) => !path.endsWith('.wants'));
  const expected = [...hooks.map(({ path }) => path), manifest].sort();
  assert.deepEqual(written.filter((path) => expected.includes(path)).sort(), expected);
  assert.deepEqual(
    written.filter((path) => path.includes('failoverctl-new')),
    [],
    'nothing is left over',
  );
}

const forms: readonly (readonly [args: readonly string[], seed: string, commands: readonly string[]])[] = [
  [[], userData, [localStage]],
  [['--as', 'mime'], userData, [localStage]],
  [['--as', 'vendor-data'], vendorData, [localStage]],
  [['--as', 'runcmd'], userData, [localStage, finalStage]],
];
for (const [args, path, commands] of forms) {
  const name = ['cloud-config', ...args].join(' ');
  test(`${name}: cloud-init itself puts the hooks in place, byte for byte`, { skip: skipBoot }, async () => {
    assert.equal(noBoot, null);
    const text = await print(args);
    bootOnce({ [path]: text }, commands, (tree) => {
      assertHooksInPlace(tree);
      // a local datasource is served before the network is configured
      if (commands.length === 1) assert.match(tree.log, /is in local mode, will apply init modules now/);
    });
  });
}

for (const [args] of forms) {
  test(`${['cloud-config', ...args].join(' ')}: stays below the 16 KiB that EC2 takes`, async () => {
    const { text, remark } = await printAndRemark(args);
    const size = Buffer.byteLength(text);
    assert.ok(size < 16_384, `${size} bytes`);
    assert.equal(remark, `failoverctl cloud-config: ${size} bytes\n`);
  });
}

test('--carry program: who has a limit is told', async () => {
  // nothing that gzip could make small
  const noise = Array.from({ length: 16_384 }, (_, index) =>
    String.fromCharCode((index * index * 2_654_435_761) % 251),
  );
  const elf = `\x7fELF${'\0'.repeat(14)}\x3e\0${noise.join('')}`;
  const { text, remark } = await printAndRemark(['--carry', 'program', '--program', '/program'], elf);
  assert.ok(Buffer.byteLength(text) > 16_384);
  assert.match(remark, / bytes; platforms with a limit \(16 KiB on EC2\) do not take it/);
});

test('a second boot changes nothing, and leaves alone what the owner has changed', { skip: skipBoot }, async () => {
  const rules = '/etc/udev/rules.d/92-net-failover.rules';
  const guard = '/etc/systemd/network/05-failover-slaves.network';
  const edit = `echo '# mine' >>${rules}; rm ${guard}; touch /tmp/before; sleep 1`;
  const changed = 'find /etc/udev /etc/systemd /usr/local /var/lib/failoverctl -newer /tmp/before -type f | sort';
  bootOnce({ [userData]: await print([]) }, [localStage, edit, localStage, changed], (tree) => {
    assert.match(tree.read(rules), /# mine\n$/);
    assert.deepEqual(tree.below(guard), []);
    assert.equal(
      tree.output
        .split(`+ ${changed}\n`)[1]
        ?.split('\n')
        .find((line) => /failover/.test(line)),
      undefined,
    );
  });
});

test('a file in the way: nothing is written, and it is said', { skip: skipBoot }, async () => {
  const rules = '/etc/udev/rules.d/92-net-failover.rules';
  bootOnce({ [userData]: await print([]), [rules]: '# of another\n' }, [localStage], (tree) => {
    assert.equal(tree.read(rules), '# of another\n');
    assert.deepEqual(tree.below('/var/lib/failoverctl'), []);
    assert.deepEqual(tree.below('/usr/local/lib/failoverctl'), []);
    assert.match(tree.output, /92-net-failover\.rules is there already and is not ours; nothing is changed/);
  });
});

test('damaged user data: nothing is unpacked, and what comes after it runs', { skip: skipBoot }, async () => {
  const text = await print([]);
  const middle = text.indexOf('\n', text.length / 2) + 10;
  const damaged = `${text.slice(0, middle)}${text[middle] === 'A' ? 'B' : 'A'}${text.slice(middle + 1)}  - [touch, /etc/after]\n`;
  bootOnce({ [userData]: damaged }, [localStage], (tree) => {
    assert.match(tree.output, /failoverctl: the checksum of what the user data carries is wrong/);
    assert.deepEqual(tree.below('/var/lib/failoverctl'), []);
    assert.equal(tree.below('/etc').includes('/etc/after'), true);
  });
});

const wants = '/etc/systemd/system/multi-user.target.wants';
const unit = '/usr/lib/systemd/system/systemd-networkd.service';
const enableNetworkd = `mkdir -p ${wants} && ln -sf ${unit} ${wants}/`;

test('install takes over what user data brought, and uninstall takes it back', { skip: skipBoot }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-takeover-'));
  const run = async (args: readonly string[]): Promise<{ status: number; said: string }> => {
    let said = '';
    const out = (text: string) => void (said += text);
    const status = await main([...args, '--root', root], { ...nodeSystem(), out, err: out });
    return { status, said };
  };
  try {
    bootOnce({ [userData]: await print([]), [unit]: '[Service]\n' }, [enableNetworkd, localStage], (tree) =>
      tree.copyTo(root),
    );
    const doctor = await run(['doctor']);
    assert.match(
      doctor.said,
      /^hooks +todo +\d+ files, by 'failoverctl install --generic --guard-only'; this version would change/m,
    );
    const installed = await run(['install', '--manager', 'networkd']);
    assert.equal(installed.status, 0, installed.said);
    const gone = await run(['uninstall']);
    assert.equal(gone.status, 0, gone.said);
    for (const { path } of hooks) assert.equal(existsSync(join(root, path)), false, path);
    assert.equal(existsSync(join(root, manifest)), false);
    assert.equal(existsSync(join(root, '/usr/local/lib/failoverctl')), false, 'its directory goes too');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

const executable = 'dist/failoverctl-linux-x64';
const noProgram = existsSync(executable) ? noBoot : `${executable} is missing (npm run build:native)`;

test(
  '--carry program: it arrives byte for byte, and sets the guest up',
  { skip: noProgram === null ? false : `skipped: ${noProgram}` },
  async () => {
    const bytes = readFileSync(executable);
    const text = await print(['--carry', 'program', '--program', '/program'], decodeBytes(bytes));
    bootOnce({ [userData]: text }, [enableNetworkd, localStage], (tree) => {
      assert.ok(Buffer.from(tree.read('/usr/local/sbin/failoverctl'), 'latin1').equals(bytes));
      assert.equal(tree.mode('/usr/local/sbin/failoverctl'), 0o755);
      assert.match(tree.output, /wrote \/etc\/udev\/rules\.d\/92-net-failover\.rules/);
      const { command } = JSON.parse(tree.read(manifest)) as { command: string };
      assert.equal(command, 'failoverctl install --generic --guard-only', 'there is no failover NIC in a namespace');
    });
  },
);

for (const args of [[], ['--as', 'runcmd'], ['--carry', 'program', '--program', '/program']]) {
  test(
    `cloud-config ${args.join(' ')}: cloud-init's schemas, 22.4 and 25.1, take it`,
    { skip: skipSchema },
    async () => {
      assert.equal(noSchema, null);
      const elf = `\x7fELF${'\0'.repeat(14)}\x3e\0`;
      assert.equal(refuteSchema('cloud-config', await print(args, elf)), null);
    },
  );
}

test('shellcheck, dash and busybox take what is carried, and a tree can be given', () => {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-script-'));
  try {
    const script = join(root, 'script');
    writeFileSync(script, renderHooksScript(hooks, '0.0.0'));
    const checked = spawnSync('shellcheck', [script], { encoding: 'utf8' });
    if (checked.error === undefined || ci) assert.equal(checked.status, 0, checked.stdout);
    for (const shell of [['dash'], ['busybox', 'sh']]) {
      const tree = join(root, shell.join('-'));
      mkdirSync(tree);
      const [program = '', ...rest] = shell;
      for (const round of ['first', 'second']) {
        const run = spawnSync(program, [...rest, script, tree], {
          encoding: 'utf8',
          env: { ...process.env, TMPDIR: root },
        });
        assert.equal(run.status, 0, `${round}: ${run.stderr}`);
      }
      for (const { path, text, mode } of hooks) {
        assert.equal(readFileSync(join(tree, path), 'utf8'), text);
        assert.equal(statSync(join(tree, path)).mode & 0o7777, mode, path);
      }
    }
    assert.deepEqual(
      readdirSync(root).filter((name) => name.startsWith('failoverctl.')),
      [],
      'no temporary files are left',
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('--credentials: what host domain-xml carries, for QEMU and for libvirt', async () => {
  const mac = '52:54:00:00:12:53';
  const text = await print(['--credentials', '--mac', mac]);
  const [, qemu = '', , libvirt = ''] = text.split(/^# (?:QEMU|libvirt, in <(?:os|domain)>):\n/m);
  const values = qemu
    .trim()
    .split('\n')
    .map((line) => line.replace('-smbios type=11,value=', ''));
  assert.deepEqual(
    values,
    [...libvirt.matchAll(/<entry>(.*)<\/entry>/g)].map(([, value]) => value),
  );
  const decoded = new Map(
    values.map((value) => {
      const [, name = '', base64 = ''] = /^io\.systemd\.credential\.binary:([^=]+)=(.*)$/.exec(value) ?? [];
      return [name, Buffer.from(base64, 'base64').toString()];
    }),
  );
  const rules = hooks.find(({ path }) => path.endsWith('/92-net-failover.rules'));
  const withoutOrigin = (one: string | undefined) => one?.replace(/^# From: .*\n/m, '');
  assert.equal(withoutOrigin(decoded.get('udev.rules.92-net-failover')), withoutOrigin(rules?.text));
  assert.match(
    decoded.get('network.network.05-failover-slaves-by-mac') ?? '',
    new RegExp(`^PermanentMACAddress=${mac}$`, 'm'),
  );
  assert.doesNotMatch(await print(['--credentials']), /by-mac/);
  if (spawnSync('qemu-system-x86_64', ['--version']).error !== undefined && !ci) return;
  const args = qemu
    .trim()
    .split('\n')
    .flatMap((line) => line.split(' '));
  const machine = ['-M', 'q35', '-accel', 'tcg', '-nodefaults', '-display', 'none', '-S', '-monitor', 'stdio'];
  const taken = spawnSync('qemu-system-x86_64', [...machine, ...args], {
    encoding: 'utf8',
    input: 'quit\n',
    timeout: 60_000,
  });
  assert.equal(taken.status, 0, taken.stderr);
});

test('what cannot be carried', async () => {
  const run = async (args: readonly string[], files = {}) => {
    const system = memorySystem(files);
    return { status: await main(['cloud-config', ...args], system), stderr: system.stderr, stdout: system.stdout };
  };
  const text = await run(['--carry', 'program', '--program', '/x'], { '/x': '#!/usr/bin/env node\n' });
  assert.equal(text.status, 3);
  assert.match(text.stderr, /no executable for x86-64 or arm64/);
  assert.equal((await run(['--carry', 'program', '--program', '/none'])).status, 3);
  assert.equal((await run(['--carry', 'all'])).status, 2);
  assert.equal((await run(['--as', 'ignition'])).status, 2);
  assert.equal((await run(['--program', '/x'])).status, 2);
  assert.equal((await run(['--mac', '52:54:00:00:12:53'])).status, 2);
  assert.equal((await run(['--credentials', '--as', 'mime'])).status, 2);
  assert.equal((await run(['--credentials', '--mac', 'x'])).status, 2);
});
