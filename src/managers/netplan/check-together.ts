/** What netplan can say of its definitions only once all are known (src/validation.c, and the renderers' own refusals). */
import { isIPv6, parseAddress } from '../../text/address.ts';
import { entryOf, scalarText, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { isTrue, rejected } from './check.ts';
import { references, type Definition } from './definition.ts';
import { physicalKinds } from './keys.ts';
import type { Place } from '../../text/source.ts';
import type { Problem } from '../claim.ts';

export function checkTogether(definitions: readonly Definition[]): readonly Problem[] {
  const problems: Problem[] = [];
  const ids = new Set(definitions.map(({ id }) => id));
  const refuse = (place: Place, message: string) =>
    problems.push({ kind: 'bad-value', place, message, consequence: rejected });
  for (const definition of definitions) {
    const { kind, place, settings, renderer } = definition;
    const rename = entryOf(settings, 'set-name');
    const match = valueOf(settings, 'match');
    if (physicalKinds.has(kind)) {
      if (rename !== undefined && match === undefined)
        refuse(rename.keyPlace, 'set-name: without match:; expected match: beside it');
      checkDriver(valueOf(match, 'driver'), refuse);
      if (renderer === 'NetworkManager' && valueOf(match, 'driver') !== undefined && rename === undefined)
        refuse(
          entryOf(match, 'driver')?.keyPlace ?? place,
          'match by driver with NetworkManager; expected name: or macaddress:',
        );
    }
    if (kind === 'vlans') {
      const link = valueOf(settings, 'link');
      const id = scalarText(valueOf(settings, 'id'));
      if (link === undefined) refuse(place, 'a VLAN without link:');
      if (id === null) refuse(place, 'a VLAN without id:');
      else if (Number(id) > 4094) refuse(valueOf(settings, 'id')?.place ?? place, `id ${id}; expected 0 to 4094`);
    }
    if (kind === 'vrfs' && valueOf(settings, 'table') === undefined) refuse(place, 'a VRF without table:');
    for (const node of references(definition))
      if (!ids.has(node.text)) refuse(node.place, `"${node.text}" is not defined; expected the ID of a definition`);
    checkParts(definition, refuse);
    checkOverrides(definition, refuse);
  }
  checkPorts(definitions, refuse);
  return problems;
}

type Refuse = (place: Place, message: string) => void;

/** A link has one master of a kind; and a bond's port cannot be a bridge's (handle_bridge_interfaces, handle_bond_interfaces). */
function checkPorts(definitions: readonly Definition[], refuse: Refuse): void {
  const taken = new Map<string, string>();
  for (const definition of definitions) {
    if (!['bonds', 'bridges', 'vrfs'].includes(definition.kind)) continue;
    const group = definition.kind === 'vrfs' ? 'vrf' : 'port';
    for (const { text, place } of references(definition)) {
      const by = taken.get(`${group} ${text}`);
      if (by !== undefined && by !== definition.id) refuse(place, `"${text}" is a port of ${by} already`);
      taken.set(`${group} ${text}`, definition.id);
    }
    const ports = new Set(definitions.map(({ id }) => id));
    for (const key of ['path-cost', 'port-priority']) {
      const costs = valueOf(valueOf(definition.settings, 'parameters'), key);
      for (const [index, entry] of costs?.kind === 'map' ? costs.entries.entries() : []) {
        if (!ports.has(entry.key))
          refuse(entry.keyPlace, `"${entry.key}" is not defined; expected the ID of a definition`);
        else if (costs?.kind === 'map' && costs.entries.findIndex((other) => other.key === entry.key) < index)
          refuse(entry.keyPlace, `"${entry.key}" has a ${key} already`);
        else if (key === 'port-priority' && Number(scalarText(entry.value)) > 63)
          refuse(entry.value.place, `${scalarText(entry.value) ?? ''}; expected 0 to 63`);
      }
    }
  }
}

/** Keys that exclude each other, and what NetworkManager's renderer has no word for (src/nm.c). */
function checkParts({ settings, renderer }: Definition, refuse: Refuse): void {
  const [mode, token] = ['ipv6-address-generation', 'ipv6-address-token'].map((key) => entryOf(settings, key));
  if (mode !== undefined && token !== undefined)
    refuse(token.keyPlace, `${token.key} beside ${mode.key}; expected one of them`);
  const routes = valueOf(settings, 'routes');
  for (const route of routes?.kind === 'sequence' ? routes.items : []) checkRoute(route, renderer, refuse);
  const rules = valueOf(settings, 'routing-policy');
  for (const rule of rules?.kind === 'sequence' ? rules.items : []) checkFamilies(rule, ['from', 'to'], refuse);
  if (renderer !== 'NetworkManager') {
    const generation = scalarText(mode?.value);
    if (generation !== null && generation !== 'eui64')
      refuse(mode?.value.place ?? settings.place, `${generation}: networkd has no such mode; expected eui64`);
    return;
  }
  const mtu = entryOf(settings, 'ipv6-mtu');
  if (mtu !== undefined) refuse(mtu.keyPlace, 'ipv6-mtu with NetworkManager; expected renderer: networkd');
  const off = entryOf(settings, 'activation-mode');
  if (scalarText(off?.value) === 'off')
    refuse(off?.value.place ?? settings.place, 'activation-mode: off with NetworkManager; expected manual');
  const addresses = valueOf(settings, 'addresses');
  for (const address of addresses?.kind === 'sequence' ? addresses.items : [])
    if (address.kind === 'map')
      refuse(address.place, 'options of an address with NetworkManager; expected the address alone');
}

function checkRoute(route: YamlNode, renderer: Definition['renderer'], refuse: Refuse): void {
  checkFamilies(route, ['from', 'to', 'via'], refuse);
  const type = entryOf(route, 'type');
  const word = scalarText(type?.value);
  if (renderer === 'NetworkManager' && word !== null && word !== 'unicast')
    refuse(type?.value.place ?? route.place, `a route of type ${word} with NetworkManager; expected unicast`);
}

function checkFamilies(node: YamlNode, keys: readonly string[], refuse: Refuse): void {
  let family: string | null = null;
  for (const key of keys) {
    const value = valueOf(node, key);
    const text = scalarText(value);
    if (value === undefined || text === null || text === 'default') continue;
    const address = parseAddress(text.split('/')[0] ?? '');
    const own = address === null ? null : isIPv6(address) ? 'IPv6' : 'IPv4';
    if (own === null) refuse(value.place, `"${text}"; expected an address or network`);
    else if (family !== null && own !== family) refuse(value.place, `"${text}" is of ${own}, the rest of ${family}`);
    family ??= own;
  }
}

function checkDriver(driver: YamlNode | undefined, refuse: Refuse): void {
  const words = driver?.kind === 'sequence' ? driver.items : driver === undefined ? [] : [driver];
  for (const word of words)
    if (scalarText(word)?.includes(' ') === true)
      refuse(word.place, 'a driver with a blank in it; expected a list of drivers');
  if (driver?.kind === 'sequence' && driver.items.length === 0) refuse(driver.place, 'an empty list of drivers');
}

/** networkd has one set of settings for DHCPv4 and DHCPv6 (combine_dhcp_overrides() in src/networkd.c). */
function checkOverrides({ settings, renderer }: Definition, refuse: Refuse): void {
  if (renderer !== 'networkd' || !isTrue(valueOf(settings, 'dhcp4')) || !isTrue(valueOf(settings, 'dhcp6'))) return;
  const [four, six] = ['dhcp4-overrides', 'dhcp6-overrides'].map((key) => entryOf(settings, key));
  const keys = [four, six].flatMap((entry) =>
    entry?.value.kind === 'map' ? entry.value.entries.map(({ key }) => key) : [],
  );
  for (const key of new Set(keys)) {
    const [a, b] = [four, six].map((entry) => meaning(key, scalarText(valueOf(entry?.value, key))));
    if (a !== b) {
      refuse(
        (four ?? six)?.keyPlace ?? settings.place,
        `${key} differs between dhcp4-overrides and dhcp6-overrides; networkd has one for both`,
      );
      return;
    }
  }
}

/** Unset booleans are true there. */
function meaning(key: string, text: string | null): string | null {
  if (!/^(?:use-(?:dns|ntp|hostname|mtu|routes)|send-hostname)$/.test(key)) return text;
  return text === null || /^(?:true|on|yes|y)$/i.test(text) ? 'true' : 'false';
}
