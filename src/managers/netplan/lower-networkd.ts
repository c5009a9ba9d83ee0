/** What netplan writes for networkd and udev: .network, .link and rules, with the YAML's places (src/networkd.c). */
import { entryOf, scalarText, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { composeFile, type Piece } from '../composed-text.ts';
import { isTrue } from './check.ts';
import { physicalKinds } from './keys.ts';
import { isHardwareFilter, references, type Definition } from './definition.ts';
import { isAtLeast } from './version.ts';
import type { Place } from '../../text/source.ts';
import type { ConfigFile } from '../claim.ts';

/** A line of a lowered file, or nothing. */
type Line = readonly [text: string, place: Place] | null;

export function lowerToNetworkd(
  definitions: readonly Definition[],
  version: string | undefined,
): readonly ConfigFile[] {
  const files: ConfigFile[] = [];
  for (const definition of definitions) {
    // Names and hardware are udev's, whoever configures the link.
    if (physicalKinds.has(definition.kind)) files.push(...lowerLink(definition), ...lowerRules(definition));
    if (definition.renderer !== 'networkd' || isHardwareFilter(definition)) continue;
    files.push(lowerNetwork(definition, definitions, version));
    if (!physicalKinds.has(definition.kind)) files.push(...lowerNetdev(definition));
  }
  return files;
}

/** g_uri_escape_string(): what is not unreserved in RFC 3986. */
export function escapeId(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9._~-]/g, (character) => encodeURIComponent(character));
}

const runtime = (id: string, suffix: string) => `/run/systemd/network/10-netplan-${escapeId(id)}${suffix}`;

function compose(path: string, sections: readonly (readonly Line[])[]): ConfigFile {
  const pieces: Piece[] = [];
  for (const [index, all] of sections.entries()) {
    const lines = all.filter((line) => line !== null);
    if (index > 0 && pieces.length > 0 && lines[0] !== undefined) pieces.push({ text: '\n', place: lines[0][1] });
    for (const [text, place] of lines) pieces.push({ text: `${text}\n`, place });
  }
  return composeFile('netplan', path, 0o644, pieces);
}

/** A section with its header, or nothing if it has no line. */
function section(name: string, lines: readonly Line[]): readonly Line[] {
  const first = lines.find((line) => line !== null);
  return first === undefined || first === null ? [] : [[`[${name}]`, first[1]], ...lines];
}

function scalarLine({ settings }: Definition, key: string, option: string): Line {
  const entry = entryOf(settings, key);
  const text = scalarText(entry?.value);
  return entry === undefined || text === null ? null : [`${option}=${text}`, entry.value.place];
}

function boolLine({ settings }: Definition, key: string, line: string): Line {
  const entry = entryOf(settings, key);
  return entry !== undefined && isTrue(entry.value) ? [line, entry.value.place] : null;
}

function items(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'sequence' ? node.items : [];
}

/** The drivers of a match, a scalar or a list. */
export function driversOf(match: YamlNode | undefined): readonly { text: string; place: Place }[] {
  const driver = valueOf(match, 'driver');
  return (driver?.kind === 'sequence' ? driver.items : driver === undefined ? [] : [driver]).flatMap((item) =>
    item.kind === 'scalar' ? { text: item.text, place: item.place } : [],
  );
}

/** append_match_section(); the .link file matches the name that the kernel gave, the .network file the new one. */
function matchSection(definition: Definition, renamed: boolean, version: string | undefined): readonly Line[] {
  const { kind, id, place, settings } = definition;
  const match = valueOf(settings, 'match');
  const drivers = driversOf(match);
  const mac = valueOf(match, 'macaddress');
  const isPhysical = physicalKinds.has(kind);
  const original = valueOf(match, 'name');
  const name: Line =
    original === undefined && match === undefined && isPhysical
      ? [id, place]
      : original?.kind === 'scalar'
        ? [original.text, original.place]
        : null;
  const rename = entryOf(settings, 'set-name')?.value;
  const current: Line = !isPhysical ? [id, place] : rename?.kind === 'scalar' ? [rename.text, rename.place] : name;
  const first = entryOf(settings, 'match')?.keyPlace ?? place;
  const mine = renamed ? current : name;
  return [
    ['[Match]', first],
    drivers[0] === undefined ? null : [`Driver=${drivers.map(({ text }) => text).join(' ')}`, drivers[0].place],
    mac?.kind !== 'scalar'
      ? null
      : [`${isAtLeast(version, '0.106') ? 'PermanentMACAddress' : 'MACAddress'}=${mac.text}`, mac.place],
    mac?.kind === 'scalar' && isPhysical && !isAtLeast(version, '0.106') ? ['Type=!vlan bond bridge', mac.place] : null,
    mine === null ? null : [`${renamed ? 'Name' : 'OriginalName'}=${mine[0]}`, mine[1]],
  ];
}

function lowerNetwork(definition: Definition, all: readonly Definition[], version: string | undefined): ConfigFile {
  const routes = items(valueOf(definition.settings, 'routes')).map((route): readonly Line[] => {
    const [to, via] = ['to', 'via'].map((key) => scalarText(valueOf(route, key)) ?? null);
    return section('Route', [
      to === null || to === undefined || to === 'default' ? null : [`Destination=${to}`, route.place],
      via === null || via === undefined ? ['Scope=link', route.place] : [`Gateway=${via}`, route.place],
    ]);
  });
  // An address with options of its own has a section of its own.
  const addresses = items(valueOf(definition.settings, 'addresses')).flatMap((item) =>
    item.kind === 'map'
      ? item.entries.map(({ key, keyPlace }) => section('Address', [[`Address=${key}`, keyPlace]]))
      : [],
  );
  const sections = [
    matchSection(definition, true, version),
    section('Link', linkLines(definition, version)),
    section('Network', networkLines(definition, all)),
    ...routes,
    ...addresses,
    section('DHCP', dhcpLines(definition, version)),
  ];
  return compose(
    runtime(definition.id, '.network'),
    sections.filter((lines) => lines.length > 0),
  );
}

function linkLines(definition: Definition, version: string | undefined): readonly Line[] {
  const activation = entryOf(definition.settings, 'activation-mode');
  const policy = scalarText(activation?.value) === 'manual' ? 'manual' : 'always-down';
  const isOld = !isAtLeast(version, '1.1');
  const optional = boolLine(definition, 'optional', 'RequiredForOnline=no');
  return [
    activation === undefined ? null : [`ActivationPolicy=${policy}`, activation.value.place],
    !isOld ? null : activation === undefined ? optional : ['RequiredForOnline=no', activation.value.place],
    scalarLine(definition, 'mtu', 'MTUBytes'),
    scalarLine(definition, 'macaddress', 'MACAddress'),
  ];
}

/** The bond or bridge that takes this definition as a port, by `interfaces:` there. */
function masterOf({ id }: Definition, all: readonly Definition[], kind: 'bonds' | 'bridges' | 'vrfs'): Line {
  for (const other of all) {
    if (other.kind !== kind) continue;
    const node = references(other).find(({ text }) => text === id);
    if (node !== undefined) return [other.id, node.place];
  }
  return null;
}

function networkLines(definition: Definition, all: readonly Definition[]): readonly Line[] {
  const { kind, id, settings, place } = definition;
  const [four, six] = ['dhcp4', 'dhcp6'].map((key) => boolLine(definition, key, key));
  const dhcp = four !== null && six !== null ? 'yes' : four !== null ? 'ipv4' : 'ipv6';
  const [bond, bridge, vrf] = (['bonds', 'bridges', 'vrfs'] as const).map((other) => masterOf(definition, all, other));
  const vlans = all.filter(
    (other) => other.kind === 'vlans' && !isHardwareFilter(other) && references(other).some(({ text }) => text === id),
  );
  const ra = entryOf(settings, 'accept-ra');
  const servers = items(valueOf(valueOf(settings, 'nameservers'), 'addresses'));
  return [
    four === null && six === null ? null : [`DHCP=${dhcp}`, (four ?? six)?.[1] ?? place],
    linkLocalLine(definition, (bond ?? bridge ?? null) !== null),
    ...items(valueOf(settings, 'addresses')).map((item): Line =>
      item.kind === 'scalar' ? [`Address=${item.text}`, item.place] : null,
    ),
    ra === undefined ? null : [`IPv6AcceptRA=${isTrue(ra.value) ? 'yes' : 'no'}`, ra.value.place],
    scalarLine(definition, 'gateway4', 'Gateway'),
    scalarLine(definition, 'gateway6', 'Gateway'),
    ...servers.map((server): Line => (server.kind === 'scalar' ? [`DNS=${server.text}`, server.place] : null)),
    physicalKinds.has(kind)
      ? boolLine(definition, 'ignore-carrier', 'ConfigureWithoutCarrier=yes')
      : ['ConfigureWithoutCarrier=yes', place],
    bridge === null || bridge === undefined ? null : [`Bridge=${bridge[0]}`, bridge[1]],
    bond === null || bond === undefined ? null : [`Bond=${bond[0]}`, bond[1]],
    ...vlans.map((vlan): Line => [`VLAN=${vlan.id}`, valueOf(vlan.settings, 'link')?.place ?? vlan.place]),
    vrf === null || vrf === undefined ? null : [`VRF=${vrf[0]}`, vrf[1]],
  ];
}

/** Ports of bonds and bridges never have it; else IPv6's is on unless a list says otherwise. */
function linkLocalLine({ settings, place }: Definition, isPort: boolean): Line {
  const entry = entryOf(settings, 'link-local');
  const wanted = entry === undefined ? ['ipv6'] : items(entry.value).flatMap((item) => scalarText(item) ?? []);
  const [four, six] = ['ipv4', 'ipv6'].map((family) => wanted.includes(family));
  const value = isPort || (!four && !six) ? 'no' : four && six ? 'yes' : four ? 'ipv4' : 'ipv6';
  return [`LinkLocalAddressing=${value}`, entry?.value.place ?? place];
}

/** Only the identity and the metric matter to what is judged. */
function dhcpLines(definition: Definition, version: string | undefined): readonly Line[] {
  const { settings } = definition;
  const asked = ['dhcp4', 'dhcp6'].map((key) => entryOf(settings, key)).find((entry) => isTrue(entry?.value));
  const critical = boolLine(definition, 'critical', 'CriticalConnection=true');
  if (asked === undefined) return isAtLeast(version, '1.0') ? [] : [critical];
  const overrides = entryOf(settings, `${asked.key}-overrides`);
  const metric = scalarText(valueOf(overrides?.value, 'route-metric')) ?? (definition.kind === 'wifis' ? '600' : '100');
  const useMtu = valueOf(overrides?.value, 'use-mtu');
  const place = asked.value.place;
  return [
    isAtLeast(version, '1.0') ? null : critical,
    scalarLine(definition, 'dhcp-identifier', 'ClientIdentifier'),
    [`RouteMetric=${metric}`, overrides?.keyPlace ?? place],
    [`UseMTU=${useMtu === undefined || isTrue(useMtu) ? 'true' : 'false'}`, useMtu?.place ?? place],
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

/** write_link_file(); without one of these there is none. */
function lowerLink(definition: Definition): readonly ConfigFile[] {
  const { kind, id, settings, place } = definition;
  const wake = boolLine(definition, 'wakeonlan', 'WakeOnLan=magic');
  const asked = [
    scalarLine(definition, 'set-name', 'Name'),
    wake ?? (['WakeOnLan=off', place] as const),
    scalarLine(definition, 'mtu', 'MTUBytes'),
    ...offloads.map(([key, option]): Line => {
      const entry = entryOf(settings, key);
      return entry === undefined ? null : [`${option}=${isTrue(entry.value) ? 'true' : 'false'}`, entry.value.place];
    }),
  ];
  const isNeeded = asked.filter((line) => line !== null).length > 1 || wake !== null;
  if (!isNeeded || kind === 'modems') return [];
  return [compose(runtime(id, '.link'), [matchSection(definition, false, undefined), section('Link', asked)])];
}

/** write_rules_file(): a second way to the name, by udev's NAME=. A list of drivers is joined by tabs, and never matches. */
function lowerRules({ id, settings }: Definition): readonly ConfigFile[] {
  const match = valueOf(settings, 'match');
  const rename = valueOf(settings, 'set-name');
  const mac = valueOf(match, 'macaddress');
  const drivers = driversOf(match);
  if (rename?.kind !== 'scalar' || (mac === undefined && drivers.length === 0)) return [];
  const driver = drivers.length === 0 ? '?*' : drivers.map(({ text }) => text).join('\t');
  const pieces: Piece[] = [
    { text: 'SUBSYSTEM=="net", ACTION=="add", ', place: rename.place },
    { text: `DRIVERS=="${driver}", `, place: drivers[0]?.place ?? rename.place },
    ...(mac?.kind === 'scalar' ? [{ text: `ATTR{address}=="${mac.text}", `, place: mac.place }] : []),
    { text: `NAME="${rename.text}"\n`, place: rename.place },
  ];
  return [composeFile('netplan', `/run/udev/rules.d/99-netplan-${id}.rules`, 0o644, pieces)];
}

const netdevKinds: Readonly<Partial<Record<Definition['kind'], string>>> = {
  bonds: 'bond',
  bridges: 'bridge',
  vlans: 'vlan',
  vrfs: 'vrf',
  'dummy-devices': 'dummy',
};

function lowerNetdev(definition: Definition): readonly ConfigFile[] {
  const { kind, id, place, settings } = definition;
  const netdevKind = kind === 'tunnels' ? scalarText(valueOf(settings, 'mode')) : netdevKinds[kind];
  if (netdevKind === undefined || netdevKind === null) return [];
  const head: readonly Line[] = [
    ['[NetDev]', place],
    [`Name=${id}`, place],
    scalarLine(definition, 'macaddress', 'MACAddress'),
    scalarLine(definition, 'mtu', 'MTUBytes'),
    [`Kind=${netdevKind}`, place],
  ];
  const vlan = valueOf(settings, 'id');
  const table = valueOf(settings, 'table');
  const own: readonly Line[] =
    kind === 'vlans' && vlan?.kind === 'scalar'
      ? section('VLAN', [[`Id=${vlan.text}`, vlan.place]])
      : kind === 'vrfs' && table?.kind === 'scalar'
        ? section('VRF', [[`Table=${table.text}`, table.place]])
        : [];
  return [compose(runtime(id, '.netdev'), own.length === 0 ? [head] : [head, own])];
}
