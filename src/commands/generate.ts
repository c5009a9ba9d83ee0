/** `failoverctl generate`: the files that make one network manager ask for an address on the master alone. */
import { findManager, loadRenderings, renderedManagers } from '../managers/all.ts';
import { renderFor } from '../managers/render.ts';
import { renderGuardPackage } from '../install/guard-package.ts';
import type { ManagerName } from '../managers/claim.ts';
import type { RenderChoices } from '../managers/description.ts';
import { printable } from '../report/table.ts';
import { readTopology } from '../topology/failover-group.ts';
import { isFailure, type System } from '../system/system.ts';
import { parseArguments } from './arguments.ts';
import { CommandError, exitStatus, explainFailure } from './command.ts';
import { openGuest } from './guest.ts';
import { carriedFormats, carryFiles, type CarriedFormat } from './carried-output.ts';
import { addressingWords, readAddressing } from './addressing-options.ts';
import { defineGenerate, oneOf, type GenerateOptions } from './generate-options.ts';
import { writeFilesBelow } from './output-directory.ts';
import { checkStack, readPresentLinks, readStack, stackWords } from './stack-options.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';
import type { MasterTarget } from '../managers/master-config.ts';

export { defineGenerate as define } from './generate-options.ts';

type NetplanRenderer = RenderChoices['netplanRenderer'];
type CloudInitChoices = Exclude<RenderChoices['cloudInit'], undefined>;

const netplanRenderers: readonly NetplanRenderer[] = ['networkd', 'NetworkManager'];

export async function run(args: readonly string[], system: System): Promise<number> {
  const { options, operands } = parseArguments<GenerateOptions>(defineGenerate(), args, system);
  if (operands[0] === 'guard') return generateGuard(system, options);
  const format = carriedFormats.find((name) => name === operands[0]);
  if (format !== undefined) return carry(system, format, options);
  if (options.manager !== undefined)
    throw new CommandError(`--manager is for ${oneOf(carriedFormats)}`, exitStatus.usage);
  const target = readTarget(operands);
  checkCombination(target, options);
  const choices = { netplanRenderer: readRenderer(options.renderer), cloudInit: readCloudInit(options) };
  const addressing = readAddressing(options);
  const stack = readStack(options, target, options.generic === true);
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
  if (stack !== null) checkStack(stack, masters ?? [], readPresentLinks(openGuest(system, options).tree));
  for (const { name } of masters ?? []) checkName(name, target, choices);
  const config = {
    masters,
    ...addressing,
    ...(stack === null ? {} : { stack }),
    command: describeCommand(target, options),
  };
  const renderings = await loadRenderings();
  const refusal = renderings.get(target)?.refuse?.(config, choices) ?? null;
  if (refusal !== null) throw new CommandError(refusal, exitStatus.usage);
  const files = renderFor(renderings, target, config, choices);
  return give(system, options.out, files);
}

function give(system: System, out: string | undefined, files: readonly GeneratedFile[]): number {
  if (out === undefined) system.out(printFiles(files));
  else {
    const written = writeFilesBelow(system, out, files);
    system.out(written.map((path) => `${printable(path)}\n`).join(''));
  }
  return exitStatus.clean;
}

/** What the package failoverctl-guard holds. */
async function generateGuard(system: System, { out, ...others }: GenerateOptions): Promise<number> {
  const [other] = Object.entries(others).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  if (other !== undefined) {
    const flag = other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new CommandError(`--${flag} means nothing with guard, which is for any guest`, exitStatus.usage);
  }
  return give(system, out, renderGuardPackage(await loadRenderings()));
}

/** For any guest: the machine is not there yet. Who configures links there is not known either, and files of another harm nobody. */
async function carry(system: System, format: CarriedFormat, options: GenerateOptions): Promise<number> {
  const { generic: _, out, manager, ...rest } = options;
  const other = Object.keys(rest).find((key) => !/^(?:dhcp4|dhcp6|ra|address|gateway|dns|mtu|metric)$/.test(key));
  if (other !== undefined)
    throw new CommandError(`--${other} means nothing with ${format}, which is for any guest`, exitStatus.usage);
  const targets =
    manager === undefined
      ? [...(format === 'kickstart' ? [] : ['networkd']), 'networkmanager']
      : [readTarget([manager])];
  const words = [...(manager === undefined ? [] : [`--manager ${manager}`]), ...addressingWords(options)];
  const command = ['failoverctl generate', format, ...words].join(' ');
  const config = { masters: null, ...readAddressing(options), command };
  const renderings = await loadRenderings();
  const choices = { netplanRenderer: 'networkd' } as const;
  const files = targets.flatMap((target) => {
    const refusal = renderings.get(target)?.refuse?.(config, choices) ?? null;
    if (refusal !== null) throw new CommandError(refusal, exitStatus.usage);
    return renderFor(renderings, target, config, choices);
  });
  const unique = files.filter(({ path }, index) => files.findIndex((one) => one.path === path) === index);
  const { name, text } = carryFiles(format, unique, command);
  if (out !== undefined) return give(system, out, [{ path: `/${name}`, mode: 0o600, text }]);
  system.out(text);
  return exitStatus.clean;
}

function readTarget(operands: readonly string[]): ManagerName {
  const [name = ''] = operands;
  const known = renderedManagers.map((manager) => manager.name);
  const target = known.find((manager) => manager === name);
  if (target === undefined) {
    throw new CommandError(
      `unknown manager '${printable(name)}'; expected ${oneOf([...known, ...carriedFormats, 'guard'])}`,
      exitStatus.usage,
    );
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
    ...stackWords(options),
    ...(target === 'udev' ? [] : addressingWords(options)),
  ];
  return ['failoverctl generate', target, ...words].join(' ');
}

function printFiles(files: readonly GeneratedFile[]): string {
  return files.map(({ path, mode, text }) => `# ${path} (${mode.toString(8).padStart(4, '0')})\n${text}`).join('\n');
}
