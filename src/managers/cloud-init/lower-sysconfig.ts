/**
 * The sysconfig renderer: an ifcfg file a device, in RHEL's words or in SUSE's, and the udev rules that name links by MAC
 * (sysconfig.py of 22.4.2, 25.1.4 and 26.2; the last two write the same).
 */
import { composeFile, type Piece } from '../composed-text.ts';
import { isYes, type Device, type Subnet } from './device.ts';
import { renderRules } from './lower-ifupdown.ts';
import type { ConfigFile } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export type Flavor = 'rhel' | 'suse';

/** What a device's file says: a key is written once, by its last value. */
type Keys = Map<string, { readonly text: string; readonly place: Place }>;

interface Writing {
  readonly flavor: Flavor;
  /** 22.4: NM_CONTROLLED=no, and other words for DHCPv6. 25.1 is new; of those between, 23.2 is taken for the first. */
  readonly isOld: boolean;
}

/** `version`: of cloud-init; undefined: the newest. */
export function renderSysconfig(
  devices: readonly Device[],
  flavor: Flavor,
  version: string | undefined,
): readonly ConfigFile[] {
  const writing = { flavor, isOld: isBefore(version, 23.2) };
  const files = new Map<string, Keys>();
  const keyOf = ({ key }: Device) => key;
  const own = devices.filter(({ kind }) => kind !== 'loopback');
  for (const device of own) files.set(keyOf(device), startFile(device, writing));
  // in its order: a bridge is written after what is its port
  for (const kind of ['physical', 'bond', 'vlan', 'bridge', 'infiniband'] as const)
    for (const device of own.filter((one) => one.kind === kind)) finishFile(device, own, { files, keyOf, writing });
  const directory = flavor === 'suse' ? '/etc/sysconfig/network' : '/etc/sysconfig/network-scripts';
  const rules = flavor === 'suse' ? '85-persistent-net-cloud-init' : '70-persistent-net';
  return [
    // of two that are called alike the last one's file is there
    ...own
      .filter(({ name }, index) => !own.slice(index + 1).some((later) => later.name === name))
      .map((device) =>
        composeFile(
          'cloud-init',
          `${directory}/ifcfg-${device.name}`,
          0o644,
          piecesOf(files.get(keyOf(device)) ?? new Map(), device.place),
        ),
      ),
    ...renderRules(devices, `/etc/udev/rules.d/${rules}.rules`),
  ];
}

function isBefore(version: string | undefined, first: number): boolean {
  return Number.parseFloat(version ?? '99') < first;
}

/** Sorted, values with blanks in quotes. */
function piecesOf(keys: Keys, place: Place): readonly Piece[] {
  const sorted = [...keys].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([key, { text, place: at }]): Piece => ({
    text: `${key}=${/\s/.test(text) && !/^".*"$/.test(text) ? `"${text}"` : text}\n`,
    place: at,
  }));
  return [{ text: '# Created by cloud-init\n#\n', place }, ...lines];
}

function startFile(device: Device, { flavor, isOld }: Writing): Keys {
  const { kind, name, place, mac, mtu, acceptRa } = device;
  const keys: Keys = new Map();
  const set = (key: string, text: string, at: Place = place) => keys.set(key, { text, place: at });
  const hasMac = mac !== null && (kind === 'physical' || kind === 'infiniband');
  if (flavor === 'suse') {
    set('BOOTPROTO', 'static');
    set('STARTMODE', 'auto');
    if (hasMac) set('LLADDR', mac.value, mac.place);
  } else {
    set('DEVICE', name);
    set(
      'TYPE',
      kind === 'bond' ? 'Bond' : kind === 'bridge' ? 'Bridge' : kind === 'infiniband' ? 'InfiniBand' : 'Ethernet',
    );
    if (kind === 'vlan') keys.delete('TYPE');
    set('ONBOOT', 'yes');
    set('USERCTL', 'no');
    set('BOOTPROTO', 'none');
    if (isOld) set('NM_CONTROLLED', 'no');
    if (hasMac) set('HWADDR', mac.value, mac.place);
    if (acceptRa !== null) set('IPV6_FORCE_ACCEPT_RA', isYes(acceptRa) ? 'yes' : 'no', acceptRa.place);
  }
  if (mtu !== null) set('MTU', mtu.value, mtu.place);
  return keys;
}

interface Files {
  readonly files: ReadonlyMap<string, Keys>;
  readonly keyOf: (device: Device) => string;
  readonly writing: Writing;
}

function finishFile(device: Device, all: readonly Device[], { files, keyOf, writing }: Files): void {
  const { kind, name, place, mac, members, link, vlanId, subnets } = device;
  const keys = files.get(keyOf(device));
  if (keys === undefined) return;
  const isSuse = writing.flavor === 'suse';
  const set = (key: string, text: string, at: Place = place) => keys.set(key, { text, place: at });
  if (kind === 'bond') {
    set('BONDING_MASTER', 'yes');
    if (mac !== null) set(isSuse ? 'LLADDR' : 'MACADDR', mac.value, mac.place);
  }
  if (kind === 'bridge' && mac !== null) set(isSuse ? 'LLADDRESS' : 'MACADDR', mac.value, mac.place);
  if (kind === 'vlan') {
    if (!isSuse) set('VLAN', 'yes');
    if (!isSuse && link !== null) set('PHYSDEV', link.value, link.place);
    if (isSuse && vlanId !== null) set('VLAN_ID', vlanId.value, vlanId.place);
    // a name without a dot loses its last letter
    if (isSuse) set('ETHERDEVICE', name.slice(0, name.lastIndexOf('.')), link?.place);
  }
  if (kind === 'bridge') tagPorts(device, files, isSuse);
  if (isSuse && kind === 'bridge' && members.length > 0)
    set('BRIDGE_PORTS', members.map(({ value }) => value).join(' '), members[0]?.place);
  writeSubnets(subnets, keys, place, writing);
  if (kind === 'bond') tagSlaves(device, all, { files, keyOf, writing });
}

/** What is a port of a bridge, in the port's own file. */
function tagPorts({ name, members }: Device, files: ReadonlyMap<string, Keys>, isSuse: boolean): void {
  for (const { value, place } of members) files.get(value)?.set('BRIDGE', { text: isSuse ? 'yes' : name, place });
}

function tagSlaves(device: Device, all: readonly Device[], { files, keyOf, writing }: Files): void {
  const { name, members } = device;
  const isSuse = writing.flavor === 'suse';
  const portOf = (one: Device) => members.find(({ value }) => value === keyOf(one));
  const slaves = all
    .filter((one) => portOf(one) !== undefined)
    .map((one) => ({ name: one.name, at: portOf(one)?.place }));
  for (const [index, { name: slave, at }] of slaves.sort((a, b) => (a.name < b.name ? -1 : 1)).entries()) {
    const keys = files.get(slave);
    if (at === undefined || keys === undefined) continue;
    files.get(keyOf(device))?.set(`BONDING_SLAVE${isSuse ? '_' : ''}${index}`, { text: slave, place: at });
    keys.set(isSuse ? 'BOOTPROTO' : 'MASTER', { text: isSuse ? 'none' : name, place: at });
    keys.set(isSuse ? 'STARTMODE' : 'SLAVE', { text: isSuse ? 'hotplug' : 'yes', place: at });
  }
}

function writeSubnets(subnets: readonly Subnet[], keys: Keys, device: Place, writing: Writing): void {
  const isSuse = writing.flavor === 'suse';
  const set = (key: string, text: string, place: Place) => keys.set(key, { text, place });
  set('BOOTPROTO', isSuse ? 'static' : 'none', device);
  if (isSuse && keys.has('BRIDGE')) {
    set('BOOTPROTO', 'dhcp', device);
    keys.delete('BRIDGE');
  }
  for (const subnet of subnets) {
    if (isSuse) writeSuseType(subnet, keys, writing);
    else writeType(subnet, keys, writing);
    if (subnet.control === 'manual') set(isSuse ? 'STARTMODE' : 'ONBOOT', isSuse ? 'manual' : 'no', subnet.place);
  }
  let [four, six] = [0, 0];
  for (const { type, address, gateway } of subnets) {
    if (address === null || (type !== 'static' && type !== 'static6')) continue;
    const { value, place } = address;
    if (value.includes(':')) {
      const more = keys.get('IPV6ADDR_SECONDARIES')?.text;
      if (isSuse) set(six === 0 ? 'IPADDR6' : `IPADDR6_${six}`, value, place);
      else if (six === 0) set('IPV6ADDR', value, place);
      else set('IPV6ADDR_SECONDARIES', more === undefined ? value : `${more} ${value}`, place);
      six += 1;
    } else {
      const [host = '', length = ''] = value.split('/');
      const number = four === 0 ? '' : String(four);
      set(`IPADDR${number}`, host, place);
      set(`NETMASK${number}`, maskOf(Number(length)), place);
      four += 1;
    }
    if (gateway !== null && !isSuse)
      set(gateway.value.includes(':') ? 'IPV6_DEFAULTGW' : 'GATEWAY', gateway.value, gateway.place);
  }
}

function writeType({ word, type, place, address }: Subnet, keys: Keys, { isOld }: Writing): void {
  const set = (key: string, text: string) => keys.set(key, { text, place });
  if (type === 'dhcp4') set('BOOTPROTO', 'dhcp');
  if (word === 'ipv6_dhcpv6-stateful') {
    if (isOld) set('BOOTPROTO', 'dhcp');
    else set('IPV6_FAILURE_FATAL', 'yes');
    set('IPV6_AUTOCONF', 'no');
  }
  if (type === 'dhcp6' || type === 'stateless') set('DHCPV6C', 'yes');
  if (type === 'stateless' || type === 'slaac') set('IPV6_AUTOCONF', 'yes');
  const isSix = (type === 'static' || type === 'static6') && address?.value.includes(':') === true;
  if (isSix) {
    set('IPV6_FORCE_ACCEPT_RA', 'no');
    set('IPV6_AUTOCONF', 'no');
  }
  if (isSix || type === 'dhcp6' || type === 'stateless' || type === 'slaac') set('IPV6INIT', 'yes');
  if (type === 'manual') set('ONBOOT', keys.has('MTU') ? 'yes' : 'no');
}

function writeSuseType({ word, type, place }: Subnet, keys: Keys, { isOld }: Writing): void {
  const set = (key: string, text: string) => keys.set(key, { text, place });
  const before = keys.get('BOOTPROTO')?.text ?? '';
  if (type === 'dhcp6' || type === 'stateless' || type === 'slaac') {
    const isBoth = before === 'dhcp4' || (!isOld && before === 'dhcp');
    set('BOOTPROTO', isBoth ? 'dhcp' : 'dhcp6');
    set('DHCLIENT6_MODE', type === 'dhcp6' ? 'managed' : 'info');
  }
  if (type === 'dhcp4') {
    const isBoth = before === 'dhcp6' || (!isOld && before === 'dhcp');
    set('BOOTPROTO', isBoth || (isOld && word !== 'dhcp4') ? 'dhcp' : 'dhcp4');
  }
}

function maskOf(length: number): string {
  const bits = '1'.repeat(length).padEnd(32, '0');
  return [0, 8, 16, 24].map((at) => Number.parseInt(bits.slice(at, at + 8), 2)).join('.');
}
