/** `failoverctl generate`: the files that make one network manager ask for an address on the master alone. */
import { findManager, loadRenderings, renderedManagers } from '../managers/all.ts';
import { renderFor } from '../managers/render.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { RenderChoices } from '../managers/description.ts';
import { printable } from '../report/table.ts';
import { readTopology } from '../topology/failover-group.ts';
import { isFailure, type System } from '../system/system.ts';
import { defineCommand, parseArguments, rootOption, snapshotOption } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest } from './guest.ts';
import { addressingOptions, addressingWords, readAddressing, type AddressingOptions } from './addressing-options.ts';
import { writeFilesBelow } from './output-directory.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';
import type { MasterTarget } from '../managers/master-config.ts';

interface GenerateOptions extends AddressingOptions {
  readonly configVersion?: string;
  readonly for?: string;
  readonly generic?: true;
  readonly master?: readonly string[];
  readonly name?: readonly string[];
  readonly out?: string;
  readonly renderer?: string;
  readonly root?: string;
  readonly snapshot?: string;
}

type NetplanRenderer = RenderChoices['netplanRenderer'];
type CloudInitChoices = Exclude<RenderChoices['cloudInit'], undefined>;

const netplanRenderers: readonly NetplanRenderer[] = ['networkd', 'NetworkManager'];

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<GenerateOptions>(define(), args, system);
  const target = readTarget(operands);
  checkCombination(target, options);
  const choices = { netplanRenderer: readRenderer(options.renderer), cloudInit: readCloudInit(options) };
  const addressing = readAddressing(options);
  const masters =
    options.generic === true || target === 'udev' ? null : (named(options) ?? findMasters(system, options));
  const alone = masters === null || masters.length === 1;
  if (addressing.addresses.length > 0 && !alone) {
    const names = masters.map(({ name }) => printable(name)).join(', ');
    throw new CommandError(
      `--address: there are several masters (${names}); say which one by --master`,
      exitStatus.usage,
    );
  }
  for (const { name } of masters ?? []) checkName(name, target, choices);
  const config = { masters, ...addressing, command: describeCommand(target, options) };
  const renderings = await loadRenderings();
  const refusal = renderings.get(target)?.refuse?.(config, choices) ?? null;
  if (refusal !== null) throw new CommandError(refusal, exitStatus.usage);
  const files = renderFor(renderings, target, config, choices);
  if (options.out === undefined) system.out(printFiles(files));
  else {
    const written = writeFilesBelow(system, options.out, files);
    system.out(written.map((path) => `${printable(path)}\n`).join(''));
  }
  return exitStatus.clean;
}

function readTarget(operands: readonly string[]): ManagerName {
  const [name = ''] = operands;
  const known = renderedManagers.map((manager) => manager.name);
  const target = known.find((manager) => manager === name);
  if (target === undefined) {
    throw new CommandError(`unknown manager '${printable(name)}'; expected ${oneOf(known)}`, exitStatus.usage);
  }
  return target;
}

function checkCombination(target: ManagerName, options: GenerateOptions): void {
  const wrong =
    options.generic === true && options.master !== undefined
      ? '--generic is for any guest and --master for this one; give one of them'
      : options.generic === true && (options.root ?? options.snapshot) !== undefined
        ? `--generic reads no guest, so --${options.root === undefined ? 'snapshot' : 'root'} means nothing with it`
        : target !== 'cloud-init' && [options.name, options.for, options.configVersion].some((one) => one !== undefined)
          ? `--name, --for and --config-version are for cloud-init, not for ${target}`
          : options.name !== undefined &&
              [options.generic, options.master, options.root, options.snapshot].some((one) => one !== undefined)
            ? '--name says the name in a guest that is not here: give it without --generic, --master, --root, --snapshot'
            : options.renderer !== undefined && target !== 'netplan'
              ? `--renderer is for netplan; ${target} has no such choice`
              : null;
  if (wrong !== null) throw new CommandError(wrong, exitStatus.usage);
}

/** Masters of a guest that is not here: all that is known of them is their names. */
function named({ name }: GenerateOptions): readonly MasterTarget[] | null {
  return name?.map((one) => ({ kind: 'net_failover', name: one, mac: '' })) ?? null;
}

function readCloudInit({ configVersion = '2', for: place = 'seed' }: GenerateOptions): CloudInitChoices {
  const version = configVersion === '1' ? 1 : configVersion === '2' ? 2 : null;
  if (version === null)
    throw new CommandError(`--config-version: '${printable(configVersion)}'; expected 1 or 2`, exitStatus.usage);
  if (place !== 'seed' && place !== 'system')
    throw new CommandError(`--for: '${printable(place)}'; expected seed or system`, exitStatus.usage);
  return { version, place };
}

function readRenderer(name: string | undefined): NetplanRenderer {
  if (name === undefined) return 'networkd';
  const renderer = netplanRenderers.find((known) => known.toLowerCase() === name.toLowerCase());
  if (renderer !== undefined) return renderer;
  throw new CommandError(
    `--renderer: unknown '${printable(name)}'; expected ${oneOf(netplanRenderers)}`,
    exitStatus.usage,
  );
}

/** The guest's masters, all or those that `--master` names. */
function findMasters(system: System, { master: wanted = [], ...options }: GenerateOptions): readonly MasterTarget[] {
  const topology = readTopology(openGuest(system, options).tree);
  if (isFailure(topology)) {
    throw new CommandError(
      `cannot read links: ${explainFailure(topology)}; expected a Linux sysfs, or --generic for any guest`,
    );
  }
  for (const failure of topology.unreadable) {
    system.err(`failoverctl generate: unreadable: ${explainFailure(failure)}\n`);
  }
  if (topology.groups.length === 0) {
    throw new CommandError('no failover group in this guest; expected one, or --generic for any guest');
  }
  const found = topology.groups.map(({ kind, master, mac }) => ({ kind, name: master, mac }));
  for (const name of wanted) {
    if (found.some((group) => group.name === name)) continue;
    const known = found.map((group) => printable(group.name));
    throw new CommandError(`--master: '${printable(name)}' is no failover master here; expected ${oneOf(known)}`);
  }
  const chosen = wanted.length === 0 ? found : found.filter(({ name }) => wanted.includes(name));
  const unknown = chosen.find(({ mac }) => mac === '');
  if (unknown !== undefined) throw new CommandError(`cannot read the MAC of master '${printable(unknown.name)}'`);
  return chosen;
}

/** Only what matches by name has to be able to write it. */
function checkName(name: string, target: ManagerName, choices: RenderChoices): void {
  if (findManager(target)?.canHold?.(name, choices) !== false) return;
  throw new CommandError(
    `master '${printable(name)}': ${target} matches by name, and its files cannot hold this one; rename the link, or use networkd`,
  );
}

/** The command again, in one form: what is in the header of each file. */
function describeCommand(target: ManagerName, options: GenerateOptions): string {
  const words = [
    ...(options.generic === true ? ['--generic'] : []),
    ...(options.master ?? []).map(
      (name) => `--master ${/^[A-Za-z0-9_.@+-]+$/.test(name) ? name : `'${printable(name)}'`}`,
    ),
    ...(options.name ?? []).map((name) => `--name ${name}`),
    ...(options.configVersion === undefined ? [] : [`--config-version ${options.configVersion}`]),
    ...(options.for === undefined ? [] : [`--for ${options.for}`]),
    ...(options.renderer === undefined ? [] : [`--renderer ${readRenderer(options.renderer)}`]),
    ...(target === 'udev' ? [] : addressingWords(options)),
  ];
  return ['failoverctl generate', target, ...words].join(' ');
}

function printFiles(files: readonly GeneratedFile[]): string {
  return files.map(({ path, mode, text }) => `# ${path} (${mode.toString(8).padStart(4, '0')})\n${text}`).join('\n');
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

export function define() {
  const command = defineCommand(
    'generate',
    'Prints the configuration with which a network manager asks for an address on failover masters alone.',
  )
    .argument('<manager>', oneOf(renderedManagers.map(({ name }) => name)))
    .allowExcessArguments(false)
    .usage('<manager> [options]')
    .option('--generic', 'for any guest: no MAC, no slot, no name of a link in the files')
    .option('--master <link>', 'only this master of the guest; repeatable (default: all)', collect)
    .option('--renderer <name>', 'netplan: networkd or NetworkManager (default: networkd)')
    .option('--name <link>', "cloud-init: the master's name in a guest that is not here; repeatable", collect)
    .option('--config-version <number>', 'cloud-init: version 1 or 2 (default: 2)')
    .option(
      '--for <place>',
      "cloud-init: 'seed', a datasource's network-config, or 'system', for /etc/cloud/cloud.cfg.d",
    )
    .option('--out <dir>', 'write the files below DIR, at the paths that they have in the guest')
    .option(...rootOption)
    .option(...snapshotOption);
  for (const { flags, description, collects } of addressingOptions) {
    if (collects) command.option(flags, description, collect);
    else command.option(flags, description);
  }
  return command.addHelpText('after', helpAfter);
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

const helpAfter = `
With none of --dhcp4, --dhcp6, --ra and --address it is --dhcp4. What is not asked for is off: without --ra the master
takes no address from router advertisements. DHCPv6 tells no route: --dhcp6 is mostly given with --ra.

This guest or any guest:
  Without --generic the failover groups are read from /sys/class/net. The files then name each master by its MAC (by its
  name, where the manager knows nothing better), and keep the manager off every other link with that MAC.
  With --generic the files fit any guest, for an image. They rely on the udev rules, which are part of the output.

Files by manager (each with the udev rules):
  networkd        a guard that sorts before all other files, and the master's .network
  netplan         the same guard, or NetworkManager's with --renderer NetworkManager; 95-failover.yaml and drop-ins. A
                  shipped catch-all such as 90-default.yaml can stay. With --generic and NetworkManager a profile of
                  NetworkManager's own takes the place of the YAML, since netplan cannot name the master there.
  ifupdown        interfaces.d/failover, the if-pre-up.d hook and drop-ins. With --generic a unit brings each master up.
  networkmanager  a guard in conf.d and a profile for each master. With --generic the profile can take an ordinary
                  virtio-net NIC that has none of its own.
  udev            the rules alone, the same for every guest
  cloud-init      network-config that every renderer of cloud-init takes for the master alone, by its name: for a seed, or
                  with --for system for an image. --name says the name if the guest is not here. No udev rules.

Output: each file after a line "# PATH (MODE)". With --out nothing is overwritten: if a file is there already, nothing at
all is written. The files written are named on standard output. To set a guest up, with a preview and a way back, use
'failoverctl install'.

Exit status: 0; 2 wrong usage; 3 no failover group, no readable sysfs, or the files cannot be written.

Examples:
  failoverctl generate networkd
  failoverctl generate netplan --generic --dhcp4 --dhcp6 --ra --out /mnt/image
  failoverctl generate cloud-init --name enp1s0 >network-config
  failoverctl generate ifupdown --address 192.0.2.5/24 --gateway 192.0.2.1 --dns 192.0.2.53
`;
