/**
 * Lists of devices as NetworkManager's configuration tells them (`match-device`, `unmanaged-devices`, `no-auto-default`):
 * nm_match_spec_device() in src/core/nm-core-utils.c.
 */
import { keyFileWords } from '../../text/key-file.ts';
import { anyOf, known, not } from '../verdict.ts';
import type { MatchKey, Verdict } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import type { LinkFacts } from '../../topology/guest.ts';

/** A list, or a part of one that several files make together (`KEY+=`). */
export interface DeviceList {
  readonly list: string;
  readonly place: Place;
}

export interface DeviceMatch {
  readonly verdict: Verdict;
  /** The part that has the word which takes the link; else the first. */
  readonly place: Place;
  readonly keys: readonly MatchKey[];
}

/**
 * A hit of an `except:` wins over all; a list of nothing but `except:` takes whatever none of them hits. The parts are one
 * list: an `except:` that a later file adds holds for what an earlier one names.
 */
export function matchDevices(parts: readonly [DeviceList, ...DeviceList[]], link: LinkFacts): DeviceMatch {
  const keys: MatchKey[] = [];
  const except: Verdict[] = [];
  const wanted: MatchKey[] = [];
  for (const { list, place } of parts)
    for (const word of keyFileWords(list)) {
      const excepted = /^except:/i.test(word);
      const key = matchSpec(excepted ? word.slice('except:'.length) : word, !excepted, link, place);
      keys.push({ ...key, value: word });
      if (excepted) except.push(key.verdict);
      else wanted.push(key);
    }
  const hit = wanted.length > 0 ? anyOf(wanted.map(({ verdict }) => verdict)) : known(except.length > 0);
  const out = anyOf(except);
  const verdict = out === 'yes' || hit === 'no' ? 'no' : out === 'no' ? hit : 'maybe';
  return { verdict, place: wanted.find((key) => key.verdict === hit)?.place ?? parts[0].place, keys };
}

function matchSpec(spec: string, fuzzy: boolean, link: LinkFacts, place: Place): MatchKey {
  const key = (on: MatchKey['on'], verdict: Verdict): MatchKey => ({ on, value: spec, verdict, place });
  const after = (tag: string) => (spec.toLowerCase().startsWith(tag) ? spec.slice(tag.length) : null);
  if (spec === '*') return key('other', 'yes');
  const name = after('interface-name:');
  if (name !== null) return key('name', matchName(name, link));
  const mac = after('mac:');
  if (mac !== null) return key('permanent-mac', sameMac(mac, link));
  const type = after('type:');
  if (type !== null) return key('type', link.type === undefined ? 'maybe' : known(type === deviceType(link)));
  const driver = after('driver:');
  if (driver !== null) return key('parent-driver', matchDriver(driver, link));
  if (after('s390-subchannels:') !== null) return key('other', 'no');
  if (after('dhcp-plugin:') !== null) return key('other', 'maybe');
  if (!fuzzy) return key('other', 'no');
  return /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(spec)
    ? key('permanent-mac', sameMac(spec, link))
    : key('name', known(spec === link.name));
}

/** `=NAME` is literal; else `*` and `?`, with or without `~`. */
function matchName(text: string, link: LinkFacts): Verdict {
  if (text.startsWith('=')) return known(text.slice(1) === link.name);
  const pattern = text.startsWith('~') ? text.slice(1) : text;
  return known(pattern === link.name || matchSimple(pattern, link.name));
}

/** g_pattern_match_simple(): `*` and `?` alone. */
export function matchSimple(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${source.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`, 'u').test(text);
}

export function sameMac(text: string, { permanentMac }: LinkFacts): Verdict {
  if (permanentMac === undefined) return 'maybe';
  return known(text.replaceAll('-', ':').toLowerCase() === permanentMac);
}

/** The name as NetworkManager has it, the parent device's; a version behind `/` is a glob, of what is not known here. */
function matchDriver(text: string, { parentDriver, driver }: LinkFacts): Verdict {
  const driverName = parentDriver ?? driver;
  if (parentDriver === undefined || driverName === undefined) return 'maybe';
  const slash = text.lastIndexOf('/');
  if (slash < 0) return known(text === driverName);
  if (!driverName.startsWith(text.slice(0, slash))) return 'no';
  return text.slice(slash + 1) === '*' ? 'yes' : 'maybe';
}

/** NetworkManager's word for an Ethernet link is "ethernet"; what else there is, it tells by the kind. */
export function deviceType({ type, kind }: LinkFacts): string {
  return kind !== null && kind !== undefined ? kind : type === 'ether' || type === undefined ? 'ethernet' : type;
}

/** Kleene's not, for lists that keep something away. */
export const spared = (match: DeviceMatch): Verdict => not(match.verdict);

/** As one list. */
export function textOf(parts: readonly DeviceList[]): string {
  return parts.map(({ list }) => list).join(',');
}
