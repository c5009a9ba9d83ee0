/**
 * The types of connections (nm-setting-*.c), and what the group of each must hold. Profiles of other types than Ethernet
 * are for links that NetworkManager makes itself; they are checked, since one that is refused takes what stands on a
 * master with it, and claim nothing.
 */
import { keyFileEntry, keyFileString, type KeyFile, type KeyFileGroup } from '../../text/key-file.ts';
import { ethernetGroups, faultOfLinkName, readInteger, readMac } from './profile-values.ts';
import { isAtLeast } from './compare-version.ts';
import type { ProfileFault } from './profile-fault.ts';

/** By their names in `type=`; in brackets of the source the old ones, which are still taken. */
export const connectionTypes: ReadonlySet<string> = new Set(
  (
    'ethernet 802-3-ethernet vlan bond bridge team vrf dummy veth macvlan macsec vxlan ip-tunnel tun wireguard loopback ' +
    'generic infiniband pppoe adsl bluetooth cdma gsm vpn wifi 802-11-wireless wifi-p2p 802-11-olpc-mesh ' +
    'wimax wpan 6lowpan ovs-bridge ovs-port ovs-interface hsr ipvlan geneve'
  ).split(' '),
);

/** The minor version of 1.x that brought a type. */
const brought: Readonly<Record<string, number>> = { hsr: 46, ipvlan: 52, geneve: 58 };

export interface ConnectionType {
  /** Ethernet under its one name; null: none that is known. */
  readonly type: string | null;
  readonly faults: readonly ProfileFault[];
}

/** `type=`, or where it is missing, the one group of a type that can stand alone. */
export function readType(file: KeyFile, version: string | undefined): ConnectionType {
  const entry = keyFileEntry(file, 'connection', 'type');
  const isKnown = (word: string) => connectionTypes.has(word) && isAtLeast(version, brought[word] ?? 0) !== 'no';
  if (entry !== undefined) {
    if (!isKnown(entry.raw)) {
      const message = isKnown(entry.value)
        ? `a blank behind type=${entry.value}; expected none`
        : `type=${entry.value}; expected a type of connection, ethernet for example`;
      return { type: null, faults: [{ place: entry.valuePlace, message }] };
    }
    return { type: ethernetGroups.includes(entry.raw) ? 'ethernet' : entry.raw, faults: [] };
  }
  const bases = new Set(
    file.groups
      .filter(({ name }) => isKnown(name))
      .map(({ name }) => (ethernetGroups.includes(name) ? 'ethernet' : name)),
  );
  const [only, ...others] = bases;
  // a port of Open vSwitch has an Ethernet group too, and has to say what it is
  if (only !== undefined && only !== 'ovs-interface' && others.length === 0) return { type: only, faults: [] };
  const [first] = file.groups;
  if (first === undefined) return { type: null, faults: [] };
  const message = `no type in [connection]${others.length > 0 ? `, and [${[...bases].join('], [')}] leave it open` : ''}; expected type=ethernet`;
  return { type: null, faults: [{ place: first.place, message }] };
}

/** Types whose link has to have a name. */
const named: readonly string[] = 'bond bridge team vrf dummy wireguard ovs-bridge ovs-port'.split(' ');

/** What a type's own group must hold. Only types whose links can stand on a master are looked into. */
export function* checkType(file: KeyFile, type: string): Generator<ProfileFault> {
  // it stood in the type's own group once
  const name = keyFileEntry(file, 'connection', 'interface-name') ?? keyFileEntry(file, type, 'interface-name');
  const whole = findGroup(file, type) ?? file.groups[0];
  if (whole === undefined) return;
  if (named.includes(type) && name === undefined)
    yield { place: whole.place, message: `a ${type} without interface-name; expected one in [connection]` };
  if (type === 'vlan' || findGroup(file, 'vlan') !== undefined) yield* checkVlan(file);
}

function findGroup(file: KeyFile, wanted: string): KeyFileGroup | undefined {
  return file.groups.find(({ name }) => name === wanted);
}

/** Whatever the type is: each group that is there is looked at. */
function* checkVlan(file: KeyFile): Generator<ProfileFault> {
  const of = (key: string) => keyFileEntry(file, 'vlan', key);
  const whole = findGroup(file, 'vlan') ?? file.groups[0];
  if (whole === undefined) return;
  const parent = of('parent');
  const mac = ethernetGroups
    .map((group) => keyFileEntry(file, group, 'mac-address'))
    .find((entry) => entry !== undefined);
  if (parent === undefined && (mac === undefined || readMac(mac.raw) === null))
    yield { place: whole.place, message: 'a VLAN without parent; expected parent=LINK in [vlan]' };
  const link = parent === undefined ? null : (keyFileString(parent.raw) ?? '');
  if (parent !== undefined && link !== null && !uuid.test(link) && faultOfLinkName(link) !== null)
    yield { place: parent.valuePlace, message: `parent=${parent.raw}; expected a link's name or a UUID` };
  const id = of('id');
  if (id !== undefined && readInteger(id.raw, 0, 4095) === 4095)
    yield { place: id.valuePlace, message: 'id=4095; expected 0 to 4094' };
  const protocol = of('protocol');
  if (protocol !== undefined && !['802.1Q', '802.1ad'].includes(protocol.raw))
    yield { place: protocol.valuePlace, message: `protocol=${protocol.raw}; expected 802.1Q or 802.1ad` };
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
