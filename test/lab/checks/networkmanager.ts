/** What lint and explain say that NetworkManager does with each link, against the daemon itself, configuration by configuration. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { main } from '../../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../../src/system/memory.ts';
import { defaultMac, startGuest, type Guest } from '../guest.ts';
import { randomConfigurations } from './networkmanager-random.ts';
import type { Check } from './check.ts';

type Files = Readonly<Record<string, string>>;

const conf = (text: string): Files => ({ '/etc/NetworkManager/conf.d/50-lab.conf': `${text}\n` });
const profile = (id: string, lines: string, name = id): Files => ({
  [`/etc/NetworkManager/system-connections/${name}.nmconnection`]: `[connection]\nid=${id}\ntype=ethernet\n${lines}\n`,
});
const auto = '\n[ipv4]\nmethod=auto\n';

/** The links are enp1s0 (master), enp1s0nsby (standby) and enp2s0 (primary, e1000e). */
const configurations: Readonly<Record<string, Files>> = {
  'nothing but Debian’s defaults': {},
  'no-auto-default=*': conf('[main]\nno-auto-default=*'),
  'no-auto-default by driver, and by an exception': conf(
    '[main]\nno-auto-default=driver:e1000e,except:interface-name:enp1s0,type:ethernet',
  ),
  'unmanaged-devices by name glob': conf('[keyfile]\nunmanaged-devices=interface-name:*nsby;interface-name:enp2*'),
  'unmanaged-devices by MAC but the master': conf(
    `[keyfile]\nunmanaged-devices=mac:${defaultMac},except:interface-name:=enp1s0`,
  ),
  'unmanaged-devices of exceptions alone': conf('[keyfile]\nunmanaged-devices=except:driver:virtio_net'),
  '[device] by driver, first section wins': conf(
    '[device-a]\nmatch-device=driver:virtio_net\nmanaged=0\n\n[device-b]\nmatch-device=*\nmanaged=1',
  ),
  'driver:net_failover, which is nobody’s': conf(
    '[device-a]\nmatch-device=driver:net_failover\nmanaged=1\n\n[device]\nmanaged=0',
  ),
  'a glob that is none with =': conf(
    '[device-a]\nmatch-device=interface-name:=enp*\nmanaged=0\n\n[device-b]\nmatch-device=interface-name:~enp2*\nmanaged=0',
  ),
  'bare names and MACs': conf('[keyfile]\nunmanaged-devices=enp2s0,enp1s0nsby'),
  'a driver with a version glob': conf('[keyfile]\nunmanaged-devices=driver:virtio/*'),
  'profile by interface-name': {
    ...conf('[main]\nno-auto-default=*'),
    ...profile('lan', `interface-name=enp1s0\n${auto}`),
  },
  'profile by match.interface-name': {
    ...conf('[main]\nno-auto-default=*'),
    ...profile('lan', `\n[match]\ninterface-name=enp*;!*nsby;!enp2s0;\n${auto}`),
  },
  'profile by match.driver': {
    ...conf('[main]\nno-auto-default=*'),
    ...profile('lan', `\n[match]\ndriver=e1000e;\n${auto}`),
  },
  'two profiles, by priority': {
    ...conf('[main]\nno-auto-default=*'),
    ...profile('low', `interface-name=enp2s0\nautoconnect-priority=-1\n${auto}`),
    ...profile('high', `interface-name=enp2s0\nautoconnect-priority=7\n${auto}`),
  },
  'autoconnect=false keeps the default away': profile('lan', `interface-name=enp2s0\nautoconnect=false\n${auto}`),
  'a profile that all may read': {
    ...conf('[main]\nno-auto-default=*'),
    ...profile('lan', `interface-name=enp1s0\n${auto}`, 'lan-readable'),
  },
  'multi-connect by MAC': {
    ...conf('[main]\nno-auto-default=*'),
    ...profile('lan', `multi-connect=3\n\n[ethernet]\nmac-address=${defaultMac}\n${auto}`),
  },
};

const links = ['enp1s0', 'enp1s0nsby', 'enp2s0'];

export const networkManagerAgrees: Check = {
  name: 'networkmanager-agrees',
  title: `explain against NetworkManager itself, ${Object.keys(configurations).length} configurations of three links; with --long 60 random ones too`,
  run: async ({ image, accelerator, long }) => {
    const seed = Number(process.env['FC_SEED'] ?? 20_261_123);
    const random = randomConfigurations(seed, long ? 60 : 0).map(
      (files, index) => [`seed ${seed}, ${index}: ${JSON.stringify(files)}`, files] as const,
    );
    const guest = await startGuest({
      image,
      accelerator,
      files: { [wanted]: { link: unit } },
    });
    try {
      await guest.run('systemctl is-system-running --wait', 180_000);
      const shipped: Files = { [mainConf]: await guest.must(`cat ${mainConf}`) };
      const tally = { agreed: 0, maybe: 0, wrong: [] as string[] };
      for (const [name, own] of [...Object.entries(configurations), ...random]) {
        const found = await observe(guest, own);
        for (const link of links) {
          const said = await predict({ ...own, ...shipped }, link);
          const is = found.get(link) ?? 'no such device';
          if (said === 'maybe') tally.maybe += 1;
          else if (said === is) tally.agreed += 1;
          else tally.wrong.push(`${name}: ${link}: said ${said}, is ${is}`);
        }
      }
      assert.deepEqual(tally.wrong, []);
      return `${tally.agreed} answers agree, ${tally.maybe} are maybe, none is wrong`;
    } finally {
      await guest.stop();
    }
  },
};

function modeOf(path: string): number {
  return path.endsWith('.nmconnection') && !path.includes('readable') ? 0o600 : 0o644;
}

/** Starts the daemon anew with these files alone, and reads what became of each device. */
async function observe(guest: Guest, files: Files): Promise<ReadonlyMap<string, string>> {
  const writes = Object.entries(files).map(([path, text]) => {
    return `cat >${path} <<'END'\n${text}END\nchmod ${modeOf(path).toString(8)} ${path}`;
  });
  const script = [
    'systemctl stop NetworkManager',
    'rm -rf /run/NetworkManager /var/lib/NetworkManager /etc/NetworkManager/conf.d/* /etc/NetworkManager/system-connections/*',
    // What has an address when NetworkManager starts is an "external" connection to it, named like the link.
    ...links.map((link) => `ip address flush dev ${link}`),
    ...writes,
    'systemctl start NetworkManager && nm-online -s -q -t 60',
    'nmcli -t -f DEVICE,STATE,CONNECTION device',
  ].join('\n');
  const rows = (await guest.must(script, 120_000)).trim().split('\n');
  return new Map(
    rows.map((row) => {
      const [device = '', state = '', connection = ''] = row.split(':');
      return [device, describe(state, connection)];
    }),
  );
}

function describe(state: string, connection: string): string {
  if (state === 'unmanaged') return 'unmanaged';
  return connection === '' ? 'no connection' : connection.startsWith('Wired connection') ? 'the default' : connection;
}

interface Explained {
  readonly decisions: readonly {
    readonly manager: string;
    readonly winners: readonly {
      readonly verdict: string;
      readonly reason: string;
      readonly effects: readonly { readonly kind: string }[];
    }[];
  }[];
}

const mainConf = '/etc/NetworkManager/NetworkManager.conf';
const wanted = '/etc/systemd/system/multi-user.target.wants/NetworkManager.service';
const unit = '/lib/systemd/system/NetworkManager.service';

/** On a recording of this very kind of guest, before NetworkManager has seen the files. */
async function predict(files: Files, link: string): Promise<string> {
  const { entries } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
    entries: Readonly<Record<string, MemoryEntry>>;
  };
  const written = Object.entries(files).map(([path, text]) => [path, { text, mode: modeOf(path) }] as const);
  const system = memorySystem({
    ...entries,
    '/usr/sbin/NetworkManager': '',
    [unit]: '[Install]\nWantedBy=multi-user.target\n',
    [wanted]: { link: unit },
    ...Object.fromEntries(written),
  });
  await main(['explain', link, '--json'], system);
  const { decisions } = JSON.parse(system.stdout) as Explained;
  const own = decisions.filter(({ manager }) => manager === 'networkmanager');
  assert.ok(own.length > 0, `explain ${link} says nothing of NetworkManager`);
  const { winners = [] } = own[0] ?? {};
  if (winners.some(({ verdict }) => verdict === 'maybe')) return 'maybe';
  const [winner] = winners;
  if (winner === undefined) return 'no connection';
  if (winner.effects.some(({ kind }) => kind === 'unmanaged')) return 'unmanaged';
  return /^profile '([^']*)'/.exec(winner.reason)?.[1] ?? 'the default';
}
