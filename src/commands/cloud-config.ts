/** `failoverctl cloud-config`: user data that brings the hooks, or the program, into a guest and sets it up. */
import { collectHooks, renderHooksScript } from '../cloud-config/hooks-script.ts';
import { loadProgram, loadScript, machineOf } from '../cloud-config/loader.ts';
import { forms, renderUserData, type Form } from '../cloud-config/user-data.ts';
import { renderSysinfo, smbiosElement } from '../hypervisor/domain-xml.ts';
import { encodeOemString, renderCredentials } from '../managers/credentials.ts';
import { printable } from '../report/table.ts';
import { encodeText } from '../system/bytes.ts';
import { isFailure, type System } from '../system/system.ts';
import { defineCommand, parseArguments } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { readMac } from './host-options.ts';

interface CloudConfigOptions {
  readonly carry: string;
  readonly program?: string;
  readonly as: string;
  readonly credentials?: true;
  readonly mac?: readonly string[];
}

const carried = ['hooks', 'program'] as const;

export function run(args: readonly string[], system: System): number {
  const { options } = parseArguments<CloudConfigOptions>(define(), args, system);
  if (options.mac !== undefined && options.credentials !== true)
    throw new CommandError('--mac goes with --credentials', exitStatus.usage);
  if (options.credentials === true) {
    if (options.carry !== 'hooks' || options.program !== undefined || options.as !== 'bootcmd')
      throw new CommandError(
        '--credentials is no user data: give it without --carry, --program, --as',
        exitStatus.usage,
      );
    system.out(printCredentials(options.mac?.map((mac) => readMac(mac, '--mac')) ?? null));
    return exitStatus.clean;
  }
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

/** As QEMU's options and as libvirt's elements. `macs`: of the guest's masters; null: any guest's. */
function printCredentials(macs: readonly string[] | null): string {
  const words = ['failoverctl cloud-config --credentials', ...(macs ?? []).map((mac) => `--mac ${mac}`)];
  const masters = macs?.map((mac) => ({ kind: 'net_failover', name: '', mac }) as const) ?? null;
  const credentials = renderCredentials({ masters, command: words.join(' ') });
  const strings = credentials.map(encodeOemString);
  const names = credentials.map(({ name }) => `#   ${name}\n`).join('');
  return [
    `# systemd credentials for a guest with a failover NIC and systemd 256 or later; nothing in its image is changed.\n${names}`,
    `# QEMU:\n${strings.map((text) => `-smbios type=11,value=${text}\n`).join('')}`,
    `# libvirt, in <os>:\n${smbiosElement}`,
    `# libvirt, in <domain>:\n${renderSysinfo(strings)}`,
  ].join('\n');
}

function describeCommand(form: Form, carry: (typeof carried)[number]): string {
  const words = ['failoverctl cloud-config'];
  if (carry !== 'hooks') words.push(`--carry ${carry}`);
  if (form !== 'bootcmd') words.push(`--as ${form}`);
  return words.join(' ');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function define() {
  return defineCommand('cloud-config', 'Prints user data that brings hooks or program into a guest and sets it up.')
    .option(
      '--carry <what>',
      "hooks (below 16 KiB), or program (the static executable: 'npm run build:native')",
      'hooks',
    )
    .option('--program <file>', 'the executable to carry (default: this program, if it is one)')
    .option('--credentials', 'no user data, but systemd credentials, and how QEMU and libvirt carry them')
    .option('--mac <mac>', "with --credentials: a master's MAC, for a guard that knows it; repeatable", collect)
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

--credentials: what systemd 256 and later (Debian 13) reads from the hypervisor before udev and networkd start, at every
boot: the udev rules, and the guard of networkd. NetworkManager heeds the rules; ifupdown reads none.

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
