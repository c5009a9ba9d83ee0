/** NetworkManager's decisions, on a triple that was recorded; test/lab/checks/networkmanager.ts asks the daemon itself. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { main } from '../../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../../src/system/memory.ts';

const mac = '52:54:00:00:12:53';
const recorded = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
  entries: Readonly<Record<string, MemoryEntry>>;
};
const running: Readonly<Record<string, MemoryEntry>> = {
  '/usr/sbin/NetworkManager': '',
  '/usr/lib/systemd/system/NetworkManager.service': '[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/NetworkManager.service': {
    link: '/usr/lib/systemd/system/NetworkManager.service',
  },
  '/etc/NetworkManager/NetworkManager.conf': '[main]\nplugins=ifupdown,keyfile\n\n[ifupdown]\nmanaged=false\n',
};
const conf = (text: string, name = '50-a') => ({ [`/etc/NetworkManager/conf.d/${name}.conf`]: text });
const profile = (name: string, text: string, mode = 0o600) => ({
  [`/etc/NetworkManager/system-connections/${name}.nmconnection`]: {
    text: `[connection]\nid=${name}\ntype=ethernet\n${text}`,
    mode,
    uid: 0,
  },
});

interface Explained {
  readonly decisions: readonly {
    readonly manager: string;
    readonly phases: readonly string[];
    readonly winners: readonly {
      readonly verdict: string;
      readonly reason: string;
      readonly line: number;
      readonly effects: readonly { readonly kind: string }[];
    }[];
  }[];
}

/** What NetworkManager does at boot: "unmanaged", "default", "profile ID", "nothing"; with a "maybe" before it if it is. */
async function ask(files: Readonly<Record<string, MemoryEntry>>, link: string): Promise<string> {
  const system = memorySystem({ ...recorded.entries, ...running, ...files });
  await main(['explain', link, '--json'], system);
  const { decisions } = JSON.parse(system.stdout) as Explained;
  const own = decisions.find(({ manager, phases }) => manager === 'networkmanager' && phases.includes('boot'));
  const [winner] = own?.winners ?? [];
  if (winner === undefined) return 'nothing';
  const { effects, reason, verdict } = winner;
  const what = effects.some(({ kind }) => kind === 'unmanaged')
    ? 'unmanaged'
    : (/^profile '([^']*)'/.exec(reason)?.[0].replaceAll("'", '') ?? 'default');
  return verdict === 'maybe' ? `maybe ${what}` : what;
}

async function askAll(files: Readonly<Record<string, MemoryEntry>>): Promise<readonly string[]> {
  return await Promise.all(['master', 'standby', 'primary'].map(async (role) => await ask(files, role)));
}

const cases: Readonly<
  Record<string, readonly [files: Readonly<Record<string, MemoryEntry>>, answers: readonly string[]]>
> = {
  'without a profile each link gets a connection of its own': [{}, ['default', 'default', 'default']],
  'no-auto-default=* leaves all alone': [conf('[main]\nno-auto-default=*\n'), ['nothing', 'nothing', 'nothing']],
  'unmanaged-devices by a glob': [
    conf('[keyfile]\nunmanaged-devices=interface-name:*nsby\n'),
    ['default', 'unmanaged', 'default'],
  ],
  'a glob after = is no glob': [
    conf('[keyfile]\nunmanaged-devices=interface-name:=*nsby\n'),
    ['default', 'default', 'default'],
  ],
  'except: wins, and a list of nothing else takes the rest': [
    conf('[keyfile]\nunmanaged-devices=except:interface-name:enp1s0\n'),
    ['default', 'unmanaged', 'unmanaged'],
  ],
  'driver: is the parent device’s: virtio_net takes master and standby': [
    conf('[device-a]\nmatch-device=driver:virtio_net\nmanaged=0\n'),
    ['unmanaged', 'unmanaged', 'default'],
  ],
  'driver:net_failover is nobody': [
    conf('[device-a]\nmatch-device=driver:net_failover\nmanaged=1\n\n[device]\nmanaged=0\n'),
    ['unmanaged', 'unmanaged', 'unmanaged'],
  ],
  'of several [device] sections the first that says managed counts': [
    conf('[device-a]\nmatch-device=interface-name:enp1s0\nmanaged=1\n\n[device-b]\nmatch-device=*\nmanaged=0\n'),
    ['default', 'unmanaged', 'unmanaged'],
  ],
  'later files are asked first': [
    {
      ...conf('[device-a]\nmatch-device=*\nmanaged=1\n', '10-a'),
      ...conf('[device-b]\nmatch-device=*\nmanaged=0\n', '20-b'),
    },
    ['unmanaged', 'unmanaged', 'unmanaged'],
  ],
  'a later unmanaged-devices replaces, with + it adds': [
    {
      ...conf('[keyfile]\nunmanaged-devices=interface-name:enp1s0\n', '10-a'),
      ...conf('[keyfile]\nunmanaged-devices=interface-name:enp2s0\n', '20-b'),
      ...conf('[keyfile]\nunmanaged-devices+=interface-name:enp1s0nsby\n', '30-c'),
    },
    ['default', 'unmanaged', 'unmanaged'],
  ],
  'an except: that a later file adds holds for what an earlier one names': [
    {
      ...conf(`[keyfile]\nunmanaged-devices=mac:${mac},except:driver:e1000e\n`, '10-a'),
      ...conf('[keyfile]\nunmanaged-devices+=except:interface-name:*nsby\n', '20-b'),
    },
    ['unmanaged', 'default', 'default'],
  ],
  'a file in /etc hides one of its name in /usr/lib': [
    {
      ...conf('', '10-a'),
      '/usr/lib/NetworkManager/conf.d/10-a.conf': '[keyfile]\nunmanaged-devices=*\n',
    },
    ['default', 'default', 'default'],
  ],
  'a profile by name, and defaults for the others': [
    profile('lan', 'interface-name=enp1s0\n'),
    ['profile lan', 'default', 'default'],
  ],
  'a profile by MAC fits all three, and one of them gets it': [
    profile('lan', `\n[ethernet]\nmac-address=${mac}\n`),
    ['maybe profile lan', 'maybe profile lan', 'maybe profile lan'],
  ],
  'multi-connect: all three': [
    profile('lan', `multi-connect=3\n\n[ethernet]\nmac-address=${mac}\n`),
    ['profile lan', 'profile lan', 'profile lan'],
  ],
  'match.interface-name with exclusions': [
    profile('lan', '\n[match]\ninterface-name=enp*;!*nsby;!enp2*;\n'),
    ['profile lan', 'default', 'default'],
  ],
  'autoconnect=false: no default either': [
    profile('lan', 'interface-name=enp1s0\nautoconnect=false\n'),
    ['nothing', 'default', 'default'],
  ],
  'the greater autoconnect-priority': [
    { ...profile('a', 'interface-name=enp1s0\n'), ...profile('b', 'interface-name=enp1s0\nautoconnect-priority=1\n') },
    ['profile b', 'default', 'default'],
  ],
  'a profile that others can read is left out': [
    profile('lan', 'interface-name=enp1s0\n', 0o644),
    ['default', 'default', 'default'],
  ],
};

for (const [title, [files, answers]] of Object.entries(cases))
  test(title, async () => assert.deepEqual(await askAll(files), answers));

test('what generate writes for NetworkManager lints clean, with every option', async () => {
  const option = (...words: string[]) => fc.constantFrom([], words);
  const options = fc
    .tuple(option('--dhcp4'), option('--dhcp6'), option('--ra'), option('--mtu', '9000'), option('--metric', '50'))
    .map((list) => list.flat());
  const addresses = fc.constantFrom([], ['--address', '192.0.2.5/24', '--gateway', '192.0.2.1', '--dns', '192.0.2.53']);
  await fc.assert(
    fc.asyncProperty(options, addresses, fc.boolean(), async (words, address, generic) => {
      const system = memorySystem({ ...recorded.entries, ...running });
      const args = ['generate', 'networkmanager', ...words, ...address, ...(generic ? ['--generic'] : [])];
      assert.equal(await main([...args, '--out', '/'], system), 0, system.stderr);
      const before = system.stdout.length;
      const status = await main(['lint'], system);
      assert.equal(status, 0, `${args.join(' ')}\n${system.stdout.slice(before)}`);
    }),
    { numRuns: 60 },
  );
});

const corpus = '../shared/corpora/networkmanager';

test('the corpora: no crash, and quickly', async (context) => {
  if (!existsSync(corpus)) return context.diagnostic(`${corpus} is not there: nothing read`);
  const names = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of names) {
    const text = readFileSync(join(parentPath, name), 'latin1');
    for (const format of ['networkmanager', 'keyfile']) {
      const system = memorySystem({}, { stdin: text });
      const status = await main(['lint', '-', '--as', format, '--json'], system);
      assert.ok(status === 0 || status === 1, `${name}: ${status} ${system.stderr}`);
    }
  }
  context.diagnostic(`${names.length} files read`);
});
