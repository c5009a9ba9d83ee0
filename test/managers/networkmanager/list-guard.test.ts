/** The guard, beside what was managed for good and beside lists of exceptions: asked of NetworkManager 1.42, 1.52 and 1.58. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeNetworkManager } from '../../../src/managers/networkmanager/manager.ts';
import { isListOfExceptions, listGuardPath } from '../../../src/managers/networkmanager/list-guard.ts';
import { renderNetworkManagerGuard } from '../../../src/managers/networkmanager/render.ts';
import { main } from '../../../src/main.ts';
import { memorySystem } from '../../../src/system/memory.ts';
import { machine } from '../../trials/machine.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master } from '../guest.ts';
import { oracles } from '../namespace.ts';
import { askNetworkManager } from './daemon.ts';

const releases = [
  { version: '1.42.4', root: '' },
  { version: '1.52.1', root: join(oracles, 'trixie-network') },
  { version: '1.58.1', root: join(oracles, 'sid-network') },
] as const;

const guard = renderNetworkManagerGuard({ masters: null, command: 'test' });
const forGood = ['e9nsby', 'e3'].map(
  (name) => `[.intern.device-manage-${name}]\nmatch-device=interface-name:=${name}\nmanaged=1\n`,
);
const list = (text: string) => ({ '/etc/NetworkManager/NetworkManager.conf': `[main]\nno-auto-default=*\n\n${text}` });

const cases: readonly Readonly<Record<string, string>>[] = [
  list('[keyfile]\nunmanaged-devices=except:interface-name:e1;except:interface-name:e2\n'),
  list('[keyfile]\nunmanaged-devices=interface-name:e4\n'),
];

for (const { version, root } of releases)
  test(`NetworkManager ${version}: the standby is left alone, and every other link as without the guard`, (context) => {
    for (const given of cases) {
      const files = {
        ...given,
        '/var/lib/NetworkManager/NetworkManager-intern.conf': forGood.join(''),
      };
      const there = Object.entries(files).map(([path, text]) => configFile(path, text));
      const kept = guard.filter(({ path }) => path !== listGuardPath || !isListOfExceptions(there, version));
      const all = { ...files, ...Object.fromEntries(kept.map(({ path, text }) => [path, text])) };
      const command =
        'ip link add e9nsby type veth peer name p9n; ip link set e9nsby up; sleep 1; nmcli -t -f DEVICE,STATE device';
      const answer = askNetworkManager(context, all, command, root);
      if (answer === null) return;
      const names = ['e1', 'e3', 'e4', 'e5', 'e9nsby'];
      const seen = names.map((name) => [name, new RegExp(`^${name}:unmanaged$`, 'm').test(answer)]);
      const unguarded = judged(files, version, names);
      const expected = names.map((name) => [name, name === 'e9nsby' ? true : unguarded.get(name)]);
      assert.deepEqual(seen, expected, `${Object.values(given).join('')}\n${answer}`);
      assert.deepEqual([...judged(all, version, names)], expected);
    }
  });

function judged(files: Readonly<Record<string, string>>, version: string, names: readonly string[]) {
  const guest = assumedGuest(
    257,
    names.map((name) => ({ ...master, name })),
  );
  const { decisions } = judgeNetworkManager(
    Object.entries(files).map(([path, text]) => configFile(path, text)),
    { ...guest, host: { ...guest.host, networkManagerVersion: version } },
    { include: () => [] },
  );
  return new Map(
    decisions.map(({ link, winners }) => [
      link.name,
      winners.some(({ verdict, effects }) => verdict === 'yes' && effects.some(({ kind }) => kind === 'unmanaged')),
    ]),
  );
}

test('install writes the list, but not beside exceptions that it would turn round', async () => {
  for (const [text, isWritten] of [
    ['', true],
    ['[keyfile]\nunmanaged-devices=interface-name:e4\n', true],
    ['[keyfile]\nunmanaged-devices=except:interface-name:e1\n', false],
  ] as const) {
    const system = memorySystem({ ...machine('debian-sid', ['networkmanager']), ...list(text) });
    for (const run of ['first', 'second'] as const) {
      assert.equal(await main(['install', '--root', '/', '--dhcp4'], system), 0, system.stderr);
      assert.equal(system.files.has(listGuardPath), isWritten, `${text} ${run}`);
    }
  }
});

/** What somebody adds later, not knowing of our entry. */
const added = { '/etc/NetworkManager/conf.d/90-own.conf': '[keyfile]\nunmanaged-devices+=except:interface-name:e1\n' };

test('exceptions that are added beside the entry are a finding with their line, and the next installation leaves it out', async () => {
  const own = Object.keys(added).map((path) => [path, '']);
  const system = memorySystem({ ...machine('debian-sid', ['networkmanager']), ...Object.fromEntries(own) });
  const run = async (...argv: readonly string[]) => {
    const from = system.stdout.length;
    const status = await main(argv, system);
    return { status, said: system.stdout.slice(from) };
  };
  assert.equal((await run('install', '--root', '/', '--dhcp4')).status, 0, system.stderr);
  assert.doesNotMatch((await run('lint', '--root', '/', '--format', 'concise')).said, /FO002/);
  for (const [path, text] of Object.entries(added)) assert.equal(system.write(path, text), null);
  const { status, said } = await run('lint', '--root', '/', '--format', 'concise');
  assert.equal(status, 1);
  assert.match(said, /90-own\.conf:2:\d+: FO002 warning unmanaged-devices: 'except:interface-name:e1' beside/);
  assert.match(
    (await run('doctor', '--root', '/')).said,
    /this version would change \/etc\/NetworkManager\/conf\.d\/00-failover-slaves-list\.conf/,
  );
  assert.equal((await run('install', '--root', '/', '--dhcp4')).status, 0, system.stderr);
  assert.equal(system.files.has(listGuardPath), false);
  assert.doesNotMatch((await run('lint', '--root', '/', '--format', 'concise')).said, /FO002/);
});

test('NetworkManager 1.58.1 manages what such exceptions left alone', (context) => {
  const files = { ...added, ...Object.fromEntries(guard.map(({ path, text }) => [path, text])) };
  const answer = askNetworkManager(
    context,
    { ...list(''), ...files },
    'nmcli -t -f DEVICE,STATE device',
    join(oracles, 'sid-network'),
  );
  if (answer !== null) assert.match(answer, /^e4:(?!unmanaged)/m, answer);
});
