/**
 * The control of the rules' number: our own rules, read before udev has made an ethtool call, miss what the kernel does right
 * after the VF's "add" (register_netdevice() in net/core/dev.c), and the judge of hotplug.ts sees it. One guest: the rules as
 * they are installed; numbered 05; and numbered 05 in the plain form, without the guard for a VF that is not enslaved yet,
 * which hides most of the damage.
 *
 * How often an early rule is too early depends on who gets the CPU between the event and the enslaving: by chance in 10 to 25
 * of 100 rebinds, in none of 48 beside two busy loops. Here it is little a matter of chance: the process that binds the
 * driver, in which the kernel does both, is the last in the queue, so udevd goes first wherever the kernel gives way. That
 * was so in 6 of 8 rebinds of the first run; were it one in three, all 24 would be in time once in 17,000 runs.
 *
 * With net.ifnames=0: a rename sends "move", by which udev reads the rules once more, and by then the VF has its master.
 */
import { rulesPath } from '../../../src/managers/udev/render.ts';
import type { Guest } from '../guest.ts';
import { scenarioOf, useHotplugGuest } from '../hotplug/guests.ts';
import { assertSilent, slaveFaults, tellHotplugs, type HotplugResult } from '../hotplug/judge-hotplugs.ts';
import { plugAndWatch } from '../hotplug/plug-and-watch.ts';
import { waitUntilRight } from '../judge.ts';
import { faultsOf } from '../state.ts';
import { recordSteps } from '../steps.ts';
import type { Check } from './check.ts';

const earlyPath = '/etc/udev/rules.d/05-net-failover.rules';

/** Hot-plugs before the control is said not to have failed, and how many at a time. */
const most = 24;
const batch = 8;

async function plugVf(guest: Guest, inGuest: number, carrierEvery: number): Promise<HotplugResult> {
  return await plugAndWatch(guest, { inGuest, byHypervisor: 0, orders: ['vf-after-master'], carrierEvery, nice: 19 });
}

/** Until there is what is looked for, `most` times at most. */
async function plugUntil(
  guest: Guest,
  carrierEvery: number,
  seen: (result: HotplugResult) => readonly string[],
): Promise<string> {
  for (let plugged = batch; plugged <= most; plugged += batch) {
    const result = await plugVf(guest, batch, carrierEvery);
    const found = seen(result);
    if (found.length > 0)
      return `seen in ${plugged} hot-plugs, first: ${found[0]}; of the last ${batch}: ${tellHotplugs(result)}`;
  }
  throw new Error(`nothing was wrong in ${most} hot-plugs, so the judge was not shown to see it`);
}

export const earlyRules: Check = {
  name: 'hotplug-early-rules',
  title: 'our rules numbered 05: the VF is seen before it is enslaved, and the judge of hot-plugs says so',
  longOnly: true,
  run: async ({ image, accelerator, long, onStep }) => {
    const scenario = scenarioOf('networkd-catch-all');
    const options = { kernelArguments: ['net.ifnames=0'] };
    const setup = { image, accelerator, scenario, install: '', options };
    return await recordSteps(onStep, async (step) => {
      await useHotplugGuest('hotplug-early-rules', setup, async (guest) => {
        const edit = async (command: string) =>
          await guest.must(`${command} && udevadm control --reload && udevadm settle --timeout=180`, 300_000);
        await step('as installed', async () => {
          await waitUntilRight(guest, scenario.manager, 'booted', faultsOf, () => 0);
          return assertSilent(await plugVf(guest, long ? most : batch, batch));
        });
        await step('numbered 05', async () => {
          await edit(`mv ${rulesPath} ${earlyPath}`);
          return await plugUntil(guest, batch, (result) => slaveFaults(result).unclassified);
        });
        await step('numbered 05, without the guard for a VF that is not enslaved yet', async () => {
          await edit(`sed -i '/ENV{ID_NET_FAILOVER}="pending"/d' ${earlyPath}`);
          return await plugUntil(guest, 1, (result) => slaveFaults(result).sent);
        });
      });
    });
  },
};
