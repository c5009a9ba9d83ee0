/**
 * .link files: the first whose [Match] takes a link gives it its name at `add`, its MAC and its MTU
 * (link_get_config() and link_generate_new_name() of src/udev/net/link-config.c).
 */
import type { Place } from '../../text/source.ts';
import type { Guest, LinkFacts } from '../../topology/guest.ts';
import type { Claim, Effect, Netdev, PlacedValue, Problem } from '../claim.ts';
import { placeOfMatch, type CollectedUnits, type NetworkUnit } from '../systemd/files.ts';
import { checkKeys, readKeyTable } from '../systemd/keys.ts';
import { matchLink } from '../systemd/match.ts';
import { subjectOfNetdev, type MatchSubject } from '../systemd/match-subject.ts';
import { readMatchSection, type MatchSection } from '../systemd/match-section.ts';
import {
  readHardwareAddress,
  readInterfaceName,
  readMtu,
  readScalar,
  readSettings,
  readWord,
  type Setting,
} from '../systemd/settings.ts';
import { linkKeys } from './link-keys.ts';

export interface LinkFile {
  readonly unit: NetworkUnit;
  readonly match: MatchSection;
  readonly place: Place;
  readonly settings: readonly Setting[];
}

export interface LinkFiles {
  readonly files: readonly LinkFile[];
  readonly problems: readonly Problem[];
  readonly unread: CollectedUnits['unread'];
}

const linkTable = readKeyTable(linkKeys);

export function readLinkFiles({ units, documents, unread }: CollectedUnits, version: number | undefined): LinkFiles {
  const problems: Problem[] = documents.flatMap((document) => checkKeys(document, linkTable, version));
  const empty: { file: NetworkUnit['main']; why: string }[] = [];
  const files = units.flatMap((unit): LinkFile[] => {
    const settings = readSettings(unit.documents, linkTable, version);
    const match = readMatchSection(
      settings
        .filter(({ section }) => section === 'Match')
        .map(({ assignment, place, uncertainSince }) => ({ source: place.source, assignment, uncertainSince })),
    );
    const place = placeOfMatch(unit);
    problems.push(...match.problems);
    if (unit.rejected) return [];
    if (!match.empty) return [{ unit, match, place, settings }];
    const message = `nothing valid in the [Match] section of ${unit.name}: expected at least one key, OriginalName=* for every link`;
    problems.push({ kind: 'ignored', place, message, consequence: 'ignores the whole file' });
    empty.push({ file: unit.main, why: 'nothing valid in [Match]: expected at least OriginalName=' });
    return [];
  });
  return { files, problems, unread: [...unread, ...empty] };
}

/** One claim a file, in the order in which udev asks them. */
export function claimLink(
  files: readonly LinkFile[],
  subject: MatchSubject,
  link: LinkFacts,
  { host }: Guest,
): readonly Claim[] {
  return files.map(({ match, place, settings }) => {
    const { verdict, keys, reason } = matchLink(match, subject, host);
    const effects = verdict === 'no' ? [] : readLinkEffects(settings, link, host.kernelCommandLine);
    return { manager: 'udev', place, verdict, keys, reason, effects };
  });
}

/** What the first .link file that matches a bridge or bond says of its MAC; null: none matches it, or says anything. */
export function readMacPolicy(
  files: readonly LinkFile[],
  name: string,
  kind: Netdev['kind'],
  { host }: Guest,
): PlacedValue | null {
  const subject = subjectOfNetdev(name, kind);
  const chosen = files.find(({ match }) => matchLink(match, subject, host).verdict !== 'no');
  if (chosen === undefined) return null;
  const policy = readScalar(chosen.settings, ['Link'], 'MACAddressPolicy', macPolicies);
  const mac = readScalar(chosen.settings, ['Link'], 'MACAddress', readHardwareAddress);
  const found = policy === null || policy.value === 'none' ? (mac ?? policy) : policy;
  return found === null ? { value: 'none', place: chosen.place } : { value: found.value, place: found.setting.place };
}

const macPolicies = readWord({ persistent: 'persistent', random: 'random', none: 'none' });

function readLinkEffects(
  settings: readonly Setting[],
  link: LinkFacts,
  commandLine: string | undefined,
): readonly Effect[] {
  const effects: Effect[] = [];
  const scalar = <Value>(key: string, read: (value: string) => Value | null) =>
    readScalar(settings, ['Link'], key, read);
  const rename = readNewName(settings, link, commandLine);
  if (rename !== null && rename.name !== link.kernelName)
    effects.push({
      kind: 'rename',
      ...(rename.name === undefined ? {} : { detail: rename.name }),
      place: rename.setting.place,
    });

  const named = settings.filter(({ section, key }) => section === 'Link' && key === 'AlternativeName');
  for (const { value, place } of named)
    for (const name of value.split(/\s+/)) if (name !== '') effects.push({ kind: 'altname', detail: name, place });

  const policy = scalar('MACAddressPolicy', macPolicies);
  const mac = scalar('MACAddress', readHardwareAddress);
  // "persistent" does nothing to a NIC that has a MAC of its own, as all links of a failover group have.
  if (policy?.value === 'random') effects.push({ kind: 'mac', detail: 'random', place: policy.setting.place });
  else if (mac !== null && policy?.value !== 'persistent')
    effects.push({ kind: 'mac', detail: mac.value, place: mac.setting.place });
  const mtu = scalar('MTUBytes', readMtu);
  if (mtu !== null) effects.push({ kind: 'mtu', detail: mtu.value, place: mtu.setting.place });
  return effects;
}

/** The udev property that each of NamePolicy='s words takes the name from. */
const policyProperties: Readonly<Record<string, string>> = {
  database: 'ID_NET_NAME_FROM_DATABASE',
  onboard: 'ID_NET_NAME_ONBOARD',
  slot: 'ID_NET_NAME_SLOT',
  path: 'ID_NET_NAME_PATH',
};

/** NamePolicy='s first word that gives a name, else Name=; null: the link keeps its name. */
function readNewName(
  settings: readonly Setting[],
  link: LinkFacts,
  commandLine: string | undefined,
): { readonly name: string | undefined; readonly setting: Setting } | null {
  const policies = settings.filter(({ section, key }) => section === 'Link' && key === 'NamePolicy');
  const enabled = !/(?:^|\s)net\.ifnames=(?:0|no|false|off)(?:\s|$)/.test(commandLine ?? '');
  // The last non-empty line counts; an empty one takes back.
  const policy = policies.at(-1);
  if (enabled && policy !== undefined)
    for (const word of policy.value.split(/\s+/)) {
      if (word === 'mac' && link.mac !== undefined)
        return { name: `enx${link.mac.replaceAll(':', '')}`, setting: policy };
      const property = policyProperties[word];
      // "keep" and "kernel" are for links that have been named already; a failover group's have the kernel's eth0.
      if (property === undefined) continue;
      if (link.properties === undefined || link.builtinsUnknown === true)
        return { name: link.name === link.kernelName ? undefined : link.name, setting: policy };
      const name = link.properties.get(property);
      if (name !== undefined && name !== '') return { name, setting: policy };
    }
  const name = readScalar(settings, ['Link'], 'Name', readInterfaceName);
  return name === null ? null : { name: name.value, setting: name.setting };
}
