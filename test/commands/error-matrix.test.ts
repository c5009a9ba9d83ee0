/** One call of all that install and uninstall make fails: either nothing is changed and it is named, or all is as it should be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockPath } from '../../src/install/lock.ts';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry, type MemorySystem } from '../../src/system/memory.ts';
import { treeOf } from '../install/tree.ts';
import { loopback, triple } from '../topology/sysfs.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const image: Tree = {
  '/etc/hostname': 'guest\n',
  '/etc/os-release': 'ID=debian\nVERSION_ID="13"\n',
  '/etc/machine-id': '',
  '/usr/sbin/netplan': '',
  '/usr/sbin/ifup': '',
  '/usr/lib/systemd/systemd-networkd': '',
  '/etc/netplan/90-default.yaml': {
    text: 'network:\n  version: 2\n  ethernets:\n    all-en:\n      match:\n        name: en*\n      dhcp4: true\n',
    mode: 0o600,
  },
  '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n',
};
const guest: Tree = {
  ...loopback,
  ...triple(),
  '/etc/hostname': 'guest\n',
  '/etc/os-release': 'ID=debian\nVERSION_ID="13"\n',
  '/etc/machine-id': '0\n',
  '/run': { directory: true },
  '/proc/self/stat': `7 (a) S ${Array(18).fill('0').join(' ')} 500 0 0\n`,
  '/usr/sbin/ifup': '',
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': { link: '/x' },
  '/etc/network/interfaces': 'auto lo\niface lo inet loopback\n',
};

const reads = /^(?:list|readlink|read|stat|lstat)$/;
const writes = /^(?:create|rename|link|remove|makeDirectory|removeDirectory|chown|chmod|symlink)$/;

/** Every call that the command makes, each once, in its order. */
async function callsOf(make: () => MemorySystem, args: readonly string[], wanted: RegExp) {
  const system = make();
  const before = system.calls.length;
  const status = await main(args, system);
  assert.ok(status < 2, system.stderr);
  const calls = system.calls.slice(before).filter((call) => wanted.test(call.split(' ')[0] ?? ''));
  return { calls: [...new Set(calls)], after: JSON.stringify(treeOf(system)) };
}

for (const [name, tree, args] of [
  ['an image', image, ['install', '--generic']],
  ['a guest', guest, ['install']],
] as const) {
  for (const [what, kind, errnos] of [
    ['read', reads, ['EACCES', 'EIO', 'ENOMEM', 'EMFILE']],
    ['write', writes, ['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EMFILE']],
  ] as const) {
    for (const command of ['install', 'uninstall'] as const) {
      test(`${command} of ${name}: any one ${what} fails`, async () => {
        const rest = command === 'install' ? args : ['uninstall'];
        const start = async (options = {}) => {
          const system = memorySystem(tree, options);
          if (command === 'uninstall') assert.equal(await main(args, system), 0);
          return system;
        };
        const fresh = await start();
        const before = JSON.stringify(treeOf(fresh));
        const { calls, after } = await callsOf(() => fresh, rest, kind);
        assert.ok(calls.length > 10, `${calls.length} calls`);
        // a lock that stays names a process that is no more: the next run takes it over
        const looked = calls.filter((call) => call !== `remove ${lockPath}`);
        const wrong: string[] = [];
        let refusals = 0;
        for (const [index, call] of looked.entries()) {
          // all errnos of an image; of a guest, whose calls are many, one by turns
          for (const errno of tree === image ? errnos : [errnos[index % errnos.length]]) {
            let armed = false;
            const refuse = (operation: string, path: string) => {
              if (!armed || `${operation} ${path}` !== call) return null;
              if (kind === writes) armed = false; // one refusal: the way back is let through
              return errno ?? null;
            };
            const system = await start({ refuse });
            armed = true;
            const status = await main(rest, system);
            armed = false;
            const now = JSON.stringify(treeOf(system));
            const isNamed = system.stderr.includes(`(${errno})`) || system.stderr.includes(`: ${errno}`);
            if (status === 3 && now === before && isNamed) refusals += 1;
            else if (now !== after || status !== 0) {
              const finished = system.stderr.includes('all files are done');
              if (!finished) wrong.push(`${call}: ${errno}: status ${status} ${system.stderr}`);
            }
          }
        }
        assert.deepEqual(wrong, []);
        assert.ok(refusals > 5, `${refusals} refusals`);
      });
    }
  }
}
