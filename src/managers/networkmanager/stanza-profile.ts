/**
 * The connection that NetworkManager's plugin ifupdown makes of an iface stanza (nms-ifupdown-parser.c, the same from 1.42 to 1.58).
 * It knows `static` and, for IPv6, `v4tunnel`; every other method, `manual` too, is automatic, and so is the family that the
 * stanza is not of.
 */
import { parseIPv4, parseIPv6 } from '../../text/address.ts';
import { faultOfLinkName } from './profile-values.ts';
import type { KeyFile, KeyFileEntry } from '../../text/key-file.ts';
import type { Block, BlockOption } from './interfaces.ts';
import type { Profile } from './profile.ts';

/** Null: it makes none, since a value is wrong or the stanza is of Wi-Fi or PPP; no Ethernet link has one of it then. */
export function profileOfStanza(block: Block, autoconnect: boolean, version: string | undefined): Profile | null {
  const { name, place, options } = block;
  const of = (key: string) => options.find((option) => option.key === key);
  const isOther = of('inet')?.value === 'ppp' || options.some(({ key }) => /^(?:wireless|wpa)-/.test(key));
  if (isOther || faultOfLinkName(name) !== null) return null;
  const six = of('inet6');
  const addressing = six === undefined ? readFour(of) : readSix(six, of);
  if (addressing === null) return null;
  const groups = [
    { name: 'connection', place, entries: [entryOf('connection', 'interface-name', name, place)] },
    { name: six === undefined ? 'ipv4' : 'ipv6', place, entries: addressing },
  ];
  const file: KeyFile = { source: place.source, groups, faults: [] };
  return {
    file,
    path: place.source.path,
    id: `Ifupdown (${name})`,
    place,
    uuid: null,
    autoconnect,
    priority: 0,
    multiple: false,
    port: null,
    version,
  };
}

type Find = (key: string) => BlockOption | undefined;

function readFour(of: Find): readonly KeyFileEntry[] | null {
  const method = of('inet');
  if (method?.value !== 'static') return methodEntries('ipv4', 'auto', method);
  const [address, netmask, gateway] = [of('address'), of('netmask'), of('gateway')];
  const length = netmask === undefined ? 32 : lengthOfMask(netmask.value);
  if (address === undefined || length === null || parseIPv4(address.value) === null) return null;
  if (gateway !== undefined && parseIPv4(gateway.value) === null) return null;
  const written = entryOf('ipv4', 'address1', `${address.value}/${length}`, address.place);
  return [...methodEntries('ipv4', 'manual', method), written];
}

function readSix(method: BlockOption, of: Find): readonly KeyFileEntry[] | null {
  if (method.value !== 'static' && method.value !== 'v4tunnel') return methodEntries('ipv6', 'auto', method);
  const [address, netmask, gateway] = [of('address'), of('netmask'), of('gateway')];
  const length = netmask?.value ?? '128';
  if (address === undefined || parseIPv6(address.value) === null) return null;
  if (!/^\d{1,3}$/.test(length) || Number(length) > 128) return null;
  if (gateway !== undefined && parseIPv6(gateway.value) === null) return null;
  const written = entryOf('ipv6', 'address1', `${address.value}/${Number(length)}`, address.place);
  return [...methodEntries('ipv6', 'manual', method), written];
}

/** Fewer than seven characters are a number, as atoi(3) reads it; else it is a mask. */
function lengthOfMask(text: string): number | null {
  if (text.length < 7) {
    const length = Number.parseInt(text, 10);
    return Number.isNaN(length) ? 0 : length >= 0 && length <= 32 ? length : null;
  }
  const mask = parseIPv4(text);
  if (mask === null) return null;
  const bits = mask.split('.').map((part) => Number(part).toString(2).padStart(8, '0'));
  return bits.join('').lastIndexOf('1') + 1;
}

function methodEntries(group: string, value: string, method: BlockOption | undefined): readonly KeyFileEntry[] {
  return method === undefined ? [] : [entryOf(group, 'method', value, method.place)];
}

function entryOf(group: string, key: string, value: string, place: BlockOption['place']): KeyFileEntry {
  return { group, key, value, raw: value, keyPlace: place, valuePlace: place };
}
