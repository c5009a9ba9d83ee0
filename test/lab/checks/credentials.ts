/** systemd credentials from the hypervisor, as `failoverctl cloud-config --credentials` prints them for QEMU: nothing of ours is in the image. */
import assert from 'node:assert/strict';
import { observeBoot, proveRight, withGuests } from '../cloud-init/boots.ts';
import { printByProgram } from '../cloud-init/seed.ts';
import { ownStacks } from '../cloud-init/stacks.ts';
import { defaultMac, startGuest, type Guest } from '../guest.ts';
import type { Check } from './check.ts';

interface CredentialsCase {
  readonly stack: keyof typeof ownStacks;
  readonly args: readonly string[];
}

const cases: readonly CredentialsCase[] = [
  { stack: 'networkd', args: ['--mac', defaultMac] },
  { stack: 'netplan-networkd', args: [] },
  { stack: 'networkmanager', args: [] },
];

/** The lines for QEMU, word by word. */
async function printForQemu(args: readonly string[]): Promise<readonly string[]> {
  const lines = (await printByProgram(['cloud-config', '--credentials', ...args])).split('\n');
  const options = lines.filter((line) => line.startsWith('-smbios '));
  assert.ok(options.length >= 3, `expected a line for each credential: ${lines.join('\n')}`);
  return options.flatMap((line) => line.split(' '));
}

/** All of it came by SMBIOS: below /run, and nothing of it in what the file system has more than the image. */
async function mustBeUntouched(guest: Guest): Promise<string> {
  const written = await guest.must(
    `ls /run/udev/rules.d/*failover* /run/systemd/network/*failover*
     test -z "$(find /run/lab/state/upper -name '*failover*')"`,
  );
  return written
    .trim()
    .split('\n')
    .map((path) => path.slice(path.lastIndexOf('/') + 1))
    .join(', ');
}

function checkOf({ stack, args }: CredentialsCase): Check {
  const { title, manager, files } = ownStacks[stack];
  const name = `credentials-${stack}`;
  return {
    name,
    title: `${title}; --credentials${args.length === 0 ? '' : ' --mac'}, carried by QEMU as printed`,
    longOnly: true,
    releases: ['trixie'], // systemd 256 and later reads them
    run: async (options) =>
      await withGuests(name, options, async (step, use) => {
        const { image, accelerator } = options;
        await step('untouched', async () => {
          let seen = '';
          await use(startGuest({ image, accelerator, files }), async (guest) => {
            const observed = await observeBoot(guest, manager);
            seen = observed.seen;
            assert.ok(!observed.right, `expected it to be broken without credentials, and it is ${seen}`);
          });
          return seen;
        });
        await step('first boot', async () => {
          const extraArguments = await printForQemu(args);
          let seen = '';
          await use(startGuest({ image, accelerator, files, extraArguments }), async (guest) => {
            const right = await proveRight(guest, manager, 0);
            const longest = Math.max(...extraArguments.map((word) => word.length));
            seen = `${right}; in /run: ${await mustBeUntouched(guest)}; the longest argument has ${longest} bytes`;
          });
          return seen;
        });
      }),
  };
}

export const credentials: readonly Check[] = cases.map(checkOf);
