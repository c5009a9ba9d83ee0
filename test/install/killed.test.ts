/**
 * A run that ends at each changing call of the port, as by SIGKILL: whatever comes next, uninstall or another installation and
 * uninstall, the image is what it was. test/native/kill.test.ts has the executable killed at each system call.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { strangers } from './strangers.ts';
import { treeOf } from './tree.ts';

const changes = /^(?:create|rename|link|remove|makeDirectory|removeDirectory|chown|chmod|symlink)$/;

class Killed extends Error {}

function find(title: string) {
  const found = strangers.find((one) => one.title === title);
  assert.ok(found !== undefined, title);
  return { ...found.system, '/etc/machine-id': '', ...found.files };
}

const images = {
  'one manager, no folder of ours': find('netplan, an address by MAC'),
  'files to be altered': {
    ...find('ifupdown for lo, NetworkManager for the rest'),
    '/etc/network/interfaces': { text: 'auto lo\niface lo inet loopback\n', mode: 0o640 },
    '/etc/udev/rules.d/10-own.rules': '',
  },
};

/** Runs a command to its changing call number `last`, counted from 1, which is not made. True: it came to its end. */
async function runUntil(image: Parameters<typeof memorySystem>[0], command: string, last: number) {
  let [isArmed, made] = [false, 0];
  const refuse = (operation: string) => {
    if (!isArmed || !changes.test(operation)) return null;
    made += 1;
    if (made >= last) throw new Killed('killed');
    return null;
  };
  const system = memorySystem(image, { refuse });
  const run = async (word: string) =>
    await main([word, ...(word === 'install' ? ['--generic', '--dhcp4'] : [])], system);
  if (command === 'uninstall') assert.equal(await run('install'), 0);
  isArmed = true;
  // whatever a process does when it fails, one that is killed does not
  await run(command).catch((error: unknown) => assert.ok(error instanceof Killed));
  isArmed = false;
  return { system, run, hasEnded: made < last };
}

for (const [title, image] of Object.entries(images))
  for (const command of ['install', 'uninstall'])
    for (const next of [['uninstall'], ['install', 'uninstall']])
      test(`${title}: ${command} killed at each call, then ${next.join(' and ')}`, async () => {
        const before = treeOf(memorySystem(image));
        const wrong: string[] = [];
        let last = 1;
        for (; last < 1000; last += 1) {
          const { system, run, hasEnded } = await runUntil(image, command, last);
          for (const word of next) assert.equal(await run(word), 0, system.stderr);
          try {
            assert.deepEqual(treeOf(system), before);
          } catch (error) {
            wrong.push(`${command} killed at ${last}: ${String(error)}`);
          }
          if (hasEnded) break;
        }
        assert.deepEqual(wrong, []);
        assert.ok(last > 15 && last < 1000, `${last} calls`);
      });
