/**
 * Hot-plugs in all orders: no slave is ever handed to a network manager. Beside a guest that is set up by `install --root`
 * the same guest without us, where slaves get addresses and ask for them: the control.
 */
import assert from 'node:assert/strict';
import { scenarioOf, startHotplugGuest } from '../hotplug/guests.ts';
import { hotplugFaults, slaveFaults, tellHotplugs, type HotplugResult } from '../hotplug/judge-hotplugs.ts';
import { prepareReplugs, type Order } from '../hotplug/rounds.ts';
import { watchDhcp } from '../hotplug/watch.ts';
import { waitUntilRight } from '../judge.ts';
import { acknowledgedAddresses, faultsOf } from '../state.ts';
import { recordSteps } from '../steps.ts';
import type { Guest } from '../guest.ts';
import type { Check } from './check.ts';

/**
 * One for each manager: untouched, each of them takes slaves. All are left to --long until the attribution of packets has held over
 * more runs: a master that was gone when its packet was read has been taken for a slave once.
 */
const stacks = [
  { name: 'networkd', scenario: 'networkd-catch-all' },
  { name: 'netplan', scenario: 'netplan-catch-all' },
  { name: 'ifupdown', scenario: 'ifupdown-hotplug' },
  { name: 'networkmanager', scenario: 'nm-default' },
] as const;

interface Counts {
  readonly inGuest: number;
  readonly byHypervisor: number;
}

/** How many hot-plugs: idle, loaded (none: 0), and of the control. */
const counts = {
  short: { idle: { inGuest: 16, byHypervisor: 4 }, loaded: null, control: { inGuest: 2, byHypervisor: 0 } },
  long: {
    idle: { inGuest: 100, byHypervisor: 20 },
    loaded: { inGuest: 70, byHypervisor: 10 },
    control: { inGuest: 6, byHypervisor: 2 },
  },
} as const;

const kinds: readonly Order[] = ['vf-after-master', 'vf-before-master', 'vf-long-before-master', 'master-again'];

/** `carrierEvery`: at every so many the VF is left until a DHCP client on it has had its chance. */
async function plugAndWatch(
  guest: Guest,
  { inGuest, byHypervisor }: Counts,
  carrierEvery: number,
): Promise<HotplugResult> {
  const replugs = await prepareReplugs(guest);
  const finish = await watchDhcp(guest);
  const samples = [
    ...(await replugs.inGuest({ count: inGuest, orders: kinds, carrierEvery })),
    ...(await replugs.byHypervisor({ count: byHypervisor, orders: kinds, carrierEvery })),
  ];
  const watched = await finish();
  return { samples, watched, acknowledged: acknowledgedAddresses(guest.segment.log()) };
}

export const hotplugs: readonly Check[] = stacks.map(({ name, scenario: scenarioName }) => ({
  name: `hotplug-${name}`,
  title: `hot-plugs of VF and master in all orders under ${name}: after install --root, then untouched, which is the control`,
  longOnly: true,
  run: async ({ image, accelerator, long, onStep }) => {
    const scenario = scenarioOf(scenarioName);
    const { idle, loaded, control } = long ? counts.long : counts.short;
    return await recordSteps(onStep, async (step) => {
      const installed = await startHotplugGuest({ image, accelerator, scenario, install: '' });
      try {
        const right = async (what: string) =>
          await waitUntilRight(installed, scenario.manager, what, faultsOf, () => 0);
        const prove = async (told: Counts) => {
          const result = await plugAndWatch(installed, told, 3);
          assert.deepEqual(hotplugFaults(result), [], tellHotplugs(result));
          return tellHotplugs(result);
        };
        await step('install --root', async () => {
          await right('booted');
          const seen = await prove(idle);
          await right('after the hot-plugs');
          return seen;
        });
        if (loaded !== null)
          await step('the same, with two busy loops and a storm of udev events', async () => {
            await installed.must('sh /run-lab/load.sh');
            const seen = await prove(loaded);
            await installed.must('sh /run-lab/load.sh stop');
            await right('after the load');
            return seen;
          });
      } finally {
        await installed.stop();
      }
      const untouched = await startHotplugGuest({ image, accelerator, scenario, install: null });
      try {
        await step('untouched', async () => {
          const result = await plugAndWatch(untouched, control, 1);
          const { addressed, sent } = slaveFaults(result);
          assert.ok(addressed.length > 0 && sent.length > 0, `expected slaves with addresses: ${tellHotplugs(result)}`);
          return tellHotplugs(result);
        });
      } finally {
        await untouched.stop();
      }
    });
  },
}));
