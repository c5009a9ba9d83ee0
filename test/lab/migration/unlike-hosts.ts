/**
 * Migrations of a guest that is set up, to hosts that are not alike, and some that fail: what it keeps, what is lost, and what
 * `failoverctl status` says of it meanwhile. All in one guest, one after the other; a TCP connection stays open over all.
 */
import assert from 'node:assert/strict';
import { mustRun, pause, poll } from '../command.ts';
import { defaultMac } from '../guest.ts';
import { linkOf, readLinks } from '../links.ts';
import { installedAt } from '../program.ts';
import { primaryDevice, type Machine, type Pair } from '../qemu.ts';
import type { TakeStep } from '../steps.ts';
import { awaitCarrier, mastersAddresses, measureMoves, now, watchFromOutside } from './measure-moves.ts';
import { awaitMigration, type MovingGuest } from './moving-guest.ts';
import { startStream } from './stream.ts';
import { tellAddress, tellDhcp, tellMoves, tellReachability, tellStream } from './tell-moves.ts';

const usual: Pair = { mac: defaultMac, primary: 'e1000e' };
const absent: Pair = { mac: defaultMac, primary: null };
const elsewhere: Pair = { mac: defaultMac, primary: 'vmxnet3', bus: 'rp2' };

export async function takeUnlikeMoves(guest: MovingGuest, step: TakeStep): Promise<void> {
  const [address = ''] = await mastersAddresses(guest);
  const keepsLease = async (name: string, act: () => Promise<string>) =>
    await step(name, async () => {
      const seen = await act();
      assert.deepEqual(await mastersAddresses(guest), [address], seen);
      return seen;
    });

  await keepsLease('there and back, and the guest says nothing by itself', async () =>
    tellMoves(await measureMoves(guest, { count: 2 })),
  );

  await keepsLease('the same, and the host moves the MAC to the VF in its bridge once that has carrier', async () => {
    // What the FDB steps of the kernel's net_failover document come to where one bridge has both ports.
    const onCarrier = async () => {
      const [, tap = ''] = guest.taps;
      const entry = `fdb replace ${defaultMac} dev ${tap} master dynamic`;
      await mustRun(guest.segment.inside('bridge', ...entry.split(' ')));
    };
    return tellMoves(await measureMoves(guest, { count: 2, onCarrier }));
  });

  const stream = await startStream(guest, 120);
  assert.ok(stream !== null, 'the guest gets no TCP connection');

  await keepsLease('to a host without a VF', async () => {
    const moved = await measureMoves(guest, { count: 1, move: { pairs: [absent] } });
    return `${tellMoves(moved)}; ${await tellStatus(guest, 0)}`;
  });
  await keepsLease('a VF is plugged in there', async () => {
    const seen = await observeUntilReached(guest, address, async () => {
      await guest.machine.qmp('device_add', primaryDevice(usual, 0));
      await poll('the guest has the VF, with carrier', 300_000, async () => {
        return linkOf(await readLinks(guest), 'primary')?.carrier === true;
      });
    });
    return `${seen}; ${await tellStatus(guest, 0)}`;
  });
  await keepsLease('to a host whose VF is in another slot and has another driver', async () => {
    const before = linkOf(await readLinks(guest), 'primary');
    const moved = await measureMoves(guest, { count: 1, move: { pairs: [elsewhere] } });
    const after = linkOf(await readLinks(guest), 'primary');
    assert.equal(after?.driver, 'vmxnet3');
    assert.notEqual(after.name, before?.name);
    return `${before?.name} (${before?.driver}), then ${after.name} (${after.driver}); ${tellMoves(moved)}; ${await tellStatus(guest, 0)}`;
  });
  await keepsLease('and back', async () => {
    const moved = await measureMoves(guest, { count: 1, move: { pairs: [usual] } });
    return `${linkOf(await readLinks(guest), 'primary')?.driver}; ${tellMoves(moved)}; ${await tellStatus(guest, 0)}`;
  });

  const fails = async (name: string, status: string, disturb: (source: Machine, target: Machine) => Promise<void>) =>
    await keepsLease(name, async () => {
      const seen = await observeUntilReached(guest, address, async () => {
        const failed = await guest.failToMigrate(disturb);
        assert.equal(failed.status, status, failed.course.join(', '));
        await awaitCarrier(guest);
        return failed.course.join(', ');
      });
      return `${seen}; ${await tellStatus(guest, 0)}`;
    });
  await fails('cancelled before the guest has given its VF up', 'cancelled', async (source) => {
    await awaitMigration(source, 'wait-unplug');
    await source.qmp('migrate_cancel');
  });
  await fails('cancelled while the memory is sent', 'cancelled', async (source) => {
    await awaitMigration(source, 'active');
    await source.qmp('migrate_cancel');
  });
  await fails('the target dies while the memory is sent', 'failed', async (source, target) => {
    await awaitMigration(source, 'active');
    await target.stop();
  });

  await keepsLease('the VF comes back without carrier', async () => {
    const seen = await observe(guest, address, async () => {
      await guest.migrate({ meanwhile: pullPlug });
      await poll('the guest has enslaved its VF', 300_000, async () => {
        return linkOf(await readLinks(guest), 'primary')?.enslaved === true;
      });
      await pause(5000);
      assert.equal(linkOf(await readLinks(guest), 'primary')?.carrier, false, 'the VF was to have no carrier');
      return await tellStatus(guest, 1);
    });
    await guest.discardSource();
    const healed = await observeUntilReached(guest, address, async () => {
      await guest.machine.qmp('set_link', { name: 'vf0', up: true });
      await awaitCarrier(guest);
    });
    return `${seen}; its link is put up: ${healed}; ${await tellStatus(guest, 0)}`;
  });
  await step('the TCP connection over all of these', async () => tellStream(await stream.finish()));
}

/** Puts the primary's link down as soon as QEMU has made it, which is before the guest runs there. */
async function pullPlug(target: Machine): Promise<void> {
  await poll(
    'the target has its primary',
    120_000,
    async () =>
      await target.qmp('set_link', { name: 'vf0', up: false }).then(
        () => true,
        () => false,
      ),
    5,
  );
}

type Act = () => Promise<string | void>;

async function observeUntilReached(guest: MovingGuest, address: string, act: Act): Promise<string> {
  return await observe(guest, address, act, true);
}

/** What the outside sees while `act` lasts, which may add to it, until the guest answers if so asked, and two seconds more. */
async function observe(guest: MovingGuest, address: string, act: Act, untilReached = false): Promise<string> {
  const before = await mastersAddresses(guest);
  const watch = await watchFromOutside(guest, address);
  await pause(1000);
  const from = now();
  const told = await act();
  if (untilReached) await watch.answers();
  await pause(2000);
  const to = now();
  const after = await mastersAddresses(guest);
  const { judge, dhcp, removals } = await watch.end();
  return [
    ...(typeof told === 'string' ? [told] : []),
    tellReachability(judge(from, to)),
    tellAddress(before, after, removals),
    tellDhcp(dhcp),
  ].join('; ');
}

interface StatusReport {
  readonly groups: readonly { readonly datapath: string }[];
  readonly problems: readonly { readonly message: string }[];
}

/** Runs `failoverctl status` until it exits as expected, and says what it says. */
async function tellStatus(guest: MovingGuest, expected: number): Promise<string> {
  const answer = await poll(
    `status exits ${expected}`,
    60_000,
    async () => {
      const { status, stdout } = await guest.run(`${installedAt} status --json`);
      return status === expected && (JSON.parse(stdout) as StatusReport);
    },
    1000,
  );
  const { groups, problems } = answer;
  const said = problems.map(({ message }) => message).join('; ');
  return `status: exit ${expected}, datapath ${groups[0]?.datapath}${said === '' ? '' : `, "${said}"`}`;
}
