/** What netplan writes for udev of links that exist: .link files, and rules that rename (src/networkd.c). */
import { composeFile, type Piece } from '../composed-text.ts';
import { isPhysical, type Definition, type Said } from './definition.ts';
import {
  boolLine,
  compose,
  driversOf,
  escapeId,
  networkdPath,
  optionLine,
  said,
  saidNumber,
  section,
  switchLine,
  type Line,
} from './lines.ts';
import { isAtLeast } from './version.ts';
import type { Place } from '../../text/source.ts';
import type { ConfigFile } from '../claim.ts';

/** The name that a link is matched by: none where a match says something else. */
export function matchedName(definition: Definition): Said | null {
  const { id, place, isNamedById } = definition;
  return said(definition, 'match', 'name') ?? (isNamedById ? { text: id, place } : null);
}

/** Where the match stands, or else the ID, which is the match. */
function placeOfMatch({ settings, place }: Definition): Place {
  return settings.entries.findLast(({ key }) => key === 'match')?.keyPlace ?? place;
}

/** append_match_section(); the .link file matches the name that the kernel gave, the .network file the new one. */
export function matchSection(definition: Definition, renamed: boolean, version: string | undefined): readonly Line[] {
  const { id, place } = definition;
  const drivers = driversOf(definition);
  const mac = said(definition, 'match', 'macaddress');
  const isReal = isPhysical(definition);
  const current = !isReal ? { text: id, place } : (said(definition, 'set-name') ?? matchedName(definition));
  const hasPermanent = isAtLeast(version, '0.106');
  return [
    ['[Match]', placeOfMatch(definition)],
    drivers[0] === undefined ? null : [`Driver=${drivers.map(({ text }) => text).join(' ')}`, drivers[0].place],
    optionLine(hasPermanent ? 'PermanentMACAddress' : 'MACAddress', mac),
    mac === null || hasPermanent || !isReal ? null : ['Type=!vlan bond bridge', mac.place],
    renamed ? optionLine('Name', current) : optionLine('OriginalName', matchedName(definition)),
  ];
}

const offloads: readonly (readonly [key: string, option: string])[] = [
  ['receive-checksum-offload', 'ReceiveChecksumOffload'],
  ['transmit-checksum-offload', 'TransmitChecksumOffload'],
  ['tcp-segmentation-offload', 'TCPSegmentationOffload'],
  ['tcp6-segmentation-offload', 'TCP6SegmentationOffload'],
  ['generic-segmentation-offload', 'GenericSegmentationOffload'],
  ['generic-receive-offload', 'GenericReceiveOffload'],
  ['large-receive-offload', 'LargeReceiveOffload'],
];

/** networkd's word for a policy that `macaddress:` names; NetworkManager has more of them. */
export const linkMacPolicies: Readonly<Record<string, string>> = { permanent: 'persistent', random: 'random' };

/** One that networkd knows. */
export function isMacPolicy(text: string): boolean {
  return Object.hasOwn(linkMacPolicies, text);
}

/** write_link_file(); without one of these there is none. */
export function lowerLink(definition: Definition, version: string | undefined): readonly ConfigFile[] {
  const { kind, id, place, renderer } = definition;
  const wake = boolLine(definition, 'wakeonlan', 'WakeOnLan=magic');
  const mac = said(definition, 'macaddress');
  const policy = renderer === 'networkd' ? linkMacPolicies[mac?.text ?? ''] : undefined;
  const asked = [
    optionLine('Name', said(definition, 'set-name')),
    wake,
    optionLine('MTUBytes', saidNumber(definition, 'mtu')),
    policy === undefined || mac === null ? null : ([`MACAddressPolicy=${policy}`, mac.place] as const),
    ...offloads.map(([key, option]) => switchLine(definition, key, option, ['true', 'false'])),
  ];
  if (asked.every((line) => line === null) || kind === 'modems') return [];
  const [name = null, , ...rest] = asked;
  const lines: readonly Line[] = [name, wake ?? ['WakeOnLan=off', place], ...rest];
  return [
    compose(networkdPath(id, '.link', version), [matchSection(definition, false, version), section('Link', lines)]),
  ];
}

/** write_rules_file(): a second way to the name, by udev's NAME=. A list of drivers is joined by tabs, and never matches. */
export function lowerNameRule(definition: Definition, version: string | undefined): readonly ConfigFile[] {
  const rename = said(definition, 'set-name');
  const mac = said(definition, 'match', 'macaddress');
  const drivers = driversOf(definition);
  if (rename === null || (mac === null && drivers.length === 0)) return [];
  const driver = drivers.length === 0 ? '?*' : drivers.map(({ text }) => text).join('\t');
  const pieces: Piece[] = [
    { text: 'SUBSYSTEM=="net", ACTION=="add", ', place: rename.place },
    { text: `DRIVERS=="${escapeQuotes(driver, version)}", `, place: drivers[0]?.place ?? rename.place },
    ...(mac === null ? [] : [{ text: `ATTR{address}=="${mac.text}", `, place: mac.place }]),
    { text: `NAME="${escapeQuotes(rename.text, version)}"\n`, place: rename.place },
  ];
  const path = `/run/udev/rules.d/99-netplan-${escapeId(definition.id, version)}.rules`;
  return [composeFile('netplan', path, 0o644, pieces)];
}

/** _netplan_scrub_string(), not yet in 0.106. */
export function escapeQuotes(text: string, version: string | undefined): string {
  return isAtLeast(version, '0.107') ? text.replaceAll('"', '\\"') : text;
}
