/**
 * Hot-plugs in all orders: no slave is ever handed to a network manager. Beside a guest that is set up by `install --root`
 * the same guest without us, where slaves get addresses and ask for them: the control.
 */
import assert from 'node:assert/strict';
import { scenarioOf, useHotplugGuest } from '../hotplug/guests.ts';
import { assertSilent, slaveFaults, tellHotplugs } from '../hotplug/judge-hotplugs.ts';
import { allOrders, plugAndWatch, type Counts } from '../hotplug/plug-and-watch.ts';
import { waitUntilRight } from '../judge.ts';
import { faultsOf } from '../state.ts';
import { recordSteps } from '../steps.ts';
import type { Check, CheckOptions } from './check.ts';

/** One for each manager: untouched, each of them takes slaves. The short run has the first. */
const stacks = [
  { name: 'networkd', scenario: 'networkd-catch-all' },
  { name: 'netplan', scenario: 'netplan-catch-all' },
  { name: 'ifupdown', scenario: 'ifupdown-hotplug' },
  { name: 'networkmanager', scenario: 'nm-default' },
] as const;

interface Amounts {
  readonly idle: Counts;
  readonly loaded: Counts | null;
  readonly control: Counts;
}

/** How many hot-plugs: idle, loaded, and of the control. */
const short: Amounts = {
  idle: { inGuest: 16, byHypervisor: 4 },
  loaded: null,
  control: { inGuest: 2, byHypervisor: 0 },
};
/** Each order four times in the guest and twice by the hypervisor, idle and loaded. */
const long: Amounts = {
  idle: { inGuest: 16, byHypervisor: 8 },
  loaded: { inGuest: 16, byHypervisor: 8 },
  control: { inGuest: 4, byHypervisor: 4 },
};
/** The 200 of one manager: 25 minutes on two cores. */
const longest: Amounts = {
  idle: { inGuest: 100, byHypervisor: 20 },
  loaded: { inGuest: 70, byHypervisor: 10 },
  control: { inGuest: 6, byHypervisor: 2 },
};

function amountsOf(name: string, { image, long: isLong }: CheckOptions): Amounts {
  if (!isLong) return short;
  return name === 'networkd' && image.release === 'bookworm' ? longest : long;
}

export const hotplugs: readonly Check[] = stacks.map(({ name, scenario: scenarioName }) => ({
  name: `hotplug-${name}`,
  title: `hot-plugs of VF and master in all orders under ${name}: after install --root, then untouched, which is the control`,
  longOnly: name !== 'networkd',
  run: async (options) => {
    const { image, accelerator, onStep } = options;
    const scenario = scenarioOf(scenarioName);
    const { idle, loaded, control } = amountsOf(name, options);
    return await recordSteps(onStep, async (step) => {
      await useHotplugGuest(`hotplug-${name}`, { image, accelerator, scenario, install: '' }, async (installed) => {
        const right = async (what: string) =>
          await waitUntilRight(installed, scenario.manager, what, faultsOf, () => 0);
        const prove = async (told: Counts) =>
          assertSilent(await plugAndWatch(installed, { ...told, orders: allOrders, carrierEvery: 3 }));
        await step('install --root', async () => {
          await right('booted');
          const seen = await prove(idle);
          await right('after the hot-plugs');
          return seen;
        });
        await step('re-plugs every 200 ms', async () => {
          const rounds = { inGuest: 3, byHypervisor: 0, orders: ['vf-every-200-ms'], carrierEvery: 3 } as const;
          const seen = assertSilent(await plugAndWatch(installed, rounds));
          await right('after re-plugs every 200 ms');
          const failed = (await installed.must('systemctl list-units --failed --plain --no-legend')).trim();
          assert.equal(failed, '', 'units that failed for a VF that had gone again');
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
      });
      const untouched = { image, accelerator, scenario, install: null };
      await useHotplugGuest(`hotplug-${name}-untouched`, untouched, async (guest) => {
        await step('untouched', async () => {
          const result = await plugAndWatch(guest, { ...control, orders: allOrders, carrierEvery: 1 });
          const { addressed, sent } = slaveFaults(result);
          assert.ok(addressed.length > 0 && sent.length > 0, `expected slaves with addresses: ${tellHotplugs(result)}`);
          return tellHotplugs(result);
        });
      });
    });
  },
}));
