import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeConnman } from '../../../src/managers/connman/manager.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { main } from '../../../src/main.ts';
import { memorySystem } from '../../../src/system/memory.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master } from '../guest.ts';

const conf = (text: string) => configFile('/etc/connman/main.conf', text);
const services = (text: string) => configFile('/var/lib/connman/a.config', text);
const all = ['up', 'dhcp4', 'client-id mac', 'link-local6', 'ra'];

function effects(files: readonly ConfigFile[], guest = assumedGuest(252)): Record<string, string> {
  const { decisions } = judgeConnman(files, guest);
  return Object.fromEntries(
    decisions.map(({ link, winners }) => [
      link.name,
      winners
        .map(
          ({ verdict, effects: list }) =>
            `${verdict} ${list.map(({ kind, detail }) => (detail === undefined ? kind : `${kind} ${detail}`)).join(', ')}`,
        )
        .join(),
    ]),
  );
}

test('without a word it takes all three, and one of them gets the address', () => {
  const any = `maybe ${all.join(', ')}`;
  assert.deepEqual(effects([]), { ens10: any, ens10nsby: any, ens11: any });
  assert.deepEqual(effects([], assumedGuest(252, [master])), { ens10: `yes ${all.join(', ')}` });
});

test('a beginning of the names keeps it off, and of the master, the standby too', () => {
  const own = effects([conf('[General]\nNetworkInterfaceBlacklist=ens10nsby,ens11\n')]);
  assert.deepEqual(own, { ens10: `yes ${all.join(', ')}`, ens10nsby: 'yes unmanaged', ens11: 'yes unmanaged' });
  assert.equal(effects([conf('[General]\nNetworkInterfaceBlacklist=ens10\n')])['ens10nsby'], 'yes unmanaged');
});

test('of ExecStart the last one counts', () => {
  const unit = (path: string, text: string) => configFile(`/etc/systemd/system/${path}`, `[Service]\n${text}\n`);
  const files = [
    unit('connman.service.d/a.conf', 'ExecStart=\nExecStart=/usr/sbin/connmand -n --device=ens10'),
    configFile('/usr/lib/systemd/system/connman.service', '[Service]\nExecStart=/usr/sbin/connmand -n -I ens10\n'),
  ];
  assert.deepEqual(Object.values(effects(files)), [`yes ${all.join(', ')}`, 'yes unmanaged', 'yes unmanaged']);
});

test('services: by MAC, by name, for all; what is wrong is told', () => {
  const fixed = 'IPv4=192.0.2.5/24/192.0.2.1\nIPv6=off\n';
  const found = effects([services(`[service_a]\nType=ethernet\nMAC=52:54:00:00:12:53\n${fixed}`)]);
  assert.equal(found['ens11'], 'maybe up, address 192.0.2.5/24');
  assert.equal(
    effects([services(`[service_a]\nType=ethernet\nMAC=52:54:00:00:12:99\n${fixed}`)])['ens11'],
    `maybe ${all.join(', ')}`,
  );
  const { problems } = judgeConnman(
    [
      services('[service_a]\nIPv4=off\n[lan]\nType=ethernet\n[service_b]\nType=ethernet\nIPv4=192.0.2.5\n'),
      conf('[general]\n'),
    ],
    assumedGuest(252),
  );
  assert.deepEqual(
    problems.map(({ kind }) => kind),
    ['wrong-section', 'bad-value', 'wrong-section', 'bad-value'],
  );
});

test('lint finds the slaves, install refuses and says why, generate has it take the master alone', async () => {
  const tree = {
    '/usr/sbin/connmand': '',
    '/usr/lib/systemd/systemd': '',
    '/usr/lib/systemd/system/connman.service': '[Service]\nExecStart=/usr/sbin/connmand -n\n',
    '/etc/systemd/system/multi-user.target.wants/connman.service': { link: '/usr/lib/systemd/system/connman.service' },
    '/etc/connman/main.conf': '[General]\n',
  };
  const lint = memorySystem(tree);
  assert.equal(await main(['lint', '--assume', 'triple'], lint), 1);
  assert.match(lint.stdout, /FO101[^]*\[General\][^]*keep connman off the slaves: 'failoverctl generate connman'/);
  const image = memorySystem(Object.fromEntries(Object.entries(tree).map(([path, entry]) => [`/mnt${path}`, entry])));
  assert.equal(await main(['install', '--root', '/mnt'], image), 3);
  assert.match(image.stderr, /connman configures links here .* names alone/);
  const generate = memorySystem({});
  assert.equal(await main(['generate', 'connman', '--generic'], generate), 2);
  assert.match(generate.stderr, /without --generic/);
});
