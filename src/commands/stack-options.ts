/** `--bridge` and `--vlan` of `generate`: what shall stand on a master. */
import { vlanName, type MasterStack, type MasterTarget } from '../managers/master-config.ts';
import { stackingManagers } from '../managers/all.ts';
import type { ManagerName } from '../managers/claim.ts';
import { printable } from '../report/table.ts';
import { isFailure, type System } from '../system/system.ts';
import { netDirectory, readAttribute } from '../topology/link.ts';
import { CommandError, exitStatus } from './command.ts';

export interface StackOptions {
  readonly bridge?: string;
  readonly vlan?: string;
}

/** Null: nothing stands on the masters. Throws CommandError with status 2. */
export function readStack({ bridge, vlan }: StackOptions, target: ManagerName, isGeneric: boolean): MasterStack | null {
  const [option] = [...(bridge === undefined ? [] : ['--bridge']), ...(vlan === undefined ? [] : ['--vlan'])];
  if (option === undefined) return null;
  if (!stackingManagers.includes(target))
    throw wrong(option, `${target} cannot be given it here; expected ${listed(stackingManagers)}`);
  if (isGeneric)
    throw wrong(
      option,
      'what stands on a master has its MAC and its name, which a guest that is not here has not told; expected no --generic: run it in the guest, or with its snapshot as --snapshot',
    );
  const stack = { bridge: bridge === undefined ? null : readLinkName(bridge), vlan: readVlan(vlan) };
  if (stack.vlan !== null && stack.bridge === vlanName(stack.vlan))
    throw wrong('--bridge', `'${stack.bridge}' is the name of the VLAN; expected another`);
  return stack;
}

/** One stack is for one master, and takes no name that another link has. */
export function checkStack(stack: MasterStack, masters: readonly MasterTarget[], links: readonly PresentLink[]): void {
  const option = stack.bridge === null ? '--vlan' : '--bridge';
  if (masters.length > 1) {
    const names = masters.map(({ name }) => printable(name)).join(', ');
    throw wrong(option, `there are several masters (${names}); say which one by --master`);
  }
  const made = [
    ...(stack.vlan === null ? [] : [{ name: vlanName(stack.vlan), kind: 'vlan', option: '--vlan' }]),
    ...(stack.bridge === null ? [] : [{ name: stack.bridge, kind: 'bridge', option: '--bridge' }]),
  ];
  for (const { name, kind, option: its } of made)
    if (links.some((link) => link.name === name && link.kind !== kind))
      throw wrong(its, `'${name}' is another link of this guest; expected a name that is free`);
}

/** A link of the guest, and DEVTYPE of its `uevent`. */
export interface PresentLink {
  readonly name: string;
  readonly kind: string | null;
}

export function readPresentLinks(guest: System): readonly PresentLink[] {
  const names = guest.list(netDirectory);
  return (isFailure(names) ? [] : names).map((name) => {
    const text = readAttribute(guest, name, 'uevent');
    return { name, kind: isFailure(text) ? null : (/^DEVTYPE=(.+)$/m.exec(text)?.[1] ?? null) };
  });
}

/** The options again as words of a command line. */
export function stackWords({ bridge, vlan }: StackOptions): readonly string[] {
  return [
    ...(bridge === undefined ? [] : [`--bridge ${bridge}`]),
    ...(vlan === undefined ? [] : [`--vlan ${Number(vlan)}`]),
  ];
}

/** A link's name that every manager's files can hold, and that is no word of the kernel's own: dev_valid_name(), net.ipv4.conf. */
function readLinkName(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_.-]{0,14}$/.test(text) && !/^(?:all|default|lo|bonding_masters|none)$/.test(text))
    return text;
  const why =
    text.length > 15
      ? 'is longer than 15 characters'
      : /^[a-z]*$/.test(text) && text !== ''
        ? 'has a meaning of its own'
        : 'is no name for a link';
  throw wrong(
    '--bridge',
    `'${printable(text)}' ${why}; expected one such as br0: a letter, then letters, digits, '_', '.', '-'`,
  );
}

function readVlan(text: string | undefined): number | null {
  if (text === undefined) return null;
  const id = /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (id >= 1 && id <= 4094) return id;
  throw wrong('--vlan', `'${printable(text)}' is not right; expected a VLAN ID, a whole number from 1 to 4094`);
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function wrong(option: string, message: string): CommandError {
  return new CommandError(`${option}: ${message}`, exitStatus.usage);
}
