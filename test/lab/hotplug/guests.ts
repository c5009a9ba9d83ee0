/** The guests that hot-plugs are shown on: a scenario's files, set up before boot or not at all. */
import assert from 'node:assert/strict';
import { startGuest, type Guest, type GuestOptions } from '../guest.ts';
import type { Image } from '../image.ts';
import { collectEvidence } from '../judge.ts';
import { findProgram } from '../program.ts';
import { keepEvidence } from '../results.ts';
import { scenarios } from '../scenarios/all.ts';
import type { Scenario } from '../scenario.ts';
import { replugFiles } from './rounds.ts';
import { watchFiles } from './watch.ts';

export interface Setup {
  readonly image: Image;
  readonly accelerator: string;
  readonly scenario: Scenario;
  /** A script for the tree in /newroot after the installation; null: nothing is installed. */
  readonly install: string | null;
  readonly options?: Partial<GuestOptions>;
}

export function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name);
  assert.ok(scenario !== undefined, name);
  return scenario;
}

/** Waits until the guest says that it is done with booting. */
async function startHotplugGuest({ image, accelerator, scenario, install, options }: Setup): Promise<Guest> {
  const program = findProgram(false);
  const load = { '/run-lab/load.sh': 'test/lab/hotplug/load.sh' };
  const guest = await startGuest({
    image,
    accelerator,
    dhcpv6: true,
    files: scenario.files,
    ...(scenario.packages === undefined ? {} : { packages: scenario.packages }),
    programs: { ...replugFiles, ...watchFiles, ...load, ...(install === null ? {} : program.files) },
    ...(install === null ? {} : { beforeBoot: beforeBoot(program.onImage('install'), install) }),
    ...options,
  });
  try {
    if (install !== null) {
      const told = await guest.must('cat /run/lab/install.status /run/lab/install.out');
      assert.match(told, /^0\n/, `install --root: ${told}`);
    }
    await guest.run('systemctl is-system-running --wait', 600_000);
    return guest;
  } catch (error) {
    await guest.stop();
    throw error;
  }
}

/** Starts a guest for as long as it is used. Of one with which something went wrong its own account is kept, under that name. */
export async function useHotplugGuest(name: string, setup: Setup, use: (guest: Guest) => Promise<void>): Promise<void> {
  const guest = await startHotplugGuest(setup);
  try {
    await use(guest);
  } catch (error) {
    keepEvidence(`${setup.image.release}-${name}`, await collectEvidence(guest));
    throw error;
  } finally {
    await guest.stop();
  }
}

const beforeBoot = (command: string, then: string) => `
${command} >/run/lab/install.out 2>&1
echo $? >/run/lab/install.status
${then}
`;
