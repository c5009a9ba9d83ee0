/** What a profile does to the link that it is active on. */
import { keyFileEntry, type KeyFile, type KeyFileEntry } from '../../text/key-file.ts';
import { ethernetGroup, readAddress, readClonedMac, readInteger } from './profile-values.ts';
import { addressEntries } from './verify-profile.ts';
import type { Effect } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import type { Profile } from './profile.ts';

export function readEffects(profile: Profile): readonly Effect[] {
  const { file, place } = profile;
  const of = (group: string, key: string) => keyFileEntry(file, group, key);
  const effects: Effect[] = [{ kind: 'up', place }];
  const say = (kind: Effect['kind'], entry: KeyFileEntry | undefined, detail?: string) =>
    effects.push({ kind, place: entry?.valuePlace ?? place, ...(detail === undefined ? {} : { detail }) });
  say('wait-online', undefined);
  const { port } = profile;
  if (port !== null) say('enslave', port.controller, port.controller.value);
  if (port?.hasAddresses !== false) {
    addFour(profile, say);
    addSix(profile, say);
  }
  const ethernet = ethernetGroup(file);
  const cloned = of(ethernet, 'cloned-mac-address') ?? of(ethernet, 'assigned-mac-address');
  const address = cloned === undefined ? null : readClonedMac(cloned.raw);
  if (address !== null && !/^(?:preserve|permanent)$/.test(address)) say('mac', cloned, address);
  const mtu = of(ethernet, 'mtu');
  const size = readInteger(mtu?.raw ?? '', 1, 2 ** 32 - 1);
  if (size !== null) say('mtu', mtu, String(size));
  return effects;
}

type Say = (kind: Effect['kind'], entry: KeyFileEntry | undefined, detail?: string) => void;

function addFour({ file }: Profile, say: Say): void {
  const method = keyFileEntry(file, 'ipv4', 'method');
  if (method === undefined || method.raw === 'auto') {
    say('dhcp4', method);
    const id = keyFileEntry(file, 'ipv4', 'dhcp-client-id');
    say('client-id', id, id?.value ?? 'mac');
  }
  addAddresses('ipv4', file, say);
}

function addSix({ file }: Profile, say: Say): void {
  const method = keyFileEntry(file, 'ipv6', 'method');
  const word = method?.raw ?? 'auto';
  // `auto` asks by DHCPv6 if the router says so.
  if (word === 'auto') say('ra', method);
  if (word === 'dhcp') say('dhcp6', method);
  if (['auto', 'dhcp', 'manual', 'link-local', 'shared'].includes(word)) say('link-local6', method);
  addAddresses('ipv6', file, say);
}

function addAddresses(family: 'ipv4' | 'ipv6', file: KeyFile, say: Say): void {
  for (const entry of addressEntries(file, family)) {
    const address = readAddress(entry.raw, family);
    if (address !== null) say('address', entry, address);
  }
}

/** What a connection does that NetworkManager makes by itself for a link without one ("Wired connection 1"). */
export function defaultEffects(place: Place): readonly Effect[] {
  const kinds = ['up', 'wait-online', 'dhcp4', 'ra', 'link-local6'] as const;
  return [...kinds.map((kind): Effect => ({ kind, place })), { kind: 'client-id', detail: 'mac', place }];
}
