/**
 * What netplan writes for NetworkManager: a profile a definition, and rules that tell it for every definition whether the
 * link is its own (src/nm.c).
 */
import { entryOf, scalarText, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { composeFile, type Piece } from '../composed-text.ts';
import { isTrue } from './check.ts';
import { physicalKinds, type DefinitionKind } from './keys.ts';
import { driversOf, escapeId } from './lower-networkd.ts';
import { isHardwareFilter, references, type Definition } from './definition.ts';
import type { Place } from '../../text/source.ts';
import type { ConfigFile } from '../claim.ts';

type Line = readonly [key: string, value: string, place: Place];

export function lowerToNetworkManager(definitions: readonly Definition[]): readonly ConfigFile[] {
  return [
    ...definitions
      .filter((definition) => definition.renderer === 'NetworkManager' && isLowered(definition))
      .map((definition) => lowerProfile(definition, definitions)),
    ...lowerRules(definitions),
    ...lowerDeviceSections(definitions),
  ];
}

/** Of links that a failover guest has; what is not here is not lowered. */
const types: Readonly<Partial<Record<DefinitionKind, string>>> = {
  ethernets: 'ethernet',
  'nm-devices': 'ethernet',
  bonds: 'bond',
  bridges: 'bridge',
  vlans: 'vlan',
  vrfs: 'vrf',
  'dummy-devices': 'dummy',
  'virtual-ethernets': 'veth',
};

/** A profile of a type that a passthrough names, and a VLAN that is a filter of an SR-IOV card, are not. */
function isLowered({ kind, settings }: Definition): boolean {
  const passed = valueOf(valueOf(settings, 'networkmanager'), 'passthrough');
  const type = scalarText(valueOf(passed, 'connection.type'));
  return types[kind] !== undefined && (type === null || type === 'ethernet') && !isHardwareFilter({ kind, settings });
}

function said({ settings }: Definition, key: string): Extract<YamlNode, { kind: 'scalar' }> | null {
  const node = valueOf(settings, key);
  return node?.kind === 'scalar' ? node : null;
}

function lowerProfile(definition: Definition, all: readonly Definition[]): ConfigFile {
  const { kind, id, place } = definition;
  const groups: readonly (readonly [name: string, lines: readonly Line[]])[] = [
    ['connection', connectionLines(definition, all)],
    ['ethernet', hardwareLines(definition)],
    ['vlan', kind === 'vlans' ? vlanLines(definition, all) : []],
    ['match', matchLines(definition)],
    ['ipv4', addressLines(definition, 4)],
    ['ipv6', addressLines(definition, 6)],
  ];
  const pieces: Piece[] = [];
  for (const [name, own] of groups) {
    const lines = passThrough(definition, name, own);
    const [first] = lines;
    if (first === undefined) continue;
    pieces.push({
      text: `${pieces.length > 0 ? '\n' : ''}[${name}]\n`,
      place: first[2],
    });
    for (const [key, value, at] of lines) pieces.push({ text: `${key}=${escapeValue(value)}\n`, place: at });
  }
  if (pieces.length === 0) pieces.push({ text: '', place });
  return composeFile(
    'netplan',
    `/run/NetworkManager/system-connections/netplan-${escapeId(id)}.nmconnection`,
    0o600,
    pieces,
  );
}

/** `networkmanager: {passthrough: {GROUP.KEY: VALUE}}` has the last word. */
function passThrough({ settings }: Definition, group: string, lines: readonly Line[]): readonly Line[] {
  const passed = valueOf(valueOf(settings, 'networkmanager'), 'passthrough');
  const own = (passed?.kind === 'map' ? passed.entries : []).flatMap(({ key, keyPlace, value }): readonly Line[] =>
    key.startsWith(`${group}.`) && value.kind === 'scalar' ? [[key.slice(group.length + 1), value.text, keyPlace]] : [],
  );
  return [...lines.filter(([key]) => !own.some(([other]) => other === key)), ...own];
}

/** As g_key_file_set_string() writes it. */
function escapeValue(value: string): string {
  const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return value.replaceAll(/[\\\n\r\t]/g, (character) => escapes[character] ?? character).replace(/^ /, '\\s');
}

function connectionLines(definition: Definition, all: readonly Definition[]): readonly Line[] {
  const { kind, id, place, settings } = definition;
  const match = valueOf(settings, 'match');
  const rename = said(definition, 'set-name');
  const original = valueOf(match, 'name');
  const plain = original?.kind === 'scalar' && !/[*[\]?]/.test(original.text) ? original : null;
  const name: Line | null = !physicalKinds.has(kind)
    ? ['interface-name', id, place]
    : rename !== null
      ? ['interface-name', rename.text, rename.place]
      : match === undefined
        ? ['interface-name', id, place]
        : plain === null
          ? null
          : ['interface-name', plain.text, plain.place];
  const activation = said(definition, 'activation-mode');
  const lines: (Line | null)[] = [
    ['id', scalarText(valueOf(valueOf(settings, 'networkmanager'), 'name')) ?? `netplan-${id}`, place],
    ['type', types[kind] ?? 'ethernet', place],
    name,
    activation === null ? null : ['autoconnect', 'false', activation.place],
    ...portLines(definition, all),
  ];
  return lines.filter((line) => line !== null);
}

function portLines({ id }: Definition, all: readonly Definition[]): readonly Line[] {
  for (const other of all) {
    const node = references(other).find(({ text }) => text === id);
    const type = { bonds: 'bond', bridges: 'bridge', vrfs: 'vrf' }[other.kind as string];
    if (node === undefined || type === undefined) continue;
    return [
      ['slave-type', type, node.place],
      ['master', other.id, node.place],
    ];
  }
  return [];
}

function hardwareLines(definition: Definition): readonly Line[] {
  const match = valueOf(definition.settings, 'match');
  const mac = valueOf(match, 'macaddress');
  const cloned = said(definition, 'macaddress');
  const mtu = said(definition, 'mtu');
  const isPhysical = physicalKinds.has(definition.kind);
  const wake = said(definition, 'wakeonlan');
  const lines: (Line | null)[] = [
    isPhysical ? ['wake-on-lan', isTrue(wake ?? undefined) ? '1' : '0', wake?.place ?? definition.place] : null,
    mac?.kind === 'scalar' && said(definition, 'set-name') === null ? ['mac-address', mac.text, mac.place] : null,
    cloned === null ? null : ['cloned-mac-address', cloned.text, cloned.place],
    mtu === null ? null : ['mtu', mtu.text, mtu.place],
  ];
  return lines.filter((line) => line !== null);
}

function vlanLines(definition: Definition, all: readonly Definition[]): readonly Line[] {
  const [id, link] = [said(definition, 'id'), said(definition, 'link')];
  const parent = all.find((other) => other.id === link?.text);
  // A parent that is matched is told by a random UUID of its profile, which nobody can know before.
  const named = parent !== undefined && valueOf(parent.settings, 'match') === undefined;
  return [
    ...(id === null ? [] : [['id', id.text, id.place] as const]),
    ...(link === null || !named ? [] : [['parent', link.text, link.place] as const]),
  ];
}

function matchLines(definition: Definition): readonly Line[] {
  const original = valueOf(valueOf(definition.settings, 'match'), 'name');
  if (original?.kind !== 'scalar' || said(definition, 'set-name') !== null || !/[*[\]?]/.test(original.text)) return [];
  return [['interface-name', `${original.text};`, original.place]];
}

function addressLines(definition: Definition, family: 4 | 6): readonly Line[] {
  const { settings, place } = definition;
  const dhcp = entryOf(settings, `dhcp${family}`);
  const list = valueOf(settings, 'addresses');
  const addresses = (list?.kind === 'sequence' ? list.items : []).flatMap((item) => {
    const text = item.kind === 'map' ? (item.entries[0]?.key ?? '') : (scalarText(item) ?? '');
    return text.includes(':') === (family === 6) ? [{ text, place: item.place }] : [];
  });
  const gateway = said(definition, `gateway${family}`);
  const isAsked = isTrue(dhcp?.value);
  const servers = valueOf(valueOf(settings, 'nameservers'), 'addresses');
  const has6 = servers?.kind === 'sequence' && servers.items.some((item) => scalarText(item)?.includes(':') === true);
  const generation = said(definition, 'ipv6-address-generation');
  const manual = addresses.length > 0 || (family === 6 && (gateway !== null || has6 || generation !== null));
  const method = isAsked ? 'auto' : manual ? 'manual' : family === 4 ? 'link-local' : 'ignore';
  const metric = valueOf(valueOf(settings, `dhcp${family}-overrides`), 'route-metric');
  return [
    ['method', method, isAsked ? (dhcp?.value.place ?? place) : (addresses[0]?.place ?? place)],
    ...addresses.map(({ text, place: at }, index): Line => [`address${index + 1}`, text, at]),
    ...(gateway === null ? [] : [['gateway', gateway.text, gateway.place] as const]),
    ...(metric?.kind === 'scalar' && isAsked ? [['route-metric', metric.text, metric.place] as const] : []),
  ];
}

/** `match: {}` is all links of the type, and no rule can say that. */
function isMatchAll({ settings }: Definition): boolean {
  const match = valueOf(settings, 'match');
  return match?.kind === 'map' && ['driver', 'macaddress', 'name'].every((key) => valueOf(match, key) === undefined);
}

/** NM_UNMANAGED for every definition, whoever renders it, so that NetworkManager leaves networkd's alone. */
function lowerRules(definitions: readonly Definition[]): readonly ConfigFile[] {
  const pieces: Piece[] = [];
  const prefix = 'SUBSYSTEM=="net", ACTION=="add|change|move",';
  for (const definition of definitions) {
    if (isMatchAll(definition)) continue;
    const { settings, id, place, renderer } = definition;
    const match = valueOf(settings, 'match');
    const suffix = ` ENV{NM_UNMANAGED}="${renderer === 'NetworkManager' ? 0 : 1}"\n`;
    const rename = said(definition, 'set-name');
    const set = said(definition, 'macaddress');
    const named = rename ?? (match === undefined ? { text: id, place } : null);
    if (named !== null)
      pieces.push({ text: `${prefix} ENV{ID_NET_NAME}=="${named.text}",${suffix}`, place: named.place });
    if (set !== null)
      pieces.push({ text: `${prefix} ATTR{address}=="${set.text.toLowerCase()}",${suffix}`, place: set.place });
    const name = valueOf(match, 'name');
    const mac = valueOf(match, 'macaddress');
    const drivers = driversOf(match);
    const conditions = [
      name?.kind === 'scalar' ? ` ENV{ID_NET_NAME}=="${name.text}",` : '',
      mac?.kind === 'scalar' ? ` ATTR{address}=="${mac.text.toLowerCase()}",` : '',
      drivers.length === 0 ? '' : ` ENV{ID_NET_DRIVER}=="${drivers.map(({ text }) => text).join('|')}",`,
    ].join('');
    if (conditions !== '')
      pieces.push({ text: `${prefix}${conditions}${suffix}`, place: entryOf(settings, 'match')?.keyPlace ?? place });
  }
  return pieces.length === 0 ? [] : [composeFile('netplan', '/run/udev/rules.d/90-netplan.rules', 0o644, pieces)];
}

function lowerDeviceSections(definitions: readonly Definition[]): readonly ConfigFile[] {
  const pieces = definitions.filter(isMatchAll).map(({ kind, id, place, renderer }): Piece => ({
    text: `[device-netplan.${kind}.${id}]\nmatch-device=type:${types[kind] ?? 'ethernet'}\nmanaged=${renderer === 'NetworkManager' ? 1 : 0}\n\n`,
    place,
  }));
  return pieces.length === 0 ? [] : [composeFile('netplan', '/run/NetworkManager/conf.d/netplan.conf', 0o644, pieces)];
}
