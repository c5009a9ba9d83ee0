/** Boots a guest with a seed for the first and the second time, with its cloud-init at work, and judges its network. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAgent } from '../agent.ts';
import type { CheckOptions } from '../checks/check.ts';
import { undoLater } from '../cleanup.ts';
import { poll } from '../command.ts';
import { demandSuccess, onePair, startGuest, type Guest, type GuestFiles } from '../guest.ts';
import {
  collectEvidence,
  describe,
  measureLoss,
  pingTalkingGuest,
  waitUntilRight,
  waitUntilSettled,
} from '../judge.ts';
import { givesSlavesLinkLocal } from '../links.ts';
import { startMachine, type Pair } from '../qemu.ts';
import { keepEvidence } from '../results.ts';
import { acknowledgedAddresses, faultsOf, leaseFaultsOf, type Manager, type NetworkState } from '../state.ts';
import { recordSteps, type StepResult, type TakeStep } from '../steps.ts';
import { enableCloudInit, makeSeedDisk, quietCloudInit, type Seed } from './seed.ts';

export interface CloudGuestOptions {
  readonly seed: Seed;
  readonly files: GuestFiles;
  readonly pairs?: readonly Pair[];
  readonly programs?: Readonly<Record<string, string>>;
  /** A script for the tree in /newroot. */
  readonly beforeBoot?: string;
}

/** A guest at its first boot, with cloud-init on and the seed's disk; what it writes outlasts a reboot. */
export async function startCloudGuest(
  { image, accelerator }: CheckOptions,
  { seed, files, pairs = onePair, programs = {}, beforeBoot = '' }: CloudGuestOptions,
): Promise<Guest> {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-seed-'));
  const removeWork = undoLater(() => rmSync(work, { recursive: true, force: true }));
  const guest = await startGuest({
    image,
    accelerator,
    files: { ...quietCloudInit, ...files },
    programs,
    beforeBoot: `${enableCloudInit}\n${beforeBoot}\n`,
    keepsState: true,
    pairs,
    extraArguments: makeSeedDisk(join(work, 'seed'), seed),
  });
  return {
    ...guest,
    stop: async () => {
      await guest.stop();
      await removeWork();
    },
  };
}

/** Waits until cloud-init has done its part before the network, with the seed. */
export async function readSeed(guest: Guest): Promise<void> {
  await poll('cloud-init reads the seed', 600_000, async () => {
    return (await guest.run('systemctl is-active cloud-init-local.service')).status === 0;
  });
  const source = await guest.must('cat /var/lib/cloud/instance/datasource');
  if (!source.includes('DataSourceNoCloud')) throw new Error(`cloud-init has not read the seed: ${source.trim()}`);
}

/** Waits until systemd and cloud-init are through with the boot, and cloud-init has nothing to complain of. */
export async function finishBoot(guest: Guest): Promise<void> {
  await guest.run('systemctl is-system-running --wait', 900_000);
  const { stdout } = await guest.run('cloud-init status --wait --long', 900_000);
  if (!/^status: done$/m.test(stdout)) throw new Error(`cloud-init: ${stdout.trim()}`);
}

/**
 * The guest is powered off by its own systemd and started anew, as a stopped virtual machine is. (A warm reset takes QEMU's
 * TCG minutes: it writes over the code that it has translated.)
 */
export async function bootAgain(guest: Guest): Promise<Guest> {
  await guest.must('(sleep 1; systemctl poweroff) >/dev/null 2>&1 &');
  await poll('the guest powers off', 600_000, () => guest.machine.ended());
  await guest.machine.stop();
  const machine = await startMachine(guest.startedWith);
  const agent = await connectAgent(machine.agentSocket, 900_000, () => {
    if (machine.ended()) throw new Error('the guest ended before it answered');
  });
  return {
    ...guest,
    machine,
    run: agent.run,
    must: demandSuccess(agent.run),
    stop: async () => {
      agent.close();
      await machine.stop();
      await guest.stop();
    },
  };
}

/** Waits until the network's managers have begun, and what they do is done: nothing changes for ten seconds. */
async function settleNetwork(guest: Guest, manager: Manager): Promise<NetworkState> {
  await poll('the network is being brought up', 600_000, async () => {
    return (await guest.run('systemctl is-active network.target')).status === 0;
  });
  return await waitUntilSettled(guest, manager, null);
}

/** The guest as it comes up by itself. `since`: a place in the DHCP server's log. */
export async function observeBoot(
  guest: Guest,
  manager: Manager,
  since = 0,
): Promise<{ readonly right: boolean; readonly seen: string }> {
  const state = await settleNetwork(guest, manager);
  const leased = acknowledgedAddresses(guest.segment.log().slice(since));
  const losses = await measureLoss(guest, state);
  // cloud-init's own stages still run: a unit that fails is not what is asked here
  const faults = faultsOf({ ...state, failedUnits: [] }, leased);
  const lossless = losses.every(({ lost }) => lost === 0);
  const right = faults.length === 0 && lossless;
  // Where packets are lost, addresses and routes say why.
  const why = lossless && !right ? `; ${faults.join(', ')}` : '';
  const what = `${describe(state, losses)}; addresses leased: ${leased.length}${why}`;
  return { right, seen: `${right ? 'right' : 'broken'}: ${what}` };
}

interface Leniency {
  /** Units whose failure is none of the network. */
  readonly mayFail?: readonly string[];
  /**
   * Nothing of ours is in the guest: then no one keeps a kernel before 6.2 from giving the slaves the master's link-local
   * address. The master's fails duplicate address detection, and for networkd, which waits for it, the boot is late. By
   * it the standby solicits routers: the bridge learns the MAC at its port, and what arrives there is dropped
   * (net_failover_handle_frame()) until the guest sends by the primary. So pings may be lost.
   */
  readonly guarded?: boolean;
}

/**
 * Exactly one lease, on the master, nothing lost, slaves without any address, and so it stays. `since`: what the DHCP server
 * did before that place in its log is forgiven.
 */
export async function proveRight(
  guest: Guest,
  manager: Manager,
  since: number,
  { mayFail = [], guarded = true }: Leniency = {},
): Promise<string> {
  const kernels = !guarded && (await givesSlavesLinkLocal(guest));
  const judge = (state: NetworkState, leased: readonly string[]) =>
    kernels
      ? leaseFaultsOf(state, leased)
      : faultsOf({ ...state, failedUnits: state.failedUnits.filter((unit) => !mayFail.includes(unit)) }, leased);
  const right = async (what: string) => await waitUntilRight(guest, manager, what, judge, () => since);
  await settleNetwork(guest, manager);
  const address = await right('booted');
  const { sent, lost } = await pingTalkingGuest(guest, address);
  if (sent === 0 || lost > (kernels ? sent - 1 : 0)) throw new Error(`${lost} of ${sent} pings to ${address} are lost`);
  await right('after the pings');
  const apart = kernels ? "; the kernel's link-local addresses of slaves left aside" : '';
  return `one lease, ${address}, on the master; ${lost} of ${sent} pings lost${apart}`;
}

/** The steps of a check that has guests; of a guest whose step goes wrong the account is kept. */
export async function withGuests(
  name: string,
  { image, onStep }: CheckOptions,
  run: (
    step: TakeStep,
    use: (guest: Promise<Guest>, work: (guest: Guest) => Promise<void>) => Promise<void>,
  ) => Promise<void>,
): Promise<readonly StepResult[]> {
  let kept = false;
  return await recordSteps(onStep, async (step) => {
    await run(step, async (starting, work) => {
      const guest = await starting;
      try {
        await work(guest);
      } catch (error) {
        if (kept) throw error; // by the guest that this one became
        kept = true;
        const account = await collectEvidence(guest);
        const log = await guest
          .run('cat /var/log/cloud-init-output.log; tail -n 400 /var/log/cloud-init.log')
          .catch(() => null);
        keepEvidence(`${image.release}-${name}`, `${account}\n== cloud-init\n${log?.stdout ?? ''}`);
        throw error;
      } finally {
        await guest.stop();
      }
    });
  });
}
