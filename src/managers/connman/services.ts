/**
 * connman-service.config(5), as src/config.c reads it: what is given to services. One without MAC= and DeviceName= is for every
 * ethernet service (1.41, run), not for the first that is found, as the page has it.
 */
import { keyFileEntry, parseKeyFile, type KeyFileEntry, type KeyFileGroup } from '../../text/key-file.ts';
import { parseIPv4 } from '../../text/address.ts';
import type { ConfigFile, Effect, Problem } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export interface Service {
  readonly place: Place;
  readonly mac: KeyFileEntry | undefined;
  readonly device: KeyFileEntry | undefined;
  readonly effects: readonly Effect[];
}

export function readServices(file: ConfigFile): {
  readonly services: readonly Service[];
  readonly problems: readonly Problem[];
} {
  const parsed = parseKeyFile(file.source);
  const problems: Problem[] = parsed.faults.map(({ place, message }) => ({
    kind: 'syntax',
    place,
    message,
    consequence: 'connman leaves the file out',
    fatal: true,
  }));
  const services: Service[] = [];
  for (const group of parsed.groups) {
    if (group.name === 'global') continue;
    const entry = (key: string) => keyFileEntry(parsed, group.name, key);
    if (!group.name.startsWith('service_')) {
      problems.push(problem('wrong-section', group.place, `unknown group '${group.name}', expected service_NAME`));
      continue;
    }
    const type = entry('Type');
    if (type === undefined) {
      problems.push(problem('bad-value', group.place, `'${group.name}' has no Type, expected Type=ethernet`));
      continue;
    }
    if (type.value !== 'ethernet') continue;
    services.push({
      place: group.place,
      mac: entry('MAC'),
      device: entry('DeviceName'),
      effects: effectsOf(group, problems),
    });
  }
  return { services, problems };
}

function problem(kind: Problem['kind'], place: Place, message: string): Problem {
  return { kind, place, message, consequence: 'connman ignores the section' };
}

/** What connman does to a link with nothing said: DHCP by the MAC, and IPv6 by router advertisements. */
export function defaultEffects(place: Place): readonly Effect[] {
  return [...dhcp(place), ...automatic(place)];
}

function dhcp(place: Place): readonly Effect[] {
  return [
    { kind: 'dhcp4', place },
    { kind: 'client-id', detail: 'mac', place },
  ];
}

function automatic(place: Place): readonly Effect[] {
  return [
    { kind: 'link-local6', place },
    { kind: 'ra', place },
  ];
}

function effectsOf({ entries, place }: KeyFileGroup, problems: Problem[]): readonly Effect[] {
  const last = (key: string) => entries.findLast((entry) => entry.key === key);
  const four = last('IPv4');
  const six = last('IPv6');
  return [
    ...(four === undefined ? dhcp(place) : fourOf(four, problems)),
    ...(six === undefined || six.value === 'auto'
      ? automatic(six?.valuePlace ?? place)
      : six.value === 'off'
        ? []
        : [address(six)]),
  ];
}

function fourOf(entry: KeyFileEntry, problems: Problem[]): readonly Effect[] {
  const { value, valuePlace } = entry;
  if (value === 'off') return [];
  if (value === 'dhcp') return dhcp(valuePlace);
  const [host = '', mask = '', gateway] = value.split('/').map((part) => part.trim());
  const isMask = parseIPv4(mask) !== null || (/^\d+$/.test(mask) && Number(mask) <= 32);
  if (parseIPv4(host) === null || !isMask || (gateway !== undefined && parseIPv4(gateway) === null)) {
    const message = `IPv4=${value}: expected off, dhcp or ADDRESS/NETMASK/GATEWAY`;
    problems.push({ kind: 'bad-value', place: valuePlace, message, consequence: 'connman asks by DHCP' });
    return dhcp(valuePlace);
  }
  return [address(entry)];
}

function address({ value, valuePlace }: KeyFileEntry): Effect {
  return { kind: 'address', detail: value.split('/').slice(0, 2).join('/'), place: valuePlace };
}
