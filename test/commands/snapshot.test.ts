import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry, type MemorySystem } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { ProcessResult, System } from '../../src/system/system.ts';
import { guest as runningGuest, healthyTree } from '../status/guest.ts';

type Entries = Readonly<Record<string, MemoryEntry>>;

/** What distributions ship or users write: each is wrong for a triple in its own way. */
const configurations: Readonly<Record<string, Entries>> = {
  networkd: {
    '/usr/lib/systemd/systemd-networkd': '',
    '/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
    '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
      link: '/usr/lib/systemd/system/systemd-networkd.service',
    },
    '/etc/systemd/network/20-all.network': '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n',
    '/etc/systemd/network/30-masked.network': { link: '/dev/null' },
    '/etc/systemd/network/40-odd.network': { text: '[Match\nName=x\udcff\n', mode: 0o600, uid: 1000 },
  },
  netplan: {
    '/usr/sbin/netplan': '',
    '/etc/netplan/90-default.yaml': {
      text: 'network:\n  version: 2\n  ethernets:\n    all-en:\n      match: {name: "en*"}\n      dhcp4: true\n',
      mode: 0o644,
    },
  },
  ifupdown: {
    '/usr/sbin/ifup': '',
    '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n',
    '/etc/network/interfaces.d/all':
      'allow-hotplug enp1s0\niface enp1s0 inet dhcp\n\nauto enp2s0\niface enp2s0 inet dhcp\n',
    '/usr/lib/udev/rules.d/80-ifupdown.rules': 'SUBSYSTEM=="net", RUN+="ifupdown-hotplug"\n',
  },
  networkmanager: {
    '/usr/sbin/NetworkManager': '',
    '/usr/lib/systemd/system/NetworkManager.service': '[Install]\nWantedBy=multi-user.target\n',
    '/etc/systemd/system/multi-user.target.wants/NetworkManager.service': {
      link: '/usr/lib/systemd/system/NetworkManager.service',
    },
    '/etc/NetworkManager/system-connections/a.nmconnection': {
      text: '[connection]\nid=a\ntype=ethernet\n\n[ipv4]\nmethod=auto\n',
      mode: 0o600,
    },
  },
  'cloud-init': {
    '/usr/sbin/netplan': '',
    '/etc/cloud/cloud.cfg': 'datasource_list: [NoCloud]\nsystem_info:\n  network:\n    renderers: [netplan]\n',
    '/var/lib/cloud/seed/nocloud/network-config':
      'version: 2\nethernets:\n  nic:\n    match: {macaddress: "52:54:00:00:12:53"}\n    set-name: ens10\n    dhcp4: true\n',
    '/var/lib/cloud/seed/nocloud/user-data': '#cloud-config\nnetwork: {version: 2}\n',
  },
};

const common: Entries = {
  '/etc/hostname': 'guest\n',
  '/proc/sys/kernel/osrelease': '6.1.0-50-amd64\n',
  '/proc/cmdline': 'root=/dev/vda1 net.ifnames=1\n',
  '/var/lib/dpkg/status':
    'Package: bash\nStatus: install ok installed\nVersion: 5.2\n\nPackage: systemd\nStatus: install ok installed\nVersion: 252.38-1~deb12u1\n\n',
};

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], entries: Entries, answer?: (argv: readonly string[]) => ProcessResult) {
  const system = memorySystem(entries, answer === undefined ? {} : { run: answer });
  const status = await main(args, system);
  return { status, stdout: system.stdout, stderr: system.stderr };
}

const questions: readonly (readonly string[])[] = [
  ['detect'],
  ['detect', '--json'],
  ['lint', '--json', '--fail-on', 'info'],
  ['lint', '--diff'],
  ['explain', 'master', '--json', '--all'],
  ['explain', 'primary'],
  ['generate', 'netplan'],
  ['install', '--dry-run', '--diff'],
];

async function sameFromSnapshot(ask: (args: readonly string[]) => Promise<Outcome>, snapshot: string): Promise<void> {
  for (const question of questions) {
    const direct = await ask(question);
    const recorded = await run([...question, '--snapshot', '/guest.json'], { '/guest.json': snapshot });
    // what was judged is called by the name of the file
    const named = {
      status: recorded.status,
      stdout: recorded.stdout.replaceAll('/guest.json', 'this system'),
      stderr: recorded.stderr.replaceAll('/guest.json', 'this system'),
    };
    // the command line that generated files name is the same: it reads no snapshot
    assert.deepEqual({ question, ...named }, { question, ...direct });
  }
}

const guests = 'test/fixtures/guests';

for (const file of readdirSync(guests).filter((name) => name.endsWith('.json'))) {
  const { entries } = JSON.parse(readFileSync(join(guests, file), 'utf8')) as { readonly entries: Entries };
  test(`${file}: every command says of the snapshot what it says of the guest`, async () => {
    for (const configuration of Object.values(configurations)) {
      const guest = { ...entries, ...common, ...configuration };
      const { status, stdout } = await run(['snapshot'], guest);
      assert.equal(status, 0);
      await sameFromSnapshot((args) => run(args, guest), stdout);
    }
  });
}

test('a copied tree, through --root', async () => {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-snapshot-'));
  const { entries } = JSON.parse(readFileSync(`${guests}/bookworm-triple.json`, 'utf8')) as { entries: Entries };
  try {
    for (const [path, entry] of Object.entries({ ...entries, ...common, ...configurations['ifupdown'] })) {
      const target = join(root, path);
      mkdirSync(dirname(target), { recursive: true });
      if (typeof entry === 'string') writeFileSync(target, entry);
      else if ('link' in entry) symlinkSync(entry.link, target);
      else if ('directory' in entry) mkdirSync(target, { recursive: true });
      else if ('text' in entry) writeFileSync(target, entry.text, { mode: entry.mode ?? 0o644 });
    }
    const ask = async (args: readonly string[]): Promise<Outcome> => {
      let stdout = '';
      let stderr = '';
      const system: System = {
        ...nodeSystem(),
        out: (text) => void (stdout += text),
        err: (text) => void (stderr += text),
      };
      const status = await main([...args, '--root', root], system);
      const clear = (text: string) =>
        text
          .replaceAll(` --root ${root}`, '')
          .replaceAll(`"${root}"`, '"this system"')
          .replaceAll(` of ${root}`, ' of this system')
          .replaceAll(root, '');
      return { status, stdout: clear(stdout), stderr: clear(stderr) };
    };
    const { status, stdout } = await ask(['snapshot']);
    assert.equal(status, 0);
    await sameFromSnapshot(ask, stdout);
    const file = join(root, 'guest.json');
    assert.equal((await ask(['snapshot', '--out', file])).status, 0);
    assert.equal(statSync(file).mode & 0o777, 0o600, 'for its owner only');
    assert.equal((await ask(['snapshot', '--out', file])).status, 3, 'nothing is overwritten');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test('status says of the snapshot what it says of the running guest', async () => {
  const nmcli = 'ens10:connected:Wired connection 1\nens11:unmanaged:\n';
  const tree = { ...healthyTree(), '/proc/77/cmdline': '/sbin/dhclient\0ens11\0' };
  const system = runningGuest(tree, { nmcli, running: ['systemd-networkd.service'] });
  const ask = async (args: readonly string[], asked: MemorySystem): Promise<string> => {
    const before = asked.stdout.length;
    await main(args, asked);
    return asked.stdout.slice(before);
  };
  const snapshot = await ask(['snapshot'], system);
  for (const args of [['status'], ['status', '--json'], ['status', '--metrics'], ['doctor']]) {
    const recorded = memorySystem({ '/s': snapshot });
    assert.equal(await ask([...args, '--snapshot', '/s'], recorded), await ask(args, system));
    assert.deepEqual(recorded.programs, [], 'nothing is run for a snapshot');
  }
});

test('programs are asked of the running guest only, and only those that look', async () => {
  const { entries } = JSON.parse(readFileSync(`${guests}/bookworm-triple.json`, 'utf8')) as { entries: Entries };
  const ran: string[] = [];
  const answer = (argv: readonly string[]): ProcessResult => {
    ran.push(argv.join(' '));
    return { status: 0, signal: null, stdout: '', stderr: '' };
  };
  const { stdout } = await run(['snapshot'], { ...entries, ...common }, answer);
  assert.ok(ran.includes('ip -o address show dev enp1s0'), ran.join('\n'));
  const looks = /^(?:ip (?:-\S+ )*(?:address|route) show|nmcli .* device status|systemctl .*is-active) ?/;
  assert.deepEqual(
    ran.filter((line) => !looks.test(line)),
    [],
  );
  assert.equal(JSON.parse(stdout).programs.length, ran.length);
});

test('command lines of processes are left out, but for DHCP clients', async () => {
  const processes = {
    '/proc/10/cmdline': '/usr/bin/secretd\0--password=hunter2\0',
    '/proc/11/cmdline': '/sbin/dhclient\0-v\0enp2s0\0',
  };
  const { stdout } = await run(['snapshot'], { '/sys/class/net': { directory: true }, ...common, ...processes });
  assert.ok(!stdout.includes('secretd'));
  assert.ok(stdout.includes('dhclient'));
  assert.ok(!stdout.includes('bash'), 'the list of packages is cut to those that count');
});

const refused: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ['no JSON', '{', /is no snapshot: it is not JSON/],
  ['another version', '{"version": 2}', /version 2; this program reads version 1/],
  ['no entries', '{"version": 1, "live": true, "leftOut": []}', /expected "entries"/],
  [
    'an entry that is none',
    '{"version": 1, "live": true, "leftOut": [], "entries": {"/x": {"text": 3}}, "programs": []}',
    /cannot read the entry "\/x"/,
  ],
];
for (const [what, text, message] of refused) {
  test(`--snapshot: ${what} is refused`, async () => {
    const { status, stderr } = await run(['detect', '--snapshot', '/s'], { '/s': text });
    assert.equal(status, 3);
    assert.match(stderr, message);
  });
}

test('--snapshot goes with neither --root nor --fix', async () => {
  assert.equal((await run(['detect', '--snapshot', '/s', '--root', '/'], { '/s': '' })).status, 2);
  assert.equal((await run(['lint', '--snapshot', '/s', '--fix'], { '/s': '' })).status, 2);
  assert.equal((await run(['install', '--snapshot', '/s'], { '/s': '' })).status, 2);
  assert.equal((await run(['generate', 'udev', '--snapshot', '/s', '--generic'], { '/s': '' })).status, 2);
});

test('a tree with nothing in it is no guest', async () => {
  const { status, stdout, stderr } = await run(['snapshot', '--root', '/x'], { '/x/etc': { directory: true } });
  assert.deepEqual([status, stdout], [3, '']);
  assert.equal(stderr, 'failoverctl snapshot: nothing to record: no link, and no file that tells of the network\n');
});
