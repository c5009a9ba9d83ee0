/** The .network file of a definition (_netplan_netdef_write_network_file() in netplan's src/networkd.c). */
import { isIPv6 } from '../../text/address.ts';
import { valueOf } from '../../text/yaml-tree.ts';
import { type Definition, isPhysical, type Said, scalarsOf } from './definition.ts';
import type { Links } from './links.ts';
import {
  boolLine,
  compose,
  isYes,
  type Line,
  networkdPath,
  optionLine,
  said,
  saidNumber,
  section,
  switchLine,
} from './lines.ts';
import { isMacPolicy, matchSection } from './lower-link.ts';
import { isAtLeast, type Version } from './version.ts';
import type { ConfigFile } from '../claim.ts';
import { dhcpLines, raLines } from './lower-dhcp.ts';
import { addressSections, routeSections } from './lower-routes.ts';

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

/** At boot, what is no boolean turns it off; from 1.2 on, on (1.1.2 and 1.2.2, asked). */
function acceptRaLine(definition: Definition, version: Version): Line {
  const found = said(definition, 'accept-ra');
  if (found !== null && isAtLeast(version, '1.2') && !/^(?:false|off|no|n)$/i.test(found.text))
    return ['IPv6AcceptRA=yes', found.place];
  return switchLine(definition, 'accept-ra', 'IPv6AcceptRA', ['yes', 'no']);
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
    acceptRaLine(definition, version),
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
