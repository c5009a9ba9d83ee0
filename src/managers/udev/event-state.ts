/** An event at one moment while rules are run over it: what its properties are by then, and what `$…` stands for. */
import { compareNames } from '../systemd/files.ts';
import type { Verdict } from '../claim.ts';
import type { Device, Fact } from './device.ts';

export interface EventState {
  readonly device: Device;
  readonly properties: Map<string, Fact>;
  readonly tags: Map<string, Verdict>;
  name: Fact;
  nameFinal: boolean;
  /** The file whose rules are at work, for what udev's builtins have found out by then. */
  fileName: string;
  /** Properties that some rule sets: absent until it does. */
  readonly assigned: ReadonlySet<string>;
}

/** Properties that udev's builtins and the kernel give, and from which of the standard files on. */
export function propertyOf(state: EventState, name: string): Fact {
  const set = state.properties.get(name);
  if (state.properties.has(name)) return set;
  const { link, action, kernelName, guest } = state.device;
  const version = guest.host.systemdVersion;
  switch (name) {
    case 'ACTION':
      return action;
    case 'SUBSYSTEM':
      return 'net';
    case 'INTERFACE':
      return kernelName;
    case 'ID_NET_DRIVER':
      // net_driver in 50- since 255, net_setup_link in 80- before.
      if (version === undefined) return after(state, '80-net-setup-link.rules') ? link.driver : undefined;
      return after(state, version >= 255 ? '50-udev-default.rules' : '80-net-setup-link.rules') ? link.driver : null;
    case 'ID_PATH':
      return after(state, '75-net-description.rules') ? link.idPath : null;
    case 'ID_NET_NAME_MAC':
      if (!after(state, '75-net-description.rules')) return null;
      return link.mac === undefined ? undefined : `enx${link.mac.replaceAll(':', '')}`;
  }
  if (state.assigned.has(name)) return null;
  // Builtins and hwdb set names with ID_ only; what the database holds was found out by one of them.
  if (link.properties !== undefined) return link.properties.get(name) ?? null;
  return name.startsWith('ID_') || name === 'DEVTYPE' ? undefined : null;
}

function after({ fileName }: EventState, standard: string): boolean {
  return compareNames(fileName, standard) > 0;
}

/** The short forms of `$…`, with the long names' first letters as udev tries them. */
const substitutions: readonly (readonly [long: string, short: string])[] = [
  ['attr', 's'],
  ['sysfs', 's'],
  ['env', 'E'],
  ['kernel', 'k'],
  ['name', 'D'],
  ['result', 'c'],
  ['driver', 'd'],
  ['number', 'n'],
  ['devpath', 'p'],
  ['id', 'b'],
];

/** Replaces $attr{…}, $env{…}, $kernel, $name and their short forms; undefined where one is not known. */
export function substitute(state: EventState, value: string): string | undefined {
  let unknown = false;
  const pattern =
    /\$(\$|attr|sysfs|env|kernel|name|result|driver|number|devpath|id)(?:\{([^}]*)\})?|%([%sEkDcdnpbPrSNL])(?:\{([^}]*)\})?/g;
  const text = value.replace(
    pattern,
    (whole, long?: string, longArgument?: string, short?: string, shortArgument?: string) => {
      if (long === '$' || short === '%') return long ?? short ?? '';
      const letter = short ?? substitutions.find(([name]) => name === long)?.[1] ?? '';
      const argument = longArgument ?? shortArgument ?? '';
      const fact = valueOf(state, letter, argument);
      if (fact === undefined) unknown = true;
      const takesArgument = 'sEc'.includes(letter);
      return (fact ?? '') + (takesArgument || argument === '' ? '' : whole.slice(whole.indexOf('{')));
    },
  );
  return unknown ? undefined : text;
}

function valueOf(state: EventState, letter: string, argument: string): Fact {
  switch (letter) {
    case 's': {
      const values = state.device.attribute(argument);
      return values.length === 1 ? values[0] : undefined;
    }
    case 'E':
      return propertyOf(state, argument);
    case 'k':
      return state.device.kernelName;
    case 'D':
      return state.name === null ? state.device.kernelName : state.name;
    case 'n':
      return state.device.kernelName === undefined ? undefined : (/\d*$/.exec(state.device.kernelName)?.[0] ?? '');
    default:
      return undefined;
  }
}
