/** What netplan's renderers refuse once all files are read, and when (src/networkd.c, src/openvswitch.c, src/nm.c). */
import { entryOf, scalarText, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { passphraseFault } from './passphrases.ts';
import { said } from './lines.ts';
import { isPhysical, type Definition } from './definition.ts';
import { addressLines } from './profile-addresses.ts';
import { policyRulesOf, routesOf } from './routes.ts';
import { isTrue, numberOf } from './take.ts';
import { isAtLeast, type Version } from './version.ts';
import { isMacPolicy } from './lower-link.ts';
import type { Place } from '../../text/source.ts';

/** What of a definition is written in spite of it: .link files and rules always are. */
export type Stage = 'before-netdev' | 'before-network' | 'before-profile';

export interface Refusal {
  readonly stage: Stage;
  readonly place: Place;
  readonly message: string;
  /** netplan leaves there and then, whatever its version. */
  readonly isEnd?: true;
  /** The parser has told of it. */
  readonly isTold?: true;
}

/** In the order in which netplan comes upon them: the first one counts. `ports`: how many ports each bond has. */
export function refusalsOf(
  definition: Definition,
  all: ReadonlyMap<string, Definition>,
  ports: ReadonlyMap<string, number>,
  version: Version,
): readonly Refusal[] {
  const found: Refusal[] = [];
  const refuse = (stage: Stage) => (place: Place, message: string) => void found.push({ stage, place, message });
  const channel = definition.kind === 'wifis' ? findWrongChannel(definition.settings) : null;
  const isNetworkd = definition.renderer === 'networkd';
  if (channel !== null) found.push({ stage: isNetworkd ? 'before-netdev' : 'before-profile', ...channel, isEnd: true });
  if (isNetworkd) {
    const points = valueOf(definition.settings, 'access-points');
    if (definition.kind === 'wifis' && !(points?.kind === 'map' && points.entries.length > 0))
      found.push({ stage: 'before-netdev', place: definition.place, message: 'no access points', isTold: true });
    checkDevice(definition, version, refuse('before-netdev'));
    checkForNetworkd(definition, version, refuse('before-network'));
  }
  if (definition.renderer === 'networkd') checkOverrides(definition, refuse('before-network'));
  const isOpenVSwitch = definition.renderer === 'openvswitch';
  checkForOpenVSwitch(
    definition,
    ports,
    refuse(isOpenVSwitch && !isAtLeast(version, '1.2') ? 'before-network' : 'before-profile'),
  );
  if (isOpenVSwitch) checkOverrides(definition, refuse('before-network'));
  if (definition.renderer === 'NetworkManager')
    checkForNetworkManager(definition, all, version, refuse('before-profile'));
  return found;
}

type Refuse = (place: Place, message: string) => void;

function checkDevice(definition: Definition, version: Version, refuse: Refuse): void {
  const { kind, place, settings } = definition;
  if (kind === 'modems') refuse(place, 'a modem with networkd; expected renderer: NetworkManager');
  if (kind === 'wifis' && valueOf(settings, 'match') !== undefined)
    refuse(place, 'a wifi with match: and networkd; expected its name as the ID');
  if (kind === 'wifis') checkWifi(definition, version, refuse);
  else if (valueOf(settings, 'auth') !== undefined) checkPassphrase(settings, version, refuse);
  const mac = said(definition, 'macaddress');
  if (mac !== null && !mac.text.includes(':') && !isMacPolicy(mac.text))
    refuse(mac.place, `'${mac.text}' with networkd; expected a MAC, permanent or random`);
}

function checkWifi({ settings }: Definition, version: Version, refuse: Refuse): void {
  const wake = valueOf(settings, 'wakeonwlan');
  const words = wake?.kind === 'sequence' ? wake.items.map((item) => scalarText(item)?.toLowerCase()) : [];
  if (wake !== undefined && words.includes('tcp')) refuse(wake.place, 'tcp with networkd; expected other words');
  const points = valueOf(settings, 'access-points');
  for (const { value } of points?.kind === 'map' ? points.entries : []) {
    const mode = valueOf(value, 'mode');
    if (scalarText(mode) === 'ap')
      refuse(mode?.place ?? value.place, 'ap with networkd; expected infrastructure or adhoc');
    checkPassphrase(value, version, refuse);
  }
}

/** Of an access point whose band is said (wifi_get_freq24(), wifi_get_freq5() in src/util.c). */
function findWrongChannel(
  settings: Definition['settings'],
): { readonly place: Place; readonly message: string } | null {
  const points = valueOf(settings, 'access-points');
  for (const { value } of points?.kind === 'map' ? points.entries : []) {
    const [band, channel] = [scalarText(valueOf(value, 'band')), valueOf(value, 'channel')];
    const number = numberOf(channel);
    if (band === null || channel === undefined || number === 0) continue;
    if (band.startsWith('5') ? channels5.has(number) : number <= 14) continue;
    return { place: channel.place, message: `'${number}'; expected a channel of ${band}` };
  }
  return null;
}

const channels5: ReadonlySet<number> = new Set(
  [7, 8, 9, 11, 12, 16, 68, 96, 149, 151, 153, 155, 157, 159, 161, 165, 169, 173].concat(
    [...range(32, 64)],
    [...range(100, 128)],
    [...range(132, 144)],
  ),
);

/** Every second number. */
function* range(first: number, last: number): Iterable<number> {
  for (let at = first; at <= last; at += 2) yield at;
}

function checkPassphrase(node: YamlNode, version: Version, refuse: Refuse): void {
  const fault = passphraseFault(node, version);
  if (fault !== null) refuse(fault.place, fault.message);
}

function checkForNetworkd(definition: Definition, version: Version, refuse: Refuse): void {
  const generation = said(definition, 'ipv6-address-generation');
  if (generation?.text === 'stable-privacy' && !isAtLeast(version, '0.107'))
    refuse(generation.place, 'stable-privacy with networkd, before netplan 0.107; expected eui64');
}

/** Those that are Open vSwitch's; and others with data for it. */
function checkForOpenVSwitch(definition: Definition, ports: ReadonlyMap<string, number>, refuse: Refuse): void {
  const { kind, id, place, settings, renderer, bridge, bond } = definition;
  if (renderer !== 'openvswitch') {
    if (definition.pairs.size > 0 && bridge === null && bond === null)
      refuse(
        valueOf(settings, 'openvswitch')?.place ?? place,
        'data for Open vSwitch, but no port of a bridge or bond',
      );
    return;
  }
  if (kind === 'bonds') {
    if (bridge === null) refuse(place, 'a bond of Open vSwitch; expected it as a port of a bridge');
    if ((ports.get(id) ?? 0) < 2) refuse(place, 'a bond of Open vSwitch; expected two ports or more');
    const mode = said(definition, 'parameters', 'mode');
    if (mode !== null && !['active-backup', 'balance-tcp', 'balance-slb'].includes(mode.text))
      refuse(mode.place, `'${mode.text}' with Open vSwitch; expected active-backup, balance-tcp or balance-slb`);
  } else if (kind === 'ports') {
    if (bridge === null && bond === null) refuse(place, 'a patch port; expected it as a port of a bridge or bond');
  } else if (kind !== 'bridges' && kind !== 'vlans')
    refuse(place, `one of ${kind} with Open vSwitch; expected a bridge, bond or VLAN`);
}

function checkForNetworkManager(
  definition: Definition,
  all: ReadonlyMap<string, Definition>,
  version: Version,
  refuse: Refuse,
): void {
  const { kind, settings } = definition;
  const driver = entryOf(valueOf(settings, 'match'), 'driver');
  const canMatch = isPhysical(definition) || kind === 'nm-devices';
  if (canMatch && driver !== undefined && said(definition, 'set-name') === null)
    refuse(driver.keyPlace, 'match by driver with NetworkManager; expected name: or macaddress:');
  const addresses = valueOf(settings, 'addresses');
  for (const address of addresses?.kind === 'sequence' ? addresses.items : [])
    if (address.kind === 'map')
      refuse(address.place, 'options of an address with NetworkManager; expected the address alone');
  if (kind === 'virtual-ethernets') checkPair(definition, all, refuse);
  const off = said(definition, 'activation-mode');
  if (off?.text === 'off') refuse(off.place, 'activation-mode: off with NetworkManager; expected manual');
  const mtu = said(definition, 'ipv6-mtu');
  if (mtu !== null && Number(mtu.text) !== 0)
    refuse(mtu.place, 'ipv6-mtu with NetworkManager; expected renderer: networkd');
  if (kind === 'tunnels' && said(definition, 'mode')?.text === 'wireguard') checkKeys(settings, refuse);
  checkRoutes(definition, version, refuse);
}

/** Only those of a family that has an address are written. */
function checkRoutes(definition: Definition, version: Version, refuse: Refuse): void {
  for (const family of [4, 6] as const) {
    const isWritten = addressLines(definition, family, version).some(
      ([key, value]) => key === 'method' && (value === 'auto' || value === 'manual'),
    );
    if (!isWritten && definition.kind !== 'vrfs') continue;
    const other = routesOf(definition).find((route) => route.family === family && !/^unicast$/i.test(route.type));
    if (other !== undefined) refuse(other.place, `a route of type ${other.type} with NetworkManager; expected unicast`);
    const rule = policyRulesOf(definition, version).find((one) => one.family === family && one.priority === null);
    if (rule !== undefined && isAtLeast(version, '1.2'))
      refuse(rule.place, 'a rule without priority: with NetworkManager; expected one, since netplan 1.2');
  }
}

/** validate_veth_pair() */
function checkPair({ place, id, peer }: Definition, all: ReadonlyMap<string, Definition>, refuse: Refuse): void {
  const other = peer === null ? undefined : all.get(peer);
  if (other === undefined || other.kind === 'missing') return;
  const back = other.peer === null ? undefined : all.get(other.peer);
  if (other.kind !== 'virtual-ethernets') refuse(place, `'${other.id}' is no virtual-ethernet`);
  else if (back?.kind === 'missing') refuse(place, `'${other.id}' has no other end itself`);
  else if (back !== undefined && back.id !== id) refuse(place, `'${other.id}' is the other end of ${back.id}`);
}

/** Keys of WireGuard in files are networkd's alone. */
function checkKeys(settings: Definition['settings'], refuse: Refuse): void {
  const peers = valueOf(settings, 'peers');
  const own = settings.entries
    .filter(({ key }) => key === 'key' || key === 'keys')
    .map(({ value }) => (value.kind === 'scalar' ? value : valueOf(value, 'private')))
    .findLast((node) => node !== undefined);
  const shared = (peers?.kind === 'sequence' ? peers.items : []).map((peer) =>
    valueOf(valueOf(peer, 'keys'), 'shared'),
  );
  for (const node of [own, ...shared])
    if (node !== undefined && scalarText(node)?.startsWith('/') === true && scalarText(node)?.length !== 44)
      refuse(node.place, 'the path of a key with NetworkManager; expected the key');
}

/** networkd has one set of settings for DHCPv4 and DHCPv6 (combine_dhcp_overrides() in src/networkd.c). */
function checkOverrides({ settings }: Definition, refuse: Refuse): void {
  if (!isTrue(valueOf(settings, 'dhcp4')) || !isTrue(valueOf(settings, 'dhcp6'))) return;
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
