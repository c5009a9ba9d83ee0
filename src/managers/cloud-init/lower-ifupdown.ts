/** The eni renderer: a file for ifupdown, and the udev rules that name links by MAC (eni.py, udev.py). */
import { composeFile, type Piece } from '../composed-text.ts';
import { hasBehaviour } from './behaviours.ts';
import { isSix, isYes, type Device, type DeviceKind, type Subnet, type SubnetType } from './device.ts';
import type { ConfigFile } from '../claim.ts';
import type { Place } from '../../text/source.ts';

const path = '/etc/network/interfaces.d/50-cloud-init';
const rulesPath = '/etc/udev/rules.d/70-persistent-net.rules';

const order: Readonly<Record<DeviceKind, number>> = {
  loopback: 0,
  physical: 1,
  infiniband: 2,
  bond: 3,
  bridge: 4,
  vlan: 5,
  untyped: 6,
};

/** `version`: of cloud-init, undefined if nobody knows. */
export function renderIfupdown(
  devices: readonly Device[],
  place: Place,
  version: string | undefined,
): readonly ConfigFile[] {
  const pieces: Piece[] = [{ text: 'auto lo\niface lo inet loopback\n', place }];
  const sorted = [...devices].sort(
    (a, b) => order[a.kind] - order[b.kind] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  for (const device of sorted.filter(({ name }) => name !== 'lo')) renderDevice(device, devices, pieces, version);
  return [composeFile('cloud-init', path, 0o644, pieces), ...renderRules(devices)];
}

const stanzas: Readonly<Record<Exclude<SubnetType, 'unknown'>, string>> = {
  dhcp4: 'inet dhcp',
  dhcp6: 'inet6 dhcp',
  static: 'inet static',
  static6: 'inet6 static',
  slaac: 'inet6 auto',
  stateless: 'inet6 auto',
  manual: 'inet manual',
};

function renderDevice(device: Device, all: readonly Device[], pieces: Piece[], version: string | undefined): void {
  const { name, keys, subnets, place } = device;
  const bond = all.find(({ kind, members }) => kind === 'bond' && members.some(({ value }) => keys.includes(value)));
  const isHyphened = hasBehaviour(version, 'hyphens in ENI');
  if (subnets.length === 0) {
    if (bond !== undefined || device.kind === 'bond') pieces.push({ text: `auto ${name}\n`, place });
    pieces.push({ text: `iface ${name} inet manual\n`, place });
    renderOptions(device, bond, pieces, isHyphened);
  }
  let started = false;
  let start = '';
  let sixRoute: Place | undefined;
  for (const [index, subnet] of subnets.entries()) {
    start = `${startWord(subnet, started)} ${name}\n`;
    pieces.push({ text: start, place });
    started ||= subnet.control === 'auto';
    // a word that it does not know is a method to it
    const method =
      subnet.type === 'unknown' ? `${isSix(subnet) ? 'inet6' : 'inet'} ${subnet.word}` : stanzas[subnet.type];
    pieces.push({ text: `iface ${name} ${method}\n`, place: subnet.place });
    const { address, gateway, type } = subnet;
    if (address !== null) pieces.push({ text: `    address ${address.value}\n`, place: address.place });
    if (gateway !== null) pieces.push({ text: `    gateway ${joined(gateway.value)}\n`, place: gateway.place });
    // What is no part of the address is written once, with the first (_iface_add_attrs).
    if (index === 0 && (type === 'stateless' || type === 'slaac')) {
      pieces.push({ text: `    dhcp ${type === 'stateless' ? '1' : '0'}\n`, place: subnet.place });
    }
    if (index === 0) renderOptions(device, bond, pieces, isHyphened);
    sixRoute = isSix(subnet) ? undefined : (sixRoute ?? subnet.sixRoute);
  }
  // without an address, at which ifup ends
  if (sixRoute !== undefined && hasBehaviour(version, 'IPv6 routes apart in ENI'))
    pieces.push({ text: start, place }, { text: `iface ${name} inet6 static\n`, place: sixRoute });
}

/** A list of texts, as Python prints it, is written with blanks between them (_iface_add_attrs). */
function joined(value: string): string {
  return /^\['.*'\]$/.test(value) ? value.slice(2, -2).split("', '").join(' ') : value;
}

/** A second `auto` for one name would upset older ifupdown, so it becomes a comment, as other controls do. */
function startWord({ control }: Subnet, started: boolean): string {
  if (control === 'auto' && !started) return 'auto';
  return control === 'hotplug' && !started ? 'allow-hotplug' : `# control-${started ? 'alias' : control}`;
}

/** Subnet types with which the renderer says accept_ra, by their spelling. */
const heedsAcceptRa: ReadonlySet<string> = new Set(['dhcp4', 'dhcp6', 'ipv6_dhcpv6-stateful']);

/** What is false in Python, as it is printed: such an option is left out. */
const falsyWords: ReadonlySet<string> = new Set(['', '0', '[]', '{}']);

function renderOptions(device: Device, bond: Device | undefined, pieces: Piece[], isHyphened: boolean): void {
  const { kind, mac, mtu, members, link, vlanId, acceptRa, subnets } = device;
  const option = (name: string, value: string, place: Place) => {
    pieces.push({ text: `    ${isHyphened ? name.replaceAll('_', '-') : name} ${value}\n`, place });
  };
  if (mac !== null && kind !== 'physical') option('hwaddress', mac.value, mac.place);
  if (mtu !== null && !falsyWords.has(mtu.value)) option('mtu', mtu.value, mtu.place);
  const [first] = subnets;
  if (acceptRa !== null && first !== undefined && (first.type === 'static6' || heedsAcceptRa.has(first.word))) {
    option('accept_ra', isYes(acceptRa) ? '1' : '0', acceptRa.place);
  }
  if (bond !== undefined) option('bond-master', bond.name, bond.place);
  if (kind === 'bond') option('bond-slaves', 'none', device.place);
  if (kind === 'bridge') {
    const ports = members.map(({ value }) => value).join(' ');
    if (ports !== '') option('bridge_ports', ports, members[0]?.place ?? device.place);
  }
  if (link !== null) option('vlan-raw-device', link.value === 'True' ? 'on' : joined(link.value), link.place);
  if (vlanId !== null) option('vlan_id', vlanId.value, vlanId.place);
}

/** One name for a MAC that three links have: whichever event comes first gets it. A MAC in capitals matches none. */
export function renderRules(devices: readonly Device[], at = rulesPath): readonly ConfigFile[] {
  const pieces = devices.flatMap(({ kind, name, mac, driver }): readonly Piece[] => {
    if (kind !== 'physical' || mac === null) return [];
    const keys = `SUBSYSTEM=="net", ACTION=="add", DRIVERS=="${driver?.value ?? '?*'}", ATTR{address}=="${mac.value}"`;
    return [{ text: `${keys}, NAME="${name}"\n`, place: mac.place }];
  });
  return pieces.length === 0 ? [] : [composeFile('cloud-init', at, 0o644, pieces)];
}
