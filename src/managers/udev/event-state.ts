/** An event at one moment while rules are run over it: what its properties are by then, and what `$…` stands for. */
import { countBytes } from '../../text/lines.ts';
import { compareNames } from '../systemd/files.ts';
import type { FormatLetter } from './format.ts';
import type { RuleToken } from './rule-model.ts';
import type { Verdict } from '../claim.ts';
import type { Device } from './device.ts';
import type { Fact } from './device-facts.ts';

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
  const { facts, attribute, property } = state.device;
  const { action, kernelName, driver, idPath } = facts;
  const version = facts.host.systemdVersion;
  switch (name) {
    case 'ACTION':
      return action;
    case 'SUBSYSTEM':
      return 'net';
    case 'INTERFACE':
      return kernelName;
    case 'ID_NET_DRIVER':
      // net_driver in 50- since 255, net_setup_link in 80- before.
      if (version === undefined) return after(state, '80-net-setup-link.rules') ? driver : undefined;
      return after(state, version >= 255 ? '50-udev-default.rules' : '80-net-setup-link.rules') ? driver : null;
    case 'ID_PATH':
      return after(state, '75-net-description.rules') ? idPath : null;
    case 'ID_NET_NAME_MAC': {
      if (!after(state, '75-net-description.rules')) return null;
      const mac = attribute('address')[0] ?? undefined;
      return mac === undefined ? undefined : `enx${mac.replaceAll(':', '')}`;
    }
  }
  if (state.assigned.has(name)) return null;
  // Builtins and hwdb set names with ID_ only; what the database holds was found out by one of them.
  if (facts.hasProperties) return property(name);
  return name.startsWith('ID_') || name === 'DEVTYPE' ? undefined : null;
}

function after({ fileName }: EventState, standard: string): boolean {
  return compareNames(fileName, standard) > 0;
}

/** UDEV_NAME_SIZE: a property, a name and what `$attr{…}` stands for have to be shorter, or are not set at all. */
export const longValue = 512;

/** UDEV_PATH_SIZE, for all else. */
export const longPath = 1024;

/** A text, undefined where it is not known, and `null` where it is too long for udev to use it. */
export type Substituted = string | undefined | null;

/** Replaces $attr{…}, $env{…}, $kernel, $name and their short forms. `room`: how many bytes udev has for it. */
export function substitute(state: EventState, { value, format }: RuleToken, room = longValue): Substituted {
  if (format === null) return countBytes(value) < room ? value : null;
  let isKnown = true;
  let text = '';
  for (const part of format.parts) {
    if (part.kind === 'end') break;
    const fact = part.kind === 'text' ? part.text : valueOf(state, part.letter, part.argument);
    if (fact === undefined) isKnown = false;
    text += fact ?? '';
    if (countBytes(text) >= room) return null;
  }
  return isKnown ? text : undefined;
}

function valueOf(state: EventState, letter: FormatLetter, argument: string): Fact {
  const { kernelName } = state.device.facts;
  switch (letter) {
    case 's': {
      const values = state.device.attribute(argument);
      return values.length === 1 ? values[0] : undefined;
    }
    case 'E':
      return propertyOf(state, argument);
    case 'k':
      return kernelName;
    case 'D':
      return state.name === null ? kernelName : state.name;
    case 'n':
      return kernelName === undefined ? undefined : (/\d*$/.exec(kernelName)?.[0] ?? '');
    case 'r':
      return '/dev';
    case 'S':
      return '/sys';
    default:
      return undefined;
  }
}
