/**
 * Slaves hold up no `systemd-networkd-wait-online` and no `NetworkManager-wait-online`, which network-online.target waits for.
 * In a guest set up by us, then in the same guest after uninstall, which is the control. The standby is as real hosts have it
 * while a VF carries: the host has set its link down, or its way leads to no DHCP server.
 */
import assert from 'node:assert/strict';
import { mustRun } from '../command.ts';
import { scenarioOf, useHotplugGuest } from '../hotplug/guests.ts';
import { waitUntilRight } from '../judge.ts';
import { installedAt } from '../program.ts';
import { faultsOf } from '../state.ts';
import { recordSteps } from '../steps.ts';
import type { Guest } from '../guest.ts';
import type { Check } from './check.ts';

/** Seconds: what the units allow (120, 60) is more than a test has. */
const limit = 40;

interface Stack {
  readonly name: string;
  readonly scenario: string;
  readonly restart: string;
  readonly wait: string;
  /** What the host does to the standby. */
  readonly silence: (guest: Guest) => Promise<unknown>;
  readonly standby: string;
}

const stacks: readonly Stack[] = [
  {
    name: 'networkd',
    scenario: 'networkd-catch-all',
    restart: 'systemctl restart systemd-networkd',
    wait: `/lib/systemd/systemd-networkd-wait-online --quiet --timeout=${limit}`,
    silence: (guest) => guest.machine.qmp('set_link', { name: 'net0', up: false }),
    standby: "the standby's link down",
  },
  {
    name: 'networkmanager',
    scenario: 'nm-default',
    restart: 'systemctl restart NetworkManager',
    wait: `nm-online -s -q --timeout=${limit}`,
    // The pair's first tap is the standby's: it comes to a bridge that leads nowhere.
    silence: async ({ segment: { namespace, tap } }) => {
      const steps = ['link add away type bridge stp_state 0 forward_delay 0', 'link set away up'];
      const move = `link set ${tap(0)} master away`;
      await mustRun(['ip', '-n', namespace, '-batch', '-'], { input: [...steps, move, ''].join('\n') });
    },
    standby: "no DHCP by the standby's way",
  },
];

/** Has the manager begin anew, and waits as the unit before network-online.target does. In the guest's own seconds. */
async function waitOnline(guest: Guest, { restart, wait }: Stack): Promise<{ status: number; seen: string }> {
  const answer = await guest.must(
    `${restart}
read -r before _ </proc/uptime
${wait}
status=$?
read -r after _ </proc/uptime
echo "$status $before $after"`,
    600_000,
  );
  const [status = NaN, before = NaN, after = NaN] = answer.trim().split(' ').map(Number);
  const ended = status === 0 ? 'online' : `status ${status}`;
  return { status, seen: `${ended} after ${(after - before).toFixed(1)} s of at most ${limit}` };
}

export const waitsOnline: readonly Check[] = stacks.map((stack) => ({
  name: `wait-online-${stack.name}`,
  title: `waiting for ${stack.name} to be online, ${stack.standby}: after install --root, then after uninstall, the control`,
  longOnly: true,
  run: async ({ image, accelerator, onStep }) => {
    const scenario = scenarioOf(stack.scenario);
    const setup = { image, accelerator, scenario, install: '' };
    return await recordSteps(onStep, async (step) => {
      await useHotplugGuest(`wait-online-${stack.name}`, setup, async (guest) => {
        await step('install --root', async () => {
          await waitUntilRight(guest, scenario.manager, 'booted', faultsOf, () => 0);
          await stack.silence(guest);
          const { status, seen } = await waitOnline(guest, stack);
          assert.equal(status, 0, seen);
          return seen;
        });
        await step('after uninstall', async () => {
          await guest.must(`${installedAt} uninstall`, 600_000);
          await guest.must('udevadm control --reload; udevadm trigger --action=change --subsystem-match=net --settle');
          const { status, seen } = await waitOnline(guest, stack);
          assert.notEqual(status, 0, `the control was expected to wait in vain: ${seen}`);
          return seen;
        });
      });
    });
  },
}));
