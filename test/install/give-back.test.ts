/** After `uninstall --now`: NetworkManager manages the slaves again, but what its user wants left alone. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { machine } from '../trials/machine.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;
const recorded = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as { entries: Tree };
const links = Object.fromEntries(
  Object.entries(recorded.entries).filter(([path]) => /^\/(?:sys|run\/udev|proc)\//.test(path)),
);

/** What is run after the installation's files are gone. `states`: NetworkManager's of the links. */
async function uninstall(
  more: Tree,
  states: Readonly<Record<string, string>>,
  running = true,
  ...how: readonly string[]
) {
  const lines = Object.entries(states).map(([name, state]) => `${name}:${state}:\n`);
  const system = memorySystem(
    { ...machine('debian13', ['networkmanager']), ...links, '/run/NetworkManager/devices': '', ...more },
    {
      run: (argv) => {
        const line = argv.join(' ');
        const status = line.includes('is-active') && !running ? 3 : 0;
        return { status, stdout: line.endsWith(' device status') ? lines.join('') : '', stderr: '', signal: null };
      },
    },
  );
  assert.equal(await main(['install'], system), 0, system.stderr);
  const before = [system.programs.length, system.stdout.length] as const;
  const status = await main(['uninstall', '--now', ...how], system);
  const given = system.programs
    .slice(before[0])
    .map((argv) => argv.join(' '))
    .filter((line) => line.endsWith(' managed yes'));
  return { status, given, said: system.stdout.slice(before[1]) };
}

const manage = (name: string) => `nmcli device set ${name} managed yes`;
const left = { enp1s0: 'connected', enp1s0nsby: 'unmanaged', enp2s0: 'unmanaged' };

test('slaves that it leaves alone are given back, and no other link', async () => {
  assert.deepEqual(await uninstall({}, left).then(({ given }) => given), [manage('enp1s0nsby'), manage('enp2s0')]);
  assert.deepEqual((await uninstall({}, { ...left, enp2s0: 'connected' })).given, [manage('enp1s0nsby')]);
});

test('not what is left alone by a file of the user, nor where it does not run', async () => {
  const own: Tree = {
    '/etc/NetworkManager/conf.d/50-vf.conf': '[device-a]\nmatch-device=interface-name:enp2s0\nmanaged=0\n',
  };
  assert.deepEqual((await uninstall(own, left)).given, [manage('enp1s0nsby')]);
  const list: Tree = {
    '/etc/NetworkManager/NetworkManager.conf': '[keyfile]\nunmanaged-devices=except:interface-name:enp1s0\n',
  };
  assert.deepEqual((await uninstall(list, left)).given, []);
  assert.deepEqual((await uninstall({}, left, false)).given, []);
});

test('a slave that the next boot will call otherwise is asked for by its present name', async () => {
  const rename: Tree = { '/etc/systemd/network/10-vf.link': '[Match]\nDriver=e1000e\n\n[Link]\nName=vf0\n' };
  assert.deepEqual((await uninstall(rename, left)).given, [manage('enp1s0nsby'), manage('enp2s0')]);
});

test('--dry-run shows it', async () => {
  const { status, given, said } = await uninstall({}, left, true, '--dry-run');
  assert.deepEqual([status, given], [1, []]);
  assert.match(said, /NetworkManager leaves enp2s0 alone no more, as before/);
  assert.match(said, /nmcli device set enp1s0nsby managed yes/);
});
