/** What `generate` writes lints clean: every manager, random options, for a guest that is there and for any guest. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

type Entries = Readonly<Record<string, MemoryEntry>>;

const service = (name: string): Entries => ({
  [`/usr/lib/systemd/system/${name}.service`]: '[Install]\nWantedBy=multi-user.target\n',
  [`/etc/systemd/system/multi-user.target.wants/${name}.service`]: { link: `/usr/lib/systemd/system/${name}.service` },
});
const networkd = { '/usr/lib/systemd/systemd-networkd': '', ...service('systemd-networkd') };
const networkmanager = {
  '/usr/sbin/NetworkManager': '',
  '/etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=keyfile\n',
  ...service('NetworkManager'),
};
const ifupdown = {
  '/usr/sbin/ifup': '',
  '/etc/network/interfaces': 'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n',
  ...service('networking'),
};

/** What each manager's guest has installed. */
const guests: Readonly<Record<string, readonly [args: readonly string[], installed: Entries]>> = {
  networkd: [['networkd'], networkd],
  'netplan, networkd': [['netplan'], { '/usr/sbin/netplan': '', ...networkd }],
  'netplan, NetworkManager': [
    ['netplan', '--renderer', 'NetworkManager'],
    { '/usr/sbin/netplan': '', ...networkmanager },
  ],
  networkmanager: [['networkmanager'], networkmanager],
  ifupdown: [['ifupdown'], ifupdown],
};

const { entries } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
  entries: Entries;
};

const flag = (...words: string[]) => fc.constantFrom<readonly string[]>([], words);
const options = fc
  .tuple(
    fc.constantFrom<readonly string[]>(
      [],
      ['--generic'],
      ['--bridge', 'br0'],
      ['--vlan', '10'],
      ['--bridge', 'br0', '--vlan', '10'],
    ),
    flag('--dhcp4'),
    flag('--dhcp6'),
    flag('--ra'),
    flag('--mtu', '9000'),
    flag('--metric', '50'),
    fc.constantFrom<readonly string[]>(
      [],
      ['--address', '192.0.2.5/24', '--gateway', '192.0.2.1', '--dns', '192.0.2.53'],
      ['--address', '2001:db8::5/64', '--gateway', '2001:db8::1'],
    ),
  )
  .map((words) => words.flat());

for (const [title, [args, installed]] of Object.entries(guests))
  test(title, async () => {
    await fc.assert(
      fc.asyncProperty(options, async (words) => {
        const system = memorySystem({ ...entries, ...installed });
        assert.equal(await main(['generate', ...args, ...words, '--out', '/'], system), 0, system.stderr);
        const printed = system.stdout.length;
        const status = await main(['lint'], system);
        assert.equal(status, 0, `${words.join(' ')}\n${system.stdout.slice(printed)}`);
      }),
      { numRuns: 60 },
    );
  });
