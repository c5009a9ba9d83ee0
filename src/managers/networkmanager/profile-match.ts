/**
 * Which links a profile is for (check_connection_compatible() of src/core/devices/nm-device.c and nm-device-ethernet.c).
 */
import { keyFileEntry, keyFileList, keyFileString, type KeyFileEntry } from '../../text/key-file.ts';
import { fnmatch } from '../../text/fnmatch.ts';
import { allOf, anyOf, known } from '../verdict.ts';
import { sameMac } from './device-spec.ts';
import { ethernetGroup, readMac } from './profile-values.ts';
import { isAtLeast } from './compare-version.ts';
import type { MatchKey, Verdict } from '../claim.ts';
import type { LinkFacts } from '../../topology/guest.ts';
import type { Profile } from './profile.ts';

export interface ProfileMatch {
  readonly verdict: Verdict;
  readonly keys: readonly MatchKey[];
  readonly reason: string;
}

/** Could the profile be active on the link? */
export function matchProfile(profile: Profile, link: LinkFacts, kernelCommandLine: string | undefined): ProfileMatch {
  const { file } = profile;
  const keys: MatchKey[] = [];
  /** A value that is read over gives null. */
  const add = (on: MatchKey['on'], entry: KeyFileEntry | undefined, judge: (raw: string) => Verdict | null) => {
    const verdict = entry === undefined ? null : judge(entry.raw);
    if (entry === undefined || verdict === null) return;
    keys.push({ on, value: entry.value, verdict, place: entry.valuePlace });
  };
  type Words = readonly string[];
  const addList = (on: MatchKey['on'], group: string, key: string, judge: (words: Words) => Verdict) =>
    add(on, keyFileEntry(file, group, key), (raw) => {
      const words = keyFileList(raw);
      return words === null || words.length === 0 ? null : judge(words);
    });
  add('name', keyFileEntry(file, 'connection', 'interface-name'), (raw) => {
    const name = keyFileString(raw);
    return name === null ? null : known(name === link.name);
  });
  const ethernet = ethernetGroup(file);
  add('permanent-mac', keyFileEntry(file, ethernet, 'mac-address'), (raw) => {
    const mac = readMac(raw);
    return mac === null ? null : sameMac(mac, link);
  });
  // From 1.48 on one list under two names, of which the new one counts, even if it is empty.
  const isNewList =
    isAtLeast(profile.version, 48) !== 'no' && keyFileEntry(file, ethernet, 'mac-address-denylist') !== undefined;
  addList('permanent-mac', ethernet, isNewList ? 'mac-address-denylist' : 'mac-address-blacklist', (macs) =>
    notAny(macs.map((mac) => sameMac(readMac(mac) ?? mac, link))),
  );
  addList('name', 'match', 'interface-name', (words) => matchWildcards(words, link.name));
  addList('parent-driver', 'match', 'driver', (words) =>
    link.parentDriver === undefined ? 'maybe' : matchWildcards(words, link.parentDriver ?? link.driver ?? ''),
  );
  addList('path', 'match', 'path', (words) =>
    link.idPath === undefined ? 'maybe' : matchWildcards(words, link.idPath ?? ''),
  );
  addList('host', 'match', 'kernel-command-line', (words) =>
    kernelCommandLine === undefined ? 'maybe' : matchKernelWords(words, kernelCommandLine),
  );
  const wrong = keys.find(({ verdict }) => verdict === 'no');
  const reason =
    wrong !== undefined
      ? `${nameOf(wrong)}=${wrong.value} does not match`
      : keys.length === 0
        ? 'the profile is for any Ethernet link'
        : keys.map((key) => `${nameOf(key)}=${key.value} matches`).join('; ');
  return { verdict: allOf(keys.map(({ verdict }) => verdict)), keys, reason };
}

function notAny(verdicts: readonly Verdict[]): Verdict {
  const any = anyOf(verdicts);
  return any === 'yes' ? 'no' : any === 'no' ? 'yes' : 'maybe';
}

const names: Readonly<Partial<Record<MatchKey['on'], string>>> = {
  name: 'interface-name',
  'permanent-mac': 'mac-address',
  'parent-driver': 'driver',
  path: 'path',
  host: 'kernel-command-line',
};

function nameOf({ on }: MatchKey): string {
  return names[on] ?? on;
}

/**
 * nm_wildcard_match_check(): `!` excludes, `&` must match, `|` (or nothing) is one of those of which one must; a backslash
 * takes the next character as it is.
 */
function matchWildcards(words: readonly string[], text: string): Verdict {
  let hasOptional = false;
  let optional = false;
  for (const word of words) {
    const [, mark = '', inverted = '', escaped = '', rest = ''] = /^([|&]?)(!?)(\\?)([^]*)$/.exec(word) ?? [];
    const mandatory = mark === '&' || (mark === '' && inverted === '!');
    const hit = fnmatch(escaped === '' ? rest : `\\${rest}`, text) !== (inverted === '!');
    if (mandatory && !hit) return 'no';
    if (!mandatory) {
      hasOptional = true;
      optional ||= hit;
    }
  }
  return known(optional || !hasOptional);
}

function matchKernelWords(list: readonly string[], commandLine: string): Verdict {
  const have = commandLine.split(/\s+/);
  const words = list.map((word) => {
    const [, mark = '', inverted = '', rest = ''] = /^([|&]?)(!?)([^]*)$/.exec(word) ?? [];
    const found = have.some((other) => other === rest || (!rest.includes('=') && other.startsWith(`${rest}=`)));
    return { mandatory: mark === '&' || (mark === '' && inverted === '!'), hit: found !== (inverted === '!') };
  });
  if (words.some(({ mandatory, hit }) => mandatory && !hit)) return 'no';
  const optional = words.filter(({ mandatory }) => !mandatory);
  return known(optional.length === 0 || optional.some(({ hit }) => hit));
}
