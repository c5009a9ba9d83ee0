/**
 * No rename fight: through hot-plugs in all orders each link has the name that it is to have. With predictable names that is the
 * one that systemd makes of its slot. With net.ifnames=0 it is whatever the kernel gives, the lowest ethN that is free
 * (__dev_alloc_name() in net/core/dev.c): which of the three that is changes with the order in which they come, but nobody
 * renames any. A guest whose configuration has the three fight for one name is the control.
 */
import assert from 'node:assert/strict';
import type { Guest } from '../guest.ts';
import { scenarioOf, useHotplugGuest } from '../hotplug/guests.ts';
import { allOrders } from '../hotplug/plug-and-watch.ts';
import { prepareReplugs, type Sample } from '../hotplug/rounds.ts';
import { waitUntilRight } from '../judge.ts';
import { findProgram, installedAt } from '../program.ts';
import { faultsOf } from '../state.ts';
import { recordSteps } from '../steps.ts';
import type { Check } from './check.ts';

/** By the slots of qemu.ts. */
const predicted = { master: 'enp1s0', standby: 'enp1s0nsby', primary: 'enp2s0', loose: 'enp2s0' } as const;

interface Naming {
  /** "enp1s0: renamed from eth0", by the kernel. */
  readonly renames: readonly string[];
  /** What udevd says of a rename that failed. */
  readonly failures: readonly string[];
  /** The messages of failoverctl's problem rename-failed. */
  readonly problems: readonly string[];
}

async function readNaming(guest: Guest): Promise<Naming> {
  const status = await guest.run(`${installedAt} status --json`);
  const { problems } = JSON.parse(status.stdout) as { problems: { id: string; message: string }[] };
  const lines = async (command: string) =>
    (await guest.must(`journalctl -b -o cat --no-pager ${command} || true`)).split('\n').filter(Boolean);
  return {
    renames: (await lines("-k | grep -o '[^ ]*: renamed from .*'")).map((line) => line.trim()),
    failures: await lines("-u systemd-udevd | grep -e 'ailed to rename' -e 'File exists'"),
    problems: problems.filter(({ id }) => id === 'rename-failed').map(({ message }) => message),
  };
}

/** The names of a round, by role. */
function namesOf(samples: readonly Sample[]): readonly string[] {
  const rounds = new Map<string, string[]>();
  for (const { by, order, round, when, role, link } of samples) {
    const key = `${order} no. ${round} by the ${by}, ${when}`;
    rounds.set(key, [...(rounds.get(key) ?? []), `${role} ${link}`]);
  }
  return [...rounds].map(([key, names]) => `${names.sort().join(', ')} after ${key}`);
}

interface Kind {
  readonly title: string;
  readonly kernelArguments: readonly string[];
  readonly isRight: (sample: Sample) => boolean;
  readonly isRename: RegExp;
}

const kinds: readonly Kind[] = [
  {
    title: 'predictable names',
    kernelArguments: [],
    isRight: ({ role, link }) => link === predicted[role],
    // A VF that its master has already brought up: newer kernels say so.
    isRename: /^(?:enp1s0|enp1s0nsby|enp2s0): renamed from eth[0-9](?: \(while UP\))?$/,
  },
  {
    title: 'net.ifnames=0',
    kernelArguments: ['net.ifnames=0'],
    isRight: ({ link }) => /^eth[012]$/.test(link),
    isRename: /^(?!)/, // none is
  },
];

export const linkNames: Check = {
  name: 'names',
  title:
    'names of the three links through hot-plugs in all orders after install --root, predictable and with net.ifnames=0',
  longOnly: true,
  run: async ({ image, accelerator, onStep }) =>
    await recordSteps(onStep, async (step) => {
      for (const { title, kernelArguments, isRight, isRename } of kinds) {
        const scenario = scenarioOf('networkd-catch-all');
        const setup = { image, accelerator, scenario, install: '', options: { kernelArguments } };
        await useHotplugGuest('names', setup, async (guest) => {
          await step(title, async () => {
            await waitUntilRight(guest, scenario.manager, 'booted', faultsOf, () => 0);
            const replugs = await prepareReplugs(guest);
            const rounds = { orders: allOrders, carrierEvery: Number.MAX_SAFE_INTEGER };
            const samples = [
              ...(await replugs.inGuest({ ...rounds, count: 12 })),
              ...(await replugs.byHypervisor({ ...rounds, count: 4 })),
            ];
            await waitUntilRight(guest, scenario.manager, 'after the hot-plugs', faultsOf, () => 0);
            assert.deepEqual(namesOf(samples.filter((sample) => !isRight(sample))), []);
            const { renames, ...wrong } = await readNaming(guest);
            assert.deepEqual(
              { renames: renames.filter((one) => !isRename.test(one)), ...wrong },
              { renames: [], failures: [], problems: [] },
            );
            const seen = [...new Set(samples.map(({ role, link }) => `${role} ${link}`))].sort().join(', ');
            return `16 hot-plugs: ${seen}; ${renames.length} renames, none failed`;
          });
        });
      }
      const untouched = {
        image,
        accelerator,
        scenario: scenarioOf('netplan-set-name'),
        install: null,
        options: { programs: findProgram(false).files },
      };
      await useHotplugGuest('names-control', untouched, async (guest) => {
        await step("the control: netplan's set-name by MAC, untouched", async () => {
          await guest.must('udevadm settle --timeout=180');
          const { failures, problems } = await readNaming(guest);
          assert.ok(
            failures.length > 0 && problems.length > 0,
            `nobody fought: ${failures.join()}; ${problems.join()}`,
          );
          return [...failures, ...problems].join('; ');
        });
      });
    }),
};
