/** `failoverctl cloud-config`: user data that brings the hooks, or the program, into a guest and sets it up. */
import { collectHooks, renderHooksScript } from '../cloud-config/hooks-script.ts';
import { loadProgram, loadScript, machineOf } from '../cloud-config/loader.ts';
import { forms, renderUserData, type Form } from '../cloud-config/user-data.ts';
import { printable } from '../report/table.ts';
import { encodeText } from '../system/bytes.ts';
import { isFailure, type System } from '../system/system.ts';
import { CommandError, defineCommand, exitStatus, explainFailure, parseArguments } from './command.ts';

interface CloudConfigOptions {
  readonly carry: string;
  readonly program?: string;
  readonly as: string;
}

const carried = ['hooks', 'program'] as const;

export function run(args: readonly string[], system: System): number {
  const { options } = parseArguments<CloudConfigOptions>(define(), args, system);
  const form = readWord('--as', options.as, forms);
  const carry = readWord('--carry', options.carry, carried);
  if (options.program !== undefined && carry === 'hooks') {
    throw new CommandError('--program goes with --carry program', exitStatus.usage);
  }
  const text = renderUserData(form, carry === 'hooks' ? carryHooks() : carryProgram(options, system), [
    carry === 'hooks'
      ? 'The guards and hooks of failoverctl, which keep network managers off the slaves of failover NICs.'
      : 'The program failoverctl, which sets this guest up for its failover NIC.',
    `From: ${describeCommand(form, carry)}`,
  ]);
  system.out(text);
  const size = encodeText(text).length;
  system.err(`failoverctl cloud-config: ${size} bytes${size > smallLimit ? `; ${tooLarge}` : ''}\n`);
  return exitStatus.clean;
}

/** Amazon EC2's limit of user data; others allow 64 KiB and more. */
const smallLimit = 16_384;
const tooLarge =
  'platforms with a limit (16 KiB on EC2) do not take it: NoCloud and ConfigDrive do, or carry the hooks alone';

function readWord<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new CommandError(`${option}: '${printable(text)}'; expected ${words.join(', ')}`, exitStatus.usage);
}

function carryHooks(): string {
  return loadScript(renderHooksScript(collectHooks('failoverctl cloud-config'), FAILOVERCTL_VERSION));
}

function carryProgram({ program }: CloudConfigOptions, system: System): string {
  const path = program ?? system.programPath();
  const executable = system.read(path);
  if (isFailure(executable)) throw new CommandError(`--program: ${explainFailure(executable)}`);
  const machine = machineOf(executable);
  if (machine !== null) return loadProgram(executable, machine);
  throw new CommandError(
    `--program: '${printable(path)}' is no executable for x86-64 or arm64 Linux; expected dist/failoverctl-linux-x64 or -arm64`,
  );
}

function describeCommand(form: Form, carry: (typeof carried)[number]): string {
  const words = ['failoverctl cloud-config'];
  if (carry !== 'hooks') words.push(`--carry ${carry}`);
  if (form !== 'bootcmd') words.push(`--as ${form}`);
  return words.join(' ');
}

function define() {
  return defineCommand('cloud-config', 'Prints user data that brings hooks or program into a guest and sets it up.')
    .option(
      '--carry <what>',
      "hooks (below 16 KiB), or program (the static executable: 'npm run build:native')",
      'hooks',
    )
    .option('--program <file>', 'the executable to carry (default: this program, if it is one)')
    .option('--as <form>', `${forms.join(', ')}`, 'bootcmd')
    .addHelpText(
      'after',
      `
What is carried is packed by gzip, checksummed, and unpacked in the guest by sh, base64, gzip and sha256sum. The hooks are
udev rules and guards for every manager; they do not say what address the master gets. The program runs 'install'.

When it runs:
  bootcmd       at every boot, before network managers only where the datasource is local (NoCloud or ConfigDrive with
                'dsmode: local'): user data comes after the network otherwise, and then what has begun is healed: leases
                and addresses are taken off the slaves. The second time there is nothing to do.
  runcmd        at the end of the first boot; heals
  mime          a boothook, as early as bootcmd, as a MIME part to be joined with others
  vendor-data   a boothook by itself: a bootcmd in the user's own data does not displace it

Written files are named in ${'/var/lib/failoverctl/manifest.json'}: 'failoverctl install' takes over, 'uninstall' takes them back.
While that file is there nothing is written again. If another file is in the way nothing is changed.

Exit status: 0; 2 wrong usage; 3 the executable cannot be read.

Examples:
  failoverctl cloud-config >user-data
  failoverctl cloud-config --carry program --program dist/failoverctl-linux-x64 >user-data
  failoverctl cloud-config --as vendor-data >vendor-data
`,
    );
}
