/** The user data of `failoverctl cloud-config` in real boots: first and second, beside the same seed without it. */
import { existsSync } from 'node:fs';
import {
  bootAgain,
  observeBoot,
  finishBoot,
  proveRight,
  readSeed,
  startCloudGuest,
  withGuests,
} from '../cloud-init/boots.ts';
import { cloudCases, userDataForms, type CloudCase, type UserDataName } from '../cloud-init/cases.ts';
import { networkConfigs } from '../cloud-init/network-configs.ts';
import { printByProgram, type Seed } from '../cloud-init/seed.ts';
import { stacks } from '../cloud-init/stacks.ts';
import { acknowledgedAddresses } from '../state.ts';
import type { Check } from './check.ts';

const executable = 'dist/failoverctl-linux-x64';

async function makeSeed({ network }: CloudCase, userData: UserDataName | null): Promise<Seed> {
  const networkConfig = network === null ? null : await networkConfigs[network].text();
  const base = networkConfig === null ? {} : { networkConfig };
  if (userData === null) return { ...base, dsmode: 'local' };
  const form = userDataForms[userData];
  if (form.args.includes('%PROGRAM%') && !existsSync(executable))
    throw new Error(`${executable} is missing: npm run build:native`);
  const text = await printByProgram([
    'cloud-config',
    ...form.args.map((one) => (one === '%PROGRAM%' ? executable : one)),
  ]);
  return { ...base, dsmode: form.dsmode, ...(form.vendorData === true ? { vendorData: text } : { userData: text }) };
}

function checkOf(one: CloudCase): Check {
  const { name, stack, network, userData, untouched } = one;
  const { title, manager, files } = stacks[stack];
  const form = userData === null ? null : userDataForms[userData];
  const parts = [title, network === null ? null : networkConfigs[network].title, form?.title ?? 'no user data of ours'];
  return {
    name,
    title: parts.filter((part) => part !== null).join('; '),
    longOnly: one.shortRun !== true,
    ...(one.inTable === true ? { cell: { stack, way: 'cloud-config' } } : {}),
    ...(one.releases === undefined ? {} : { releases: one.releases }),
    run: async (options) =>
      await withGuests(name, options, async (step, use) => {
        if (untouched !== null) {
          const seed = await makeSeed(one, null);
          await step('untouched', async () => {
            const seen: string[] = [];
            await use(startCloudGuest(options, { seed, files }), async (guest) => {
              await readSeed(guest);
              const observed = await observeBoot(guest, manager);
              seen.push(observed.seen);
              if (untouched !== 'any') {
                if (observed.right === (untouched === 'right')) return;
                throw new Error(`expected it to be ${untouched} without failoverctl, and it is ${observed.seen}`);
              }
              // What cloud-init writes for udev takes effect at the next boot.
              await use(bootAgain(guest), async (again) => {
                const { seen: then } = await observeBoot(again, manager, guest.segment.log().length);
                seen.push(`at the second boot ${then}`);
              });
            });
            return seen.join('; ');
          });
        }
        const seed = await makeSeed(one, userData);
        const size = Math.max(seed.userData?.length ?? 0, seed.vendorData?.length ?? 0);
        await use(startCloudGuest(options, { seed, files }), async (guest) => {
          const late = form?.comes === 'late';
          const guarded = form !== null;
          await step('first boot', async () => {
            await readSeed(guest);
            if (late) await finishBoot(guest);
            const before = guest.segment.log();
            const seen = await proveRight(guest, manager, late ? before.length : 0, { guarded });
            const healed = `, healed; ${acknowledgedAddresses(before).length} addresses had been leased`;
            return `${seen}${late ? healed : ''}${size === 0 ? '' : `; ${size} bytes of user data`}`;
          });
          if (one.boots === 1) return;
          await use(bootAgain(guest), async (again) => {
            const earlier = guest.segment.log();
            await step('second boot', async () => {
              const leased = acknowledgedAddresses(earlier);
              if (!late && leased.length !== 1) throw new Error(`the first boot leased ${leased.join(', ')}`);
              return await proveRight(again, manager, earlier.length, { guarded });
            });
          });
        });
      }),
  };
}

export const cloudConfigs: readonly Check[] = cloudCases.map(checkOf);
