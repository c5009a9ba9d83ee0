/**
 * Live migration of a guest there and back: untouched, which is the control, then set up by `install --now`. With --long also
 * to hosts that are not alike, and migrations that fail.
 */
import assert from 'node:assert/strict';
import { waitUntilRight, waitUntilSettled } from '../judge.ts';
import { takeUnlikeMoves } from '../migration/unlike-hosts.ts';
import { awaitCarrier, measureMoves } from '../migration/measure-moves.ts';
import { startMovingGuest } from '../migration/moving-guest.ts';
import { startStream, streamFiles } from '../migration/stream.ts';
import { tellMoves, tellStream } from '../migration/tell-moves.ts';
import { findProgram, installedAt } from '../program.ts';
import { scenarios } from '../scenarios/all.ts';
import { faultsOf } from '../state.ts';
import { statusOnceItAgrees, tellProblems } from '../status-agrees.ts';
import { watchStatus } from '../status-watch.ts';
import { recordSteps } from '../steps.ts';
import type { Check } from './check.ts';

/** How often there and back. What is dark stays so: the control needs fewer. */
const journeys = { short: { control: 1, installed: 1 }, long: { control: 3, installed: 10 } };

/** One for each manager; each loses everything while it is untouched. */
const stacks = [
  { name: 'networkd', scenario: 'networkd-catch-all', longOnly: false },
  { name: 'netplan', scenario: 'netplan-catch-all', longOnly: true },
  { name: 'ifupdown', scenario: 'cloud-ifupdown-helper', longOnly: true },
] as const;

export const migrations: readonly Check[] = stacks.map((stack) => ({
  name: `migration-${stack.name}`,
  title: `live migration between two hosts under ${stack.name}: untouched, then after install --now`,
  longOnly: stack.longOnly,
  run: async ({ image, accelerator, long, onStep }) => {
    const scenario = scenarios.find(({ name }) => name === stack.scenario);
    assert.ok(scenario !== undefined, stack.scenario);
    const { manager, untouched } = scenario;
    assert.ok(typeof untouched === 'object', `${stack.scenario} is no control: it may be right untouched`);
    const { control, installed } = long ? journeys.long : journeys.short;
    const times = (count: number) => (count === 1 ? 'there and back' : `${count} times there and back`);
    const { files: programs } = findProgram(false);
    const files = { ...scenario.files, ...streamFiles() };
    const guest = await startMovingGuest({ image, accelerator, programs, files });
    try {
      return await recordSteps(onStep, async (step) => {
        await guest.run('systemctl is-system-running --wait', 600_000);
        await step(`${times(control)}, untouched`, async () => {
          await waitUntilSettled(guest, manager, untouched);
          await awaitCarrier(guest);
          assert.equal(await startStream(guest, long ? 60 : 10), null, 'the untouched guest was expected to be dark');
          const measured = await measureMoves(guest, { count: 2 * control, dark: true });
          for (const { outside } of measured.moves)
            assert.equal(outside.lost, outside.sent, `the control was expected to lose all: ${tellMoves(measured)}`);
          const wrong = await statusOnceItAgrees(guest, manager);
          return `${tellMoves(measured)}; ${tellStream(null)}; ${tellProblems(wrong)}`;
        });
        await step(`${times(installed)}, after install --now`, async () => {
          await guest.must(`${installedAt} install --now`, 600_000);
          const mark = guest.segment.log().length;
          const right = async (what: string) => await waitUntilRight(guest, manager, what, faultsOf, () => mark);
          await right('after install --now');
          const stream = await startStream(guest, 120);
          assert.ok(stream !== null, 'the guest gets no TCP connection');
          const status = await watchStatus(guest);
          const measured = await measureMoves(guest, { count: 2 * installed });
          const streamed = await stream.finish();
          await right('after the migrations');
          const seen = `${tellMoves(measured)}; ${tellStream(streamed)}`;
          mustKeepItsLease(measured, seen);
          const wrong = await statusOnceItAgrees(guest, manager);
          assert.deepEqual(wrong, [], seen);
          return `${seen}; ${await status.end(2 * installed)}; ${tellProblems(wrong)}`;
        });
        if (!long) return;
        // What libvirt's <link state='down'/> leads to, and the kernel's net_failover document asks for.
        const withoutStandby = async () => {
          await guest.machine.qmp('set_link', { name: 'net0', up: false });
          const measured = await measureMoves(guest, { count: 2 });
          await guest.machine.qmp('set_link', { name: 'net0', up: true });
          return measured;
        };
        await step("there and back, the standby's link down, the user's own configuration", async () =>
          tellMoves(await withoutStandby()),
        );
        await step('the same after install --now --dhcp4, which writes what generate does', async () => {
          const mark = guest.segment.log().length;
          await guest.must(`${installedAt} install --now --dhcp4`, 600_000);
          await waitUntilRight(guest, manager, 'after install --now --dhcp4', faultsOf, () => mark);
          const measured = await withoutStandby();
          mustKeepItsLease(measured, tellMoves(measured));
          return tellMoves(measured);
        });
        await takeUnlikeMoves(guest, step);
      });
    } finally {
      await guest.stop();
    }
  },
}));

/** Renewals are allowed; a new address, an address that goes for a moment, or a client that begins anew is not. */
function mustKeepItsLease(
  { before, after, dhcp, removals }: Awaited<ReturnType<typeof measureMoves>>,
  seen: string,
): void {
  assert.equal(before.length, 1, seen);
  assert.deepEqual(after, before, seen);
  assert.deepEqual({ removals, discovers: dhcp.discovers }, { removals: 0, discovers: 0 }, seen);
  assert.deepEqual(
    dhcp.addresses.filter((address) => address !== before[0]),
    [],
    seen,
  );
}
