/**
 * What netplan says of a definition when it has read it in a file (validate_netdef_grammar() in src/validation.c). From 1.1
 * the boot generator only warns of it.
 */
import { scalarText, valueOf, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import { report, type Reading } from './reading.ts';
import { isIPv4, isWireGuardKey, parseUint } from './scalars.ts';
import { numberOf } from './take.ts';
import { isAtLeast } from './version.ts';
import type { Entry } from './definition.ts';
import type { Place } from '../../text/source.ts';
import { isIPv6 } from '../../text/address.ts';

export function checkGrammar(entry: Entry, reading: Reading): void {
  const { kind, place, settings } = entry;
  const say = (at: Place, message: string): void => report(reading, at, message, 'none');
  const textOf = (...path: readonly string[]): string | null => scalarText(nodeAt(settings, path));
  const rename = settings.entries.find(({ key }) => key === 'set-name');
  if (rename !== undefined && valueOf(settings, 'match') === undefined)
    say(rename.keyPlace, 'set-name: without match:; expected match: beside it, in this file or one before it');
  if (kind === 'wifis' && !hasEntries(valueOf(settings, 'access-points'))) say(place, 'a wifi without access-points:');
  if (kind === 'vlans') checkVlan(entry, say);
  if (kind === 'vrfs' && textOf('table') === null) say(place, 'a VRF without table:');
  if (kind === 'tunnels') checkTunnel(entry, reading.version, say);
  if (kind === 'virtual-ethernets' && entry.peer === null) say(place, 'a virtual-ethernet without peer:');
  const token = settings.entries.find(({ key }) => key === 'ipv6-address-token');
  if (token !== undefined && textOf('ipv6-address-generation') !== null)
    say(token.keyPlace, 'ipv6-address-token beside ipv6-address-generation; expected one of them');
  if (entry.renderer === 'openvswitch' && reading.hasOpenVSwitch === false)
    say(place, 'Open vSwitch, but there is no /usr/bin/ovs-vsctl; expected openvswitch-switch to be installed');
  const passed = valueOf(settings, 'networkmanager');
  if (kind === 'nm-devices' && scalarText(valueOf(valueOf(passed, 'passthrough'), 'connection.type')) === null)
    say(place, 'an nm-device without connection.type in passthrough:');
  const forManager = firstSetting(settings);
  const renderer = entry.renderer ?? reading.renderer;
  if (forManager !== null && renderer !== 'NetworkManager' && isAtLeast(reading.version, '0.107'))
    say(forManager, 'settings for NetworkManager; expected renderer: NetworkManager, before them');
}

type Say = (place: Place, message: string) => void;

function nodeAt(node: YamlNode | undefined, path: readonly string[]): YamlNode | undefined {
  return path.reduce<YamlNode | undefined>((within, key) => valueOf(within, key), node);
}

function hasEntries(node: YamlNode | undefined): boolean {
  return node?.kind === 'map' && node.entries.length > 0;
}

/** `networkmanager:` of the definition or an access point, with a key in it. */
function firstSetting(settings: YamlMap): Place | null {
  const points = valueOf(settings, 'access-points');
  const all = [settings, ...(points?.kind === 'map' ? points.entries.map(({ value }) => value) : [])];
  for (const one of all) {
    const own = valueOf(one, 'networkmanager');
    if (own?.kind === 'map' && own.entries[0] !== undefined) return own.entries[0].keyPlace;
  }
  return null;
}

function checkVlan({ place, settings }: Entry, say: Say): void {
  const id = valueOf(settings, 'id');
  if (valueOf(settings, 'link') === undefined) say(place, 'a VLAN without link:');
  if (id === undefined || numberOf(id) === 0xffffffff) say(place, 'a VLAN without id:');
  else if (numberOf(id) > 4094) say(id.place, `'${scalarText(id) ?? ''}'; expected 0 to 4094`);
}

/** validate_tunnel_grammar() */
function checkTunnel({ place, settings }: Entry, version: string | undefined, say: Say): void {
  const mode = scalarText(valueOf(settings, 'mode'));
  if (mode === null) {
    say(place, 'a tunnel without mode:');
    return;
  }
  if (mode === 'vxlan') checkVxlan(settings, place, say);
  if (mode === 'wireguard') {
    checkWireGuard(settings, place, version, say);
    return;
  }
  for (const node of [tunnelKey(settings, 'input'), tunnelKey(settings, 'output')]) {
    const text = scalarText(node);
    if (node !== undefined && text !== null && parseUint(text) === null && !isIPv4(text))
      say(node.place, `'${text}'; expected a number or an IPv4 address as the key of a tunnel`);
  }
  checkEnds(mode, settings, place, version, say);
  const ttl = valueOf(settings, 'ttl');
  if (ttl !== undefined && numberOf(ttl) > 255) say(ttl.place, `'${scalarText(ttl) ?? ''}'; expected 1 to 255`);
}

function checkVxlan(settings: YamlMap, place: Place, say: Say): void {
  const id = valueOf(settings, 'id');
  if (numberOf(id) === 0 || numberOf(id) > 16777215)
    say(id?.place ?? place, 'a VXLAN without id:; expected 1 to 16777215');
  const label = valueOf(settings, 'flow-label');
  if (label !== undefined && numberOf(label) !== 0xffffffff && numberOf(label) > 1048575)
    say(label.place, `'${scalarText(label) ?? ''}'; expected 0 to 1048575`);
}

/** Of `key:` and `keys:`, what was said last. */
export function tunnelKey(settings: YamlMap, which: 'input' | 'output' | 'private'): YamlNode | undefined {
  const said = settings.entries
    .filter(({ key }) => key === 'key' || key === 'keys')
    .map(({ value }) => (value.kind === 'scalar' ? value : valueOf(value, which)));
  return said.findLast((node) => node !== undefined);
}

const sixModes: ReadonlySet<string> = new Set(['ipip6', 'ip6ip6', 'ip6gre', 'ip6gretap', 'vti6']);

function checkEnds(mode: string, settings: YamlMap, place: Place, version: string | undefined, say: Say): void {
  const [local, remote] = [valueOf(settings, 'local'), valueOf(settings, 'remote')];
  if (mode === 'vxlan') {
    const [ours, theirs] = [scalarText(local), scalarText(remote)];
    if (remote !== undefined && ours !== null && theirs !== null && isIPv6(ours) !== isIPv6(theirs))
      say(remote.place, `'${theirs}' is of another family than '${ours}'`);
    return;
  }
  if (remote === undefined) say(place, 'a tunnel without remote:');
  // Until 0.107.1.
  if (local === undefined && !isAtLeast(version, '1.0')) say(place, 'a tunnel without local:, before netplan 1.0');
  const isSix = sixModes.has(mode);
  for (const end of [local, remote]) {
    const text = scalarText(end);
    if (end !== undefined && text !== null && isIPv6(text) !== isSix)
      say(end.place, `'${text}'; expected an ${isSix ? 'IPv6' : 'IPv4'} address for a tunnel of mode ${mode}`);
  }
}

function checkWireGuard(settings: YamlMap, place: Place, version: string | undefined, say: Say): void {
  // Before, nothing of it could be left out.
  const isLax = isAtLeast(version, '0.107');
  const isKey = (text: string): boolean => text.startsWith('/') || isWireGuardKey(text);
  const own = tunnelKey(settings, 'private');
  const text = scalarText(own);
  if (own === undefined && !isLax) say(place, 'a WireGuard tunnel without key:, before netplan 0.107');
  if (own !== undefined && text !== null && !isKey(text))
    say(own.place, `'${text}'; expected a WireGuard key, or an absolute path`);
  const peers = valueOf(settings, 'peers');
  const all = peers?.kind === 'sequence' ? peers.items : [];
  if (all.length === 0 && !isLax) say(place, 'a WireGuard tunnel without peers:, before netplan 0.107');
  for (const peer of all) {
    const [open, shared] = ['public', 'shared'].map((key) => nodeAt(peer, ['keys', key]));
    const [openText, sharedText] = [scalarText(open), scalarText(shared)];
    if (openText === null) say(peer.place, 'a peer without keys: {public: …}');
    else if (!isWireGuardKey(openText)) say(open?.place ?? peer.place, `'${openText}'; expected a WireGuard key`);
    if (shared !== undefined && sharedText !== null && !isKey(sharedText))
      say(shared.place, `'${sharedText}'; expected a WireGuard key, or an absolute path`);
    const allowed = valueOf(peer, 'allowed-ips');
    if (!isLax && !(allowed?.kind === 'sequence' && allowed.items.length > 0))
      say(peer.place, 'a peer without allowed-ips:, before netplan 0.107');
    const alive = valueOf(peer, 'keepalive');
    if (alive !== undefined && numberOf(alive) > 65535)
      say(alive.place, `'${scalarText(alive) ?? ''}'; expected 0 to 65535`);
  }
}
