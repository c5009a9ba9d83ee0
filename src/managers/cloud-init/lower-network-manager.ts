/** The network-manager renderer: a keyfile a device (network_manager.py). */
import { composeFile, type Piece } from '../composed-text.ts';
import type { Device, DeviceKind, Subnet } from './device.ts';
import type { ConfigFile } from '../claim.ts';
import type { Place } from '../../text/source.ts';

const types: Readonly<Record<Exclude<DeviceKind, 'untyped'>, string>> = {
  physical: 'ethernet',
  infiniband: 'infiniband',
  loopback: 'loopback',
  bond: 'bond',
  bridge: 'bridge',
  vlan: 'vlan',
};

export function renderNetworkManager(devices: readonly Device[]): readonly ConfigFile[] {
  return devices
    .filter(({ kind }) => kind !== 'loopback')
    .map((device) =>
      composeFile(
        'cloud-init',
        `/etc/NetworkManager/system-connections/cloud-init-${device.name}.nmconnection`,
        0o600,
        renderDevice(device, devices),
      ),
    );
}

function renderDevice(device: Device, all: readonly Device[]): readonly Piece[] {
  const { name, kind, place, mac, mtu, link, vlanId, subnets } = device;
  const pieces: Piece[] = [];
  const key = (text: string, at: Place) => pieces.push({ text: `${text}\n`, place: at });
  const uppers = all.filter(({ members }) => members.some(({ value }) => value === name));
  const upper = uppers.find((one) => one.kind === 'bond') ?? uppers[0];
  key(
    `[connection]\nid=cloud-init ${name}\nautoconnect-priority=120\ntype=${kind === 'untyped' ? '' : types[kind]}`,
    place,
  );
  // With a MAC the profile is bound to that alone.
  if ((mac === null && device.hasEmptyMac !== true) || kind !== 'physical') key(`interface-name=${name}`, place);
  if (upper !== undefined) key(`slave-type=${upper.kind}\nmaster=${upper.name}`, upper.place);
  if (kind === 'physical' && (mac !== null || mtu !== null || device.hasEmptyMac === true)) {
    key('\n[ethernet]', place);
    if (mtu !== null) key(`mtu=${mtu.value}`, mtu.place);
    if (device.hasEmptyMac === true) key('mac-address=', place);
    if (mac !== null) key(`mac-address=${mac.value.toUpperCase()}`, mac.place);
  }
  if (kind === 'vlan') {
    key('\n[vlan]', place);
    if (vlanId !== null) key(`id=${vlanId.value}`, vlanId.place);
    if (link !== null) key(`parent=${link.value}`, link.place);
  }
  renderFamily(
    pieces,
    'ipv4',
    subnets.filter(({ type }) => type === 'dhcp4' || type === 'static'),
    place,
  );
  renderFamily(
    pieces,
    'ipv6',
    subnets.filter(({ type }) => !['dhcp4', 'static', 'manual', 'unknown'].includes(type)),
    place,
  );
  return pieces;
}

function renderFamily(pieces: Piece[], family: string, subnets: readonly Subnet[], place: Place): void {
  const [first] = subnets;
  if (first === undefined) return;
  // The word static6 is not known to it, and means auto.
  const dynamic = subnets.find(({ word }) => word !== 'static');
  const method = dynamic === undefined ? 'manual' : 'auto';
  pieces.push({ text: `\n[${family}]\n`, place }, { text: `method=${method}\n`, place: first.place });
  let count = 0;
  for (const { address } of subnets) {
    if (address !== null) pieces.push({ text: `address${(count += 1)}=${address.value}\n`, place: address.place });
  }
  const gateway = subnets.find((subnet) => subnet.gateway !== null)?.gateway;
  if (gateway !== null && gateway !== undefined)
    pieces.push({ text: `gateway=${gateway.value}\n`, place: gateway.place });
}
