/** Names of files, and what a manifest names, reach the terminal with their control characters spelled out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { triple } from '../topology/sysfs.ts';
import { machine } from '../trials/machine.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const evil = 'a\u001b[2J\u0007\u009b1m';
const secret = (text: string): MemoryEntry => ({ text, mode: 0o600 });
const profile = (match: string) =>
  `[connection]\nid=x\ntype=ethernet\n${match}\n[ipv4]\nmethod=manual\naddress1=192.0.2.5/24\n`;

const configurations: Readonly<Record<string, readonly [managers: readonly string[], files: Tree]>> = {
  networkd: [
    ['networkd'],
    { [`/etc/systemd/network/${evil}.network`]: '[Match]\nName=ens9\n\n[Network]\nAddress=192.0.2.5/24\n' },
  ],
  'networkd, a slave': [
    ['networkd'],
    { [`/etc/systemd/network/${evil}.network`]: '[Match]\nName=ens11\n\n[Network]\nAddress=192.0.2.5/24\n' },
  ],
  netplan: [
    ['netplan'],
    {
      [`/etc/netplan/${evil}.yaml`]: secret(
        `network:\n  version: 2\n  ethernets:\n    "${evil.replaceAll('\u0007', '')}": {dhcp4: true}\n    ens9: {dhcp5: true}\n`,
      ),
    },
  ],
  NetworkManager: [
    ['networkmanager'],
    { [`/etc/NetworkManager/system-connections/${evil}.nmconnection`]: secret(profile('interface-name=ens11\n')) },
  ],
  ifupdown: [
    ['ifupdown'],
    {
      '/etc/network/interfaces': `source /etc/network/interfaces.d/*\n`,
      [`/etc/network/interfaces.d/${evil}`]: `auto ${evil}\niface ${evil} inet static\n  address 192.0.2.5/24\n`,
    },
  ],
};

const commands = [
  ['install', '--dry-run', '--diff'],
  ['install'],
  ['install'],
  ['doctor'],
  ['lint'],
  ['uninstall', '-n'],
  ['uninstall'],
];

function assertPlain(text: string, what: string): void {
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, what);
}

for (const [title, [managers, files]] of Object.entries(configurations))
  for (const way of ['image', 'running'])
    test(`${title}, ${way}: names of files are printed with their control characters spelled out`, async () => {
      const all: Tree = { ...machine('debian13', managers), '/etc/machine-id': '0\n', ...files };
      const isImage = way === 'image';
      const tree = isImage
        ? Object.fromEntries(Object.entries(all).map(([path, entry]) => [`/mnt${path}`, entry]))
        : { ...all, ...triple() };
      const system = memorySystem(tree);
      for (const command of commands) {
        const from = [system.stdout.length, system.stderr.length] as const;
        await main([...command, ...(isImage ? ['--root', '/mnt'] : [])], system);
        assertPlain(system.stdout.slice(from[0]), `stdout of ${command.join(' ')}`);
        assertPlain(system.stderr.slice(from[1]), `stderr of ${command.join(' ')}`);
      }
      assert.match(system.stdout + system.stderr, /\\x1b\[2J/, 'the name was printed at all');
    });

test('what a manifest names is spelled out too', async () => {
  const path = `/etc/systemd/network/${evil}.network`;
  const manifest = {
    version: 1,
    command: `failoverctl install ${evil}`,
    files: [{ path, wrote: ['absent'], before: { kind: 'absent' } }],
    directories: [`/etc/${evil}`],
  };
  const system = memorySystem({
    ...machine('debian13', ['networkd']),
    '/var/lib/failoverctl/manifest.json': { text: JSON.stringify(manifest), mode: 0o600 },
    [path]: '[Match]\n',
  });
  for (const command of [
    ['doctor'],
    ['uninstall', '-n'],
    ['uninstall'],
    ['uninstall', '--force'],
    ['install', '--generic'],
  ])
    await main(command, system);
  assertPlain(system.stdout, 'stdout');
  assertPlain(system.stderr, 'stderr');
});
