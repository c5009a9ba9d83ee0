/** The .network file of a definition (_netplan_netdef_write_network_file() in netplan's src/networkd.c). */
import { isIPv6 } from '../../text/address.ts';
import { valueOf } from '../../text/yaml-tree.ts';
import { isPhysical, scalarsOf, type Definition, type Said } from './definition.ts';
import type { Links } from './links.ts';
import {
  boolLine,
  compose,
  isYes,
  items,
  networkdPath,
  optionLine,
  said,
  saidNumber,
  section,
  switchLine,
  type Line,
} from './lines.ts';
import { isMacPolicy, matchSection } from './lower-link.ts';
import { policyRulesOf, routesOf } from './routes.ts';
import { isAtLeast } from './version.ts';
import type { ConfigFile } from '../claim.ts';

type Version = string | undefined;

export function lowerNetwork(definition: Definition, links: Links, version: Version): ConfigFile {
  const sections = [
    matchSection(definition, true, version),
    section('Link', linkLines(definition, version)),
    section('Network', networkLines(definition, links, version)),
    ...restLines(definition, links),
    ...routeSections(definition, version),
    ...addressSections(definition),
    section('DHCP', dhcpLines(definition, version)),
    section('IPoIB', [optionLine('Mode', said(definition, 'infiniband-mode'))]),
    section('IPv6AcceptRA', raLines(definition)),
  ];
  return compose(
    networkdPath(definition.id, '.network', version),
    sections.filter((lines) => lines.length > 0),
  );
}

const optionalAddresses = ['ipv4-ll', 'ipv6-ra', 'dhcp4', 'dhcp6', 'static'];

function linkLines(definition: Definition, version: Version): readonly Line[] {
  const activation = said(definition, 'activation-mode');
  const policy = activation?.text === 'manual' ? 'manual' : 'always-down';
  const optional = boolLine(definition, 'optional', 'RequiredForOnline=no');
  const mac = said(definition, 'macaddress');
  const optionals = scalarsOf(valueOf(definition.settings, 'optional-addresses'));
  return [
    activation === null ? null : [`ActivationPolicy=${policy}`, activation.place],
    // Since 1.1 netplan tells systemd-networkd-wait-online itself what to wait for.
    isAtLeast(version, '1.1')
      ? null
      : activation === null
        ? optional
        : (['RequiredForOnline=no', activation.place] as const),
    ...optionalAddresses.map((word) => {
      const found = optionals.find(({ text }) => text.toLowerCase() === word);
      return found === undefined ? null : ([`OptionalAddresses=${word}`, found.place] as const);
    }),
    optionLine('MTUBytes', saidNumber(definition, 'mtu')),
    mac !== null && isMacPolicy(mac.text) ? null : optionLine('MACAddress', mac),
  ];
}

function networkLines(definition: Definition, links: Links, version: Version): readonly Line[] {
  const { settings, place, bridge, bond } = definition;
  // Open vSwitch takes its ports by itself.
  const isOwn = definition.renderer !== 'openvswitch';
  const [four, six] = [said(definition, 'dhcp4'), said(definition, 'dhcp6')];
  const dhcp = isYes(four) && isYes(six) ? 'yes' : isYes(four) ? 'ipv4' : isYes(six) ? 'ipv6' : null;
  const addresses = scalarsOf(valueOf(settings, 'addresses'));
  const servers = scalarsOf(valueOf(valueOf(settings, 'nameservers'), 'addresses'));
  const domains = scalarsOf(valueOf(valueOf(settings, 'nameservers'), 'search'));
  const token = said(definition, 'ipv6-address-token');
  const generation = said(definition, 'ipv6-address-generation');
  return [
    boolLine(definition, 'emit-lldp', 'EmitLLDP=true'),
    dhcp === null ? null : [`DHCP=${dhcp}`, (isYes(four) ? four : six)?.place ?? place],
    linkLocalLine(definition, bridge !== null || bond !== null),
    ...byFamily(addresses).map((address) => optionLine('Address', address)),
    token !== null
      ? [`IPv6Token=static:${token.text}`, token.place]
      : generation?.text === 'stable-privacy'
        ? ['IPv6Token=prefixstable', generation.place]
        : null,
    switchLine(definition, 'accept-ra', 'IPv6AcceptRA', ['yes', 'no']),
    boolLine(definition, 'ipv6-privacy', 'IPv6PrivacyExtensions=yes'),
    optionLine('Gateway', said(definition, 'gateway4')),
    optionLine('Gateway', said(definition, 'gateway6')),
    ...byFamily(servers).map((server) => optionLine('DNS', server)),
    domains[0] === undefined ? null : [`Domains=${domains.map(({ text }) => text).join(' ')}`, domains[0].place],
    optionLine('IPv6MTUBytes', saidNumber(definition, 'ipv6-mtu')),
    isPhysical(definition)
      ? boolLine(definition, 'ignore-carrier', 'ConfigureWithoutCarrier=yes')
      : ['ConfigureWithoutCarrier=yes', place],
    isAtLeast(version, '1.0') ? boolLine(definition, 'critical', 'KeepConfiguration=true') : null,
    optionLine('Bridge', isOwn ? bridge : null),
    ...(hasPortSettings(definition) ? [] : upperLines(definition, links)),
  ];
}

/** What follows `Bridge=`. If the port has settings of its own, it follows those, in their section. */
function restLines(definition: Definition, links: Links): readonly (readonly Line[])[] {
  if (!hasPortSettings(definition)) return [];
  return [section('Bridge', [...portLines(definition), ...upperLines(definition, links)])];
}

function portLines(definition: Definition): readonly Line[] {
  if (definition.bridge === null) return [];
  return [
    optionLine('Cost', definition.pathCost),
    optionLine('Priority', definition.portPriority),
    switchLine(definition, 'hairpin', 'HairPin', ['true', 'false']),
    switchLine(definition, 'port-mac-learning', 'Learning', ['true', 'false']),
    switchLine(definition, 'neigh-suppress', 'NeighborSuppression', ['true', 'false']),
  ];
}

function hasPortSettings(definition: Definition): boolean {
  return portLines(definition).some((line) => line !== null);
}

function upperLines({ id, renderer, bond, primaryOf, vrf }: Definition, { vlans, vxlans }: Links): readonly Line[] {
  const named = (option: string, other: Definition): Line => [
    `${option}=${other.id}`,
    said(other, 'link')?.place ?? other.place,
  ];
  return [
    optionLine('Bond', renderer === 'openvswitch' ? null : bond),
    bond === null || primaryOf === null ? null : ['PrimarySlave=true', primaryOf.place],
    ...(vlans.get(id) ?? []).map((vlan) => named('VLAN', vlan)),
    optionLine('VRF', vrf),
    ...(vxlans.get(id) ?? []).map((tunnel) => named('VXLAN', tunnel)),
  ];
}

/** IPv4 first. */
function byFamily(all: readonly Said[]): readonly Said[] {
  return [...all.filter(({ text }) => !isIPv6(text)), ...all.filter(({ text }) => isIPv6(text))];
}

/** Ports of bonds and bridges never have it; else IPv6's is on unless a list says otherwise. */
function linkLocalLine({ settings, place }: Definition, isPort: boolean): Line {
  const list = valueOf(settings, 'link-local');
  const wanted = list === undefined ? ['ipv6'] : scalarsOf(list).map(({ text }) => text.toLowerCase());
  const [four, six] = ['ipv4', 'ipv6'].map((family) => wanted.includes(family));
  const value = isPort || (!four && !six) ? 'no' : four && six ? 'yes' : four ? 'ipv4' : 'ipv6';
  return [`LinkLocalAddressing=${value}`, list?.place ?? place];
}

function routeSections(definition: Definition, version: Version): readonly (readonly Line[])[] {
  const routes = routesOf(definition).map((route) => {
    const line = (option: string, value: string | null): Line =>
      value === null ? null : [`${option}=${value}`, route.place];
    return section('Route', [
      line('Destination', route.to),
      line('Gateway', route.via),
      line('PreferredSource', route.from),
      line('Scope', route.scope === 'global' ? null : route.scope),
      line('Type', route.type === 'unicast' ? null : route.type),
      line('GatewayOnLink', route.onLink ? 'true' : null),
      line('Metric', route.metric),
      line('Table', route.table),
      line('MTUBytes', route.mtu),
      line('InitialCongestionWindow', route.congestionWindow),
      line('InitialAdvertisedReceiveWindow', route.receiveWindow),
      line('TCPAdvertisedMaximumSegmentSize', route.mss),
    ]);
  });
  const rules = policyRulesOf(definition, version).map((rule) => {
    const line = (option: string, value: string | null): Line =>
      value === null ? null : [`${option}=${value}`, rule.place];
    return section('RoutingPolicyRule', [
      line('From', rule.from),
      line('To', rule.to),
      line('Table', rule.table),
      line('Priority', rule.priority),
      line('FirewallMark', rule.mark),
      line('TypeOfService', rule.tos),
    ]);
  });
  return [...routes, ...rules];
}

/** An address with options has a section of its own. netplan reads the first key of such a mapping. */
function addressSections({ settings }: Definition): readonly (readonly Line[])[] {
  return items(valueOf(settings, 'addresses')).flatMap((item) => {
    const entry = item.kind === 'map' ? item.entries[0] : undefined;
    if (entry === undefined || entry.value.kind !== 'map') return [];
    const options = { settings: entry.value };
    return [
      section('Address', [
        [`Address=${entry.key}`, entry.keyPlace],
        optionLine('PreferredLifetime', said(options, 'lifetime')),
        optionLine('Label', said(options, 'label')),
      ]),
    ];
  });
}

/** What is written only if it is not networkd's own default, which is yes. */
const dhcpSwitches = [
  ['use-routes', 'UseRoutes'],
  ['use-dns', 'UseDNS'],
  ['use-domains', 'UseDomains'],
  ['use-ntp', 'UseNTP'],
  ['send-hostname', 'SendHostname'],
  ['use-hostname', 'UseHostname'],
] as const;

/** networkd has one set of settings for both families: DHCPv4's if that is on. */
function dhcpLines(definition: Definition, version: Version): readonly Line[] {
  const critical = isAtLeast(version, '1.0') ? null : boolLine(definition, 'critical', 'CriticalConnection=true');
  const family = ['dhcp4', 'dhcp6'].find((key) => isYes(said(definition, key)));
  if (family === undefined) return [critical];
  const place = said(definition, family)?.place ?? definition.place;
  const override = (key: string): Said | null => said(definition, `${family}-overrides`, key);
  const identifier = said(definition, 'dhcp-identifier');
  const metric = override('route-metric');
  const useMtu = override('use-mtu');
  return [
    critical,
    identifier?.text.toLowerCase() === 'duid' ? null : optionLine('ClientIdentifier', identifier),
    metric === null
      ? [`RouteMetric=${definition.kind === 'wifis' ? 600 : 100}`, place]
      : [`RouteMetric=${Number(metric.text)}`, metric.place],
    [`UseMTU=${useMtu === null || isYes(useMtu) ? 'true' : 'false'}`, useMtu?.place ?? place],
    ...dhcpSwitches.map(([key, option]): Line => {
      const value = override(key);
      if (value === null || key === 'use-domains') return optionLine(option, value);
      return isYes(value) ? null : [`${option}=false`, value.place];
    }),
    optionLine('Hostname', override('hostname')),
  ];
}

function raLines(definition: Definition): readonly Line[] {
  const override = (key: string): Said | null => said(definition, 'ra-overrides', key);
  const [dns, domains, table] = [override('use-dns'), override('use-domains'), override('table')];
  const word = (value: Said | null): Said | null =>
    value === null || /^route$/i.test(value.text)
      ? value === null
        ? null
        : { ...value, text: 'route' }
      : { ...value, text: isYes(value) ? 'true' : 'false' };
  return [
    optionLine('UseDNS', word(dns)),
    optionLine('UseDomains', word(domains)),
    optionLine('RouteTable', table === null ? null : { ...table, text: String(Number(table.text)) }),
  ];
}
