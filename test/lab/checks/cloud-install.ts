/** `install` where cloud-init writes the network's configuration: before the image's first boot, and on the guest that has booted. */
import assert from 'node:assert/strict';
import {
  bootAgain,
  finishBoot,
  observeBoot,
  proveRight,
  readSeed,
  startCloudGuest,
  withGuests,
} from '../cloud-init/boots.ts';
import { networkConfigs, type NetworkConfigName } from '../cloud-init/network-configs.ts';
import { renderers } from '../cloud-init/stacks.ts';
import { findProgram, installedAt } from '../program.ts';
import type { Check } from './check.ts';

interface InstallCase {
  readonly stack: keyof typeof renderers;
  /** What the datasource says: the pair's MAC. */
  readonly network: NetworkConfigName;
  /** `any` where a race decides. */
  readonly untouched: 'broken' | 'any';
}

const cases: readonly InstallCase[] = [
  { stack: 'netplan', network: 'v2-mac', untouched: 'broken' },
  { stack: 'eni', network: 'v1-mac', untouched: 'any' },
  { stack: 'network-manager', network: 'v2-mac', untouched: 'broken' },
  { stack: 'netplan-nm', network: 'v1-mac', untouched: 'any' },
  { stack: 'networkd-renderer', network: 'v1-mac', untouched: 'any' },
];

const ways = { image: 'install --root', now: 'install --now' } as const;

function checkOf({ stack, network, untouched }: InstallCase, way: keyof typeof ways): Check {
  const { title, manager, files } = renderers[stack];
  const name = `cloud-install-${stack}-${way}`;
  const program = findProgram(false);
  return {
    name,
    title: `${title}; ${networkConfigs[network].title}; no user data of ours; ${ways[way]}`,
    longOnly: true,
    cell: { stack, way: ways[way] },
    run: async (options) =>
      await withGuests(name, options, async (step, use) => {
        const networkConfig = (await networkConfigs[network].text()) ?? '';
        const guestOptions = {
          seed: { networkConfig, dsmode: 'local' },
          files,
          programs: program.files,
          ...(way === 'image' ? { beforeBoot: `${program.onImage('install')} >/run/lab/install.out 2>&1` } : {}),
        } as const;
        await use(startCloudGuest(options, guestOptions), async (guest) => {
          if (way === 'image') {
            await step('first boot', async () => {
              await readSeed(guest);
              return await proveRight(guest, manager, 0);
            });
          } else {
            await step('untouched', async () => {
              await readSeed(guest);
              const { right, seen } = await observeBoot(guest, manager);
              assert.ok(
                !right || untouched === 'any',
                `expected it to be broken without failoverctl, and it is ${seen}`,
              );
              return seen;
            });
            await step('install --now', async () => {
              await finishBoot(guest);
              await guest.must(`${installedAt} install --now`, 600_000);
              return await proveRight(guest, manager, guest.segment.log().length);
            });
          }
          const earlier = guest.segment.log().length;
          await use(bootAgain(guest), async (again) => {
            await step('second boot', async () => await proveRight(again, manager, earlier));
          });
        });
      }),
  };
}

export const cloudInstalls: readonly Check[] = cases.flatMap((one) => [checkOf(one, 'image'), checkOf(one, 'now')]);
