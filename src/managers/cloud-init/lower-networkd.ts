/**
 * The networkd renderer: a .network file a device (networkd.py). Up to 25.1 it knows no bonds, bridges and VLANs of its own;
 * then it writes their .netdev files too. Of those, the options of bonds and bridges are left out: they decide about no link.
 */
import { composeFile, type Piece } from '../composed-text.ts';
import { hasBehaviour } from './behaviours.ts';
import { isOutside, isYes, type Device } from './device.ts';
import type { ConfigFile } from '../claim.ts';
import type { Place } from '../../text/source.ts';

/** `version`: of cloud-init, undefined if nobody knows. */
export function renderNetworkd(devices: readonly Device[], version: string | undefined): readonly ConfigFile[] {
  const file = ({ name }: Device, extension: string, pieces: readonly Piece[]) =>
    composeFile('cloud-init', `/etc/systemd/network/10-cloud-init-${name}.${extension}`, 0o644, pieces);
  const netdevs = devices.filter((device) => hasNetdev(device, devices, version));
  return [
    // of two that are called alike the last one's file is there
    ...devices
      .filter(({ name }, index) => !devices.slice(index + 1).some((later) => later.name === name))
      .map((device) => file(device, 'network', renderDevice(device, { devices, netdevs, version }))),
    ...netdevs.map((device) => file(device, 'netdev', renderNetdev(device))),
  ];
}

function hasNetdev(device: Device, all: readonly Device[], version: string | undefined): boolean {
  const { kind, members, link, vlanId } = device;
  if (kind === 'bridge') return hasBehaviour(version, 'bridges in networkd') && members.length > 0;
  if (!hasBehaviour(version, 'netdevs in networkd')) return false;
  if (kind === 'bond') return portsOf(device, all).length > 0;
  return kind === 'vlan' && link !== null && vlanId !== null;
}

/** A bond's, which know their bond; a bridge's are looked up by the words that it has. */
function portsOf({ members }: Device, all: readonly Device[]): readonly Device[] {
  return all.filter(({ keys }) => members.some(({ value }) => keys.includes(value)));
}

interface Among {
  readonly devices: readonly Device[];
  readonly netdevs: readonly Device[];
  readonly version: string | undefined;
}

function renderDevice(device: Device, { devices, netdevs, version }: Among): readonly Piece[] {
  const { name, kind, place, mac, driver, mtu, acceptRa, subnets } = device;
  const pieces: Piece[] = [];
  const key = (text: string, at: Place) => pieces.push({ text: `${text}\n`, place: at });
  const four = subnets.find(({ type }) => type === 'dhcp4');
  // The renderer's own test: the types of slaac and the stateless kind are not in it.
  const six = subnets.find(({ word }) => word === 'dhcp6');
  const dhcp = four === undefined ? (six === undefined ? 'no' : 'ipv6') : six === undefined ? 'ipv4' : 'yes';
  const isNew = hasBehaviour(version, 'netdevs in networkd');
  for (const { address } of subnets) if (address !== null) key(`[Address]\nAddress=${address.value}\n`, address.place);
  if (mtu !== null) key(`[Link]\nMTUBytes=${mtu.value}\n`, mtu.place);
  if (isNew && kind !== 'physical' && mac !== null) key(`[Link]\nMACAddress=${mac.value}\n`, mac.place);
  key('[Match]', place);
  if (driver !== null) key(`Driver=${driver.value}`, driver.place);
  if (mac !== null && (kind === 'physical' || !isNew)) key(`MACAddress=${mac.value}`, mac.place);
  key(device.isNameless === true || name === '' ? '' : `Name=${name}\n`, place);
  key('[Network]', place);
  key(`DHCP=${dhcp}`, (four ?? six)?.place ?? place);
  if (acceptRa !== null && (six !== undefined || hasBehaviour(version, 'accept-ra always'))) {
    const [yes, no] = isNew ? ['yes', 'no'] : ['True', 'False'];
    key(`IPv6AcceptRA=${isYes(acceptRa) ? yes : no}`, acceptRa.place);
  }
  for (const upper of netdevs) {
    if (upper.kind === 'vlan' && upper.link?.value === name) key(`VLAN=${upper.name}`, upper.link.place);
  }
  for (const upperKind of ['bond', 'bridge'] as const) {
    const upper = netdevs.findLast((one) => one.kind === upperKind && hasPort(one, device, devices));
    if (upper !== undefined && upper.isNameless !== true)
      key(`${upperKind === 'bond' ? 'Bond' : 'Bridge'}=${upper.name}`, upper.place);
  }
  key('', place);
  for (const { gateway, address } of subnets) {
    if (gateway === null) continue;
    const isMarked = hasBehaviour(version, 'gateways on link in networkd') && isOutside(gateway, address);
    key(`[Route]\nGateway=${gateway.value}\n${isMarked ? 'GatewayOnLink=yes\n' : ''}`, gateway.place);
  }
  return pieces;
}

function hasPort(upper: Device, { name }: Device, all: readonly Device[]): boolean {
  return upper.kind === 'bond'
    ? portsOf(upper, all).some((port) => port.name === name)
    : upper.members.some(({ value }) => value === name);
}

function renderNetdev({ name, kind, place, mac, mtu, vlanId }: Device): readonly Piece[] {
  const pieces: Piece[] = [{ text: `[NetDev]\nName=${name}\nKind=${kind}\n`, place }];
  const key = (text: string, at: Place) => pieces.push({ text: `${text}\n`, place: at });
  if (mtu !== null) key(`MTUBytes=${mtu.value}`, mtu.place);
  if (mac !== null) key(`MACAddress=${mac.value.toLowerCase()}`, mac.place);
  if (kind === 'vlan' && vlanId !== null) key(`\n[VLAN]\nId=${vlanId.value}`, vlanId.place);
  return pieces;
}
