/** The profile that netplan writes for NetworkManager (write_nm_conf_access_point() in src/nm.c): a keyfile, by its daemon's rules. */
import { hasWildcard } from '../../text/fnmatch.ts';
import { scalarText, valueOf } from '../../text/yaml-tree.ts';
import { composeFile, type Piece } from '../composed-text.ts';
import { isPhysical, type Definition, type Said } from './definition.ts';
import { escapeId, isYes, said, saidNumber } from './lines.ts';
import type { Links } from './links.ts';
import { matchedName } from './lower-link.ts';
import { addressLines, type KeyLine } from './profile-addresses.ts';
import type { ConfigFile } from '../claim.ts';

/** Of links that a failover guest has; what is not here is not lowered. */
export const profileTypes: Readonly<Partial<Record<Definition['kind'], string>>> = {
  ethernets: 'ethernet',
  'nm-devices': 'ethernet',
  bonds: 'bond',
  bridges: 'bridge',
  vlans: 'vlan',
  vrfs: 'vrf',
  'dummy-devices': 'dummy',
  'virtual-ethernets': 'veth',
};

export function lowerProfile(definition: Definition, links: Links, version: string | undefined): readonly ConfigFile[] {
  const { kind, id, renderer } = definition;
  if (renderer !== 'NetworkManager' || !isLowered(definition)) return [];
  const groups: readonly (readonly [name: string, lines: readonly KeyLine[]])[] = [
    ['connection', [...connectionLines(definition), ...parentLines(definition, links)]],
    ['ethernet', hardwareLines(definition)],
    ['bond', kind === 'bonds' ? bondLines(definition) : []],
    ['vlan', kind === 'vlans' ? vlanLines(definition, links) : []],
    ['vrf', kind === 'vrfs' ? [tableLine(definition)] : []],
    ['match', matchLines(definition)],
    ['ipv4', addressLines(definition, 4, version)],
    ['ipv6', addressLines(definition, 6, version)],
  ];
  const pieces: Piece[] = [];
  for (const [name, own] of groups) {
    const lines = passThrough(definition, name, own);
    const [first] = lines;
    if (first === undefined) continue;
    pieces.push({ text: `${pieces.length > 0 ? '\n' : ''}[${name}]\n`, place: first[2] });
    for (const [key, value, at] of lines) pieces.push({ text: `${key}=${escapeValue(value)}\n`, place: at });
  }
  const path = `/run/NetworkManager/system-connections/netplan-${escapeId(id, version)}.nmconnection`;
  return [composeFile('netplan', path, 0o600, pieces)];
}

/** A profile of a type that a passthrough names, and a VLAN that is a filter of an SR-IOV card, are not. */
function isLowered(definition: Definition): boolean {
  const type = said(definition, 'networkmanager', 'passthrough', 'connection.type')?.text ?? 'ethernet';
  const isInfiniBand = said(definition, 'infiniband-mode') !== null || macOf(definition)?.text.length === 59;
  return (
    profileTypes[definition.kind] !== undefined && type === 'ethernet' && !isInfiniBand && !definition.isHardwareFilter
  );
}

function macOf(definition: Definition): Said | null {
  return said(definition, 'match', 'macaddress');
}

/** Without a table, which only the boot generator lets pass, it writes the number that stands for none. */
function tableLine(definition: Definition): KeyLine {
  const table = said(definition, 'table');
  return table === null ? ['table', '4294967295', definition.place] : ['table', table.text, table.place];
}

function keyLine(key: string, value: Said | null): readonly KeyLine[] {
  return value === null ? [] : [[key, value.text, value.place]];
}

/** `networkmanager: {passthrough: {GROUP.KEY: VALUE}}` has the last word. */
function passThrough({ settings }: Definition, group: string, lines: readonly KeyLine[]): readonly KeyLine[] {
  const passed = valueOf(valueOf(settings, 'networkmanager'), 'passthrough');
  const own = (passed?.kind === 'map' ? passed.entries : []).flatMap(({ key, keyPlace, value }): readonly KeyLine[] =>
    key.startsWith(`${group}.`) && value.kind === 'scalar' ? [[key.slice(group.length + 1), value.text, keyPlace]] : [],
  );
  // "_" stands for an empty group; and NetworkManager's "unknown" for privacy is what an unset key is.
  const isUnset = ([key, value]: KeyLine): boolean =>
    key === '_' || (group === 'ipv6' && key === 'ip6-privacy' && value === '-1');
  return [...lines.filter(([key]) => !own.some(([other]) => other === key)), ...own.filter((line) => !isUnset(line))];
}

/** As g_key_file_set_string() writes it. */
function escapeValue(value: string): string {
  const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return value.replaceAll(/[\\\n\r\t]/g, (character) => escapes[character] ?? character).replace(/^ /, '\\s');
}

/** The globs that netplan looks for are fnmatch's. */
function connectionLines(definition: Definition): readonly KeyLine[] {
  const { kind, id, place, settings } = definition;
  const original = matchedName(definition);
  const plain = original === null || hasWildcard(original.text) ? null : original;
  const own = { text: id, place };
  const name = !isPhysical(definition)
    ? id.length < 16
      ? own
      : null
    : (said(definition, 'set-name') ?? (isMatched(definition) ? plain : own));
  const activation = said(definition, 'activation-mode');
  const passed = valueOf(valueOf(settings, 'networkmanager'), 'name');
  return [
    ['id', scalarText(passed) ?? `netplan-${id}`, passed?.place ?? place],
    // Of nm-devices the type is passed through.
    ...(kind === 'nm-devices' ? [] : [['type', profileTypes[kind] ?? 'ethernet', place] as const]),
    ...keyLine('interface-name', name),
    ...(activation === null ? [] : [['autoconnect', 'false', activation.place] as const]),
    ...portLines(definition),
  ];
}

/** A bond over a bridge, a VRF over both. */
function portLines({ bridge, bond, vrf }: Definition): readonly KeyLine[] {
  const master = vrf ?? bond ?? bridge;
  if (master === null) return [];
  return [
    ['slave-type', vrf !== null ? 'vrf' : bond !== null ? 'bond' : 'bridge', master.place],
    ['master', master.text, master.place],
  ];
}

function hardwareLines(definition: Definition): readonly KeyLine[] {
  const isReal = isPhysical(definition);
  const wake = said(definition, 'wakeonlan');
  return [
    ...(isReal ? [['wake-on-lan', isYes(wake) ? '1' : '0', wake?.place ?? definition.place] as const] : []),
    ...(isReal && said(definition, 'set-name') === null ? keyLine('mac-address', macOf(definition)) : []),
    ...keyLine('cloned-mac-address', said(definition, 'macaddress')),
    ...keyLine('mtu', saidNumber(definition, 'mtu')),
  ];
}

/** Of a bond's parameters, those that decide whether a master can be its port. */
function bondLines(definition: Definition): readonly KeyLine[] {
  return [
    ...keyLine('mode', said(definition, 'parameters', 'mode')),
    ...keyLine('fail_over_mac', said(definition, 'parameters', 'fail-over-mac-policy')),
  ];
}

function vlanLines(definition: Definition, { byId }: Links): readonly KeyLine[] {
  const id = said(definition, 'id');
  const link = said(definition, 'link');
  const parent = byId.get(link?.text ?? '');
  return [
    ...keyLine('id', id === null ? null : { ...id, text: String(Number(id.text)) }),
    ...keyLine('parent', link !== null && isMatched(parent) ? { ...link, text: standInUuid(link.text) } : link),
  ];
}

function isMatched(definition: Definition | undefined): boolean {
  return definition !== undefined && valueOf(definition.settings, 'match') !== undefined;
}

/** A VLAN's parent that is matched is told by the UUID of its profile. netplan makes a random one: this stands for it. */
function parentLines(definition: Definition, { vlans }: Links): readonly KeyLine[] {
  return vlans.has(definition.id) && isMatched(definition)
    ? [['uuid', standInUuid(definition.id), definition.place]]
    : [];
}

/** FNV-1a, four times. */
function standInUuid(id: string): string {
  const words = [0, 1, 2, 3].map((seed) => {
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (const character of `${id}${seed}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return hash.toString(16).padStart(8, '0');
  });
  return words.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function matchLines(definition: Definition): readonly KeyLine[] {
  const original = matchedName(definition);
  const isGlob = original !== null && hasWildcard(original.text) && said(definition, 'set-name') === null;
  return isGlob ? [['interface-name', `${original.text};`, original.place]] : [];
}
