/** The networkd renderer: a .network file a device (networkd.py). It knows no bonds, bridges and VLANs of its own. */
import { composeFile, type Piece } from '../composed-text.ts';
import { isYes, type Device } from './device.ts';
import type { ConfigFile, PlacedValue } from '../claim.ts';
import type { Place } from '../../text/source.ts';

export function renderNetworkd(devices: readonly Device[]): readonly ConfigFile[] {
  return devices.map((device) =>
    composeFile('cloud-init', `/etc/systemd/network/10-cloud-init-${device.name}.network`, 0o644, renderDevice(device)),
  );
}

function renderDevice(device: Device): readonly Piece[] {
  const { name, place, mac, driver, mtu, acceptRa, subnets } = device;
  const pieces: Piece[] = [];
  const key = (text: string, at: Place) => pieces.push({ text: `${text}\n`, place: at });
  const four = subnets.find(({ type }) => type === 'dhcp4');
  // The renderer's own test: the types of slaac and the stateless kind are not in it.
  const six = subnets.find(({ word }) => word === 'dhcp6');
  const dhcp = four === undefined ? (six === undefined ? 'no' : 'ipv6') : six === undefined ? 'ipv4' : 'yes';
  for (const { address } of subnets) if (address !== null) key(`[Address]\nAddress=${address.value}\n`, address.place);
  if (mtu !== null) key(`[Link]\nMTUBytes=${mtu.value}\n`, mtu.place);
  key('[Match]', place);
  for (const [option, setting] of [
    ['Driver', driver],
    ['MACAddress', mac],
  ] as const) {
    if (setting !== null) key(`${option}=${setting.value}`, setting.place);
  }
  key(`Name=${name}\n`, place);
  key('[Network]', place);
  key(`DHCP=${dhcp}`, (four ?? six)?.place ?? place);
  if (acceptRa !== null && six !== undefined) key(`IPv6AcceptRA=${isYes(acceptRa) ? 'True' : 'False'}`, acceptRa.place);
  key('', place);
  for (const gateway of subnets.flatMap((subnet): readonly PlacedValue[] =>
    subnet.gateway === null ? [] : [subnet.gateway],
  )) {
    key(`[Route]\nGateway=${gateway.value}\n`, gateway.place);
  }
  return pieces;
}
