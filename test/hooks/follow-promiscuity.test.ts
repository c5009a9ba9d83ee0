/**
 * The script that passes promiscuous mode on, under dash and bash (busybox has an ip of its own). sysfs is a tree of files, and ip(8) a stub that writes
 * flags into it and gives out news of links as the test writes them.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { mac, writeTree, type Netdev } from './guest-tree.ts';

const missing = process.geteuid?.() === 0 ? false : 'not root: no namespaces can be made';
const plain = { flags: '0x1003\n' };
const promiscuous = { flags: '0x1103\n' };

const pair = (master: Readonly<Record<string, string>>): readonly Netdev[] => [
  { name: 'eth0', device: 'failover', address: mac, attributes: { ...master, lower_eth1: '', lower_eth2: '' } },
  { name: 'eth1', device: 'failover', address: mac, master: 'eth0', attributes: { ...plain, phys_port_name: 'sby\n' } },
  { name: 'eth2', device: 'vf', address: mac, master: 'eth0', attributes: plain },
  // a bond of the same shape is none of ours
  { name: 'bond0', device: 'none', address: mac, attributes: { ...promiscuous, lower_eth3: '' } },
  { name: 'eth3', device: 'nic', address: mac, master: 'bond0', attributes: plain },
];

/** What ip was told to set, in order. `act` changes flags, and has the script look again. */
async function follow(
  shell: readonly string[],
  master: Readonly<Record<string, string>>,
  act: (change: (link: string, flags: string) => Promise<void>, told: () => readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-follow-'));
  try {
    writeTree(join(work, 'sys'), pair(master));
    mkdirSync(join(work, 'bin'));
    mkdirSync(join(work, 'run'));
    writeFileSync(join(work, 'news'), '');
    // "ip link set dev LINK WORD on|off", and "ip -o monitor link"
    writeFileSync(
      join(work, 'bin/ip'),
      `#!/bin/sh
case $2 in
monitor) exec tail -f "${work}/news" ;;
esac
echo "$4 $5 $6" >>"${work}/told"
read -r flags <"/sys/class/net/$4/flags"
case $5 in promisc) bit=256 ;; *) bit=512 ;; esac
if [ "$6" = on ]; then flags=$((flags | bit)); else flags=$((flags & ~bit)); fi
printf '0x%x\\n' "$flags" >"/sys/class/net/$4/flags"
`,
      { mode: 0o755 },
    );
    const script = `mount --bind "$1/sys" /sys && mount --bind "$1/run" /run && PATH="$1/bin:$PATH" exec ${shell.join(' ')} hooks/udev/follow-promiscuity`;
    const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', work], {
      detached: true,
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const told = () => {
      try {
        return readFileSync(join(work, 'told'), 'utf8').trim().split('\n');
      } catch {
        return [];
      }
    };
    const directories = Object.fromEntries(
      readdirSync(join(work, 'sys/class/net')).map((name) => [name, join(work, 'sys/class/net', name)]),
    );
    const change = async (link: string, flags: string) => {
      writeFileSync(join(directories[link] ?? '', 'flags'), `${flags}\n`);
      writeFileSync(join(work, 'news'), 'news\n', { flag: 'a' });
      await wait(1500);
    };
    await wait(2500); // it looks at once, and again a second later
    try {
      await act(change, told);
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    }
    assert.equal(await ended, 0);
    assert.deepEqual(readdirSync(join(work, 'run/net-failover')), [], 'its notes are gone');
    return told();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

for (const shell of [['dash'], ['bash', '--posix']])
  test(
    `${shell.join(' ')}: both slaves follow their master, and what was set is taken back`,
    { skip: missing },
    async () => {
      const both = (word: string, state: string) => [`eth1 ${word} ${state}`, `eth2 ${word} ${state}`];
      const all = await follow(shell, promiscuous, async (change, told) => {
        assert.deepEqual(told(), both('promisc', 'on'));
        await change('eth0', '0x1303');
        assert.deepEqual(told().slice(2), both('allmulticast', 'on'));
        await change('eth0', '0x1203');
        assert.deepEqual(told().slice(4), both('promisc', 'off'));
        // A VF that comes back is another netdev: nothing is set on it.
        await change('eth2', '0x1003');
        assert.deepEqual(told().slice(6), ['eth2 allmulticast on']);
      });
      assert.deepEqual(all.slice(7), both('allmulticast', 'off'), 'at its end');
    },
  );

test('a slave that somebody else set promiscuous stays so', { skip: missing }, async () => {
  const all = await follow(['dash'], plain, async (change, told) => {
    assert.deepEqual(told(), []);
    await change('eth2', '0x1103');
  });
  assert.deepEqual(all, []);
});
