/** Network configuration version 2, turned into what version 1 would say (network_state.py). */
import { scalarText, valueOf, type YamlEntry, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import type { Problem } from '../claim.ts';
import type { LinkFacts } from '../../topology/guest.ts';
import {
  type Device,
  type DeviceKind,
  type DevicesRead,
  membersOf,
  placedValues,
  placedValue,
  sixRouteOf,
  type Subnet,
} from './device.ts';
import { hasBehaviour } from './behaviours.ts';
import { anyValue, isText, trueWord, truthyValue } from './python-values.ts';

const sections: Readonly<Record<string, DeviceKind>> = {
  ethernets: 'physical',
  bonds: 'bond',
  bridges: 'bridge',
  vlans: 'vlan',
};

/** `cloudInitVersion`: undefined if nobody knows. */
export function readVersion2(
  config: YamlMap,
  links: readonly LinkFacts[],
  isPassed: boolean,
  cloudInitVersion?: string,
): DevicesRead {
  const devices: Device[] = [];
  const problems: Problem[] = [];
  for (const { key, keyPlace, value } of config.entries) {
    const kind = sections[key];
    if (kind !== undefined && value.kind === 'map') {
      devices.push(...value.entries.map((entry) => readDefinition(kind, entry, links, cloudInitVersion)));
    } else if (!['version', 'renderer', 'wifis', 'config'].includes(key) && kind === undefined) {
      const message = `"${key}" in version 2; expected ${Object.keys(sections).join(', ')}, wifis, renderer or version`;
      const consequence = 'only netplan may know it: every other renderer ends in an error';
      problems.push({
        kind: 'unknown-key',
        place: keyPlace,
        message,
        consequence,
        ...(isPassed ? {} : { fatal: true }),
      });
    }
  }
  return { devices, problems };
}

function readDefinition(
  kind: DeviceKind,
  { key, keyPlace, value }: YamlEntry,
  links: readonly LinkFacts[],
  cloudInitVersion: string | undefined,
): Device {
  const match = kind === 'physical' ? valueOf(value, 'match') : undefined;
  const matched = truthyValue(valueOf(match, 'macaddress'));
  const given = hasBehaviour(cloudInitVersion, 'lower-case MACs') ? truthyValue(valueOf(value, 'macaddress')) : null;
  const mac = kind === 'physical' ? matched : given;
  const rename = kind === 'physical' ? truthyValue(valueOf(value, 'set-name')) : null;
  const found = matched === null ? undefined : links.find((link) => link.mac === matched.value.toLowerCase());
  const name = rename?.value ?? found?.name ?? key;
  return {
    kind,
    id: key,
    key: name,
    keys: [name],
    name,
    place: keyPlace,
    mac,
    hasEmptyMac: scalarText(valueOf(match, 'macaddress')) === '' && isText(valueOf(match, 'macaddress')),
    // a list, which netplan knows, is written as Python prints one, and matches nothing (26.2 too)
    driver: truthyValue(valueOf(match, 'driver')),
    // cloud-init renames by MAC only.
    rename: mac === null ? null : rename,
    mtu: anyValue(valueOf(value, 'mtu')),
    acceptRa: kind === 'physical' ? trueWord(valueOf(value, 'accept-ra')) : null,
    subnets: readAddressing(value),
    members: membersOf(valueOf(value, 'interfaces')),
    link: truthyValue(valueOf(value, 'link')),
    vlanId: anyValue(valueOf(value, 'id')),
  };
}

/** _v2_to_v1_ipcfg: dhcp4, dhcp6, then the addresses, the first of a family with its gateway. */
function readAddressing(node: YamlNode): readonly Subnet[] {
  const plain = { address: null, gateway: null, control: 'auto' };
  const dhcp = (['dhcp4', 'dhcp6'] as const).flatMap((type): readonly Subnet[] => {
    const setting = truthyValue(valueOf(node, type));
    return setting !== null ? [{ ...plain, type, word: type, place: setting.place }] : [];
  });
  const gateways = { 4: placedValue(valueOf(node, 'gateway4')), 6: placedValue(valueOf(node, 'gateway6')) };
  const used = new Set<4 | 6>();
  // a text of no letters has none, and any other ends the rendering
  const given = placedValues(valueOf(node, 'addresses')).filter(({ value }) => value !== '');
  const addresses = given.map((address): Subnet => {
    const family = address.value.includes(':') ? 6 : 4;
    const gateway = used.has(family) ? null : gateways[family];
    used.add(family);
    return {
      type: family === 6 ? 'static6' : 'static',
      word: 'static',
      place: address.place,
      address,
      gateway,
      control: 'auto',
    };
  });
  const [first, ...others] = [...dhcp, ...addresses];
  if (first === undefined) return [];
  // the first one has the routes
  const sixRoute = sixRouteOf(valueOf(node, 'routes'), ['to'], 'via');
  return [sixRoute === undefined ? first : { ...first, sixRoute }, ...others];
}
