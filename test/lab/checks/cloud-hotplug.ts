/** cloud-init's own hot-plug hook at a VF that comes into the running guest: it must not bring the VF up. */
import assert from 'node:assert/strict';
import { finishBoot, observeBoot, proveRight, startCloudGuest, withGuests } from '../cloud-init/boots.ts';
import { networkConfigs, type NetworkConfigName } from '../cloud-init/network-configs.ts';
import { printByProgram, type Seed } from '../cloud-init/seed.ts';
import { renderers } from '../cloud-init/stacks.ts';
import { poll } from '../command.ts';
import { defaultMac, type Guest } from '../guest.ts';
import { linkOf, readLinks } from '../links.ts';
import { primaryDevice } from '../qemu.ts';
import type { Check } from './check.ts';

interface HotplugCase {
  readonly stack: keyof typeof renderers;
  readonly network: NetworkConfigName;
  readonly releases: readonly string[];
}

const cases: readonly HotplugCase[] = [
  { stack: 'netplan', network: 'v2-mac', releases: ['bookworm'] },
  { stack: 'network-manager', network: 'v2-mac', releases: ['trixie'] },
];

/** Network configuration is applied again at each NIC that comes or goes. */
const updates = '#cloud-config\nupdates: {network: {when: [boot-new-instance, hotplug]}}\n';

/** It fails where cloud-init gives up to bring the VF up: as it is to be. */
const hookUnit = 'cloud-init-hotplugd.service';

const pair = { mac: defaultMac, primary: 'e1000e' };

/** Plugs the VF in, and waits until the hook has done what it does. Gives the commands by which cloud-init brought links up. */
async function plugPrimary(guest: Guest): Promise<string> {
  await guest.machine.qmp('device_add', primaryDevice(pair, 0));
  await poll('the VF is enslaved', 300_000, async () => linkOf(await readLinks(guest), 'primary')?.enslaved === true);
  const log = 'cat /var/log/cloud-init.log';
  // It tries for 50 seconds before it gives up.
  await poll('the hook has run', 600_000, async () => {
    const text = await guest.must(log);
    const called = text.lastIndexOf('hotplug_action: handle');
    return called >= 0 && /Exiting hotplug handler|fatal exception handling hotplug/.test(text.slice(called));
  });
  const text = await guest.must(log);
  const commands = [...text.matchAll(/Running command \[([^\]]*)\]/g)]
    .map(([, command = '']) => command.replace(/[',]/g, ''))
    .filter((command) => /^(?:ifup|nmcli|netplan apply|networkctl|ip link set)\b/.test(command));
  const failure = /fatal exception handling hotplug/.test(text) ? ', and gave up' : '';
  return `cloud-init ran ${commands.length === 0 ? 'nothing' : `'${[...new Set(commands)].join("', '")}'`}${failure}`;
}

function checkOf({ stack, network, releases }: HotplugCase): Check {
  const { title, manager, files } = renderers[stack];
  const name = `cloud-hotplug-${stack}`;
  return {
    name,
    title: `${title}; ${networkConfigs[network].title}; updates.network.when: hotplug; the VF is plugged in by QMP`,
    longOnly: true,
    releases,
    run: async (options) =>
      await withGuests(name, options, async (step, use) => {
        const networkConfig = (await networkConfigs[network].text()) ?? '';
        const seed: Seed = { userData: updates, networkConfig, dsmode: 'local' };
        const boot = async (one: Seed) =>
          await startCloudGuest(options, { seed: one, files, pairs: [{ ...pair, primary: null }] });
        const plug = async (guest: Guest) => {
          await finishBoot(guest);
          await guest.must('grep -l hook-hotplug /etc/udev/rules.d/*-cloud-init-hook-hotplug.rules');
          return await plugPrimary(guest);
        };
        await step('untouched', async () => {
          let seen = '';
          await use(boot(seed), async (guest) => {
            const did = await plug(guest);
            const observed = await observeBoot(guest, manager);
            seen = `${did}; ${observed.seen}`;
            assert.ok(!observed.right, `expected the VF to break it without failoverctl, and it is ${seen}`);
          });
          return seen;
        });
        await step('with our vendor data', async () => {
          const vendorData = await printByProgram(['cloud-config', '--as', 'vendor-data']);
          let seen = '';
          await use(boot({ ...seed, vendorData }), async (guest) => {
            const did = await plug(guest);
            seen = `${did}; ${await proveRight(guest, manager, 0, { mayFail: [hookUnit] })}`;
          });
          return seen;
        });
      }),
  };
}

export const cloudHotplugs: readonly Check[] = cases.map(checkOf);
