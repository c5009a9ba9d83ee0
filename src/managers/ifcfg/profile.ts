/**
 * What ifcfg-rh makes of a file: a profile, written here as the keyfile that stands for it, or a device that NetworkManager leaves
 * alone, or nothing. connection_from_file_full() of nms-ifcfg-rh-reader.c, 1.42.4.
 */
import { Refusal, readFour, readSix, type Addressing } from './addresses.ts';
import { numberOf, placeOf, startOf, truthOf, valueOf, type IfcfgFile, type IfcfgFiles, type Value } from './files.ts';
import type { Piece } from '../composed-text.ts';
import type { Place } from '../../text/source.ts';

export type Lowered =
  | { readonly kind: 'profile'; readonly pieces: readonly Piece[] }
  /** A device spec, and whether no profile is made for it or it is unmanaged. */
  | { readonly kind: 'unmanaged' | 'unknown-type'; readonly spec: string; readonly place: Place }
  /** The whole file is refused. */
  | { readonly kind: 'refused'; readonly place: Place; readonly message: string }
  /** Left alone on purpose, or without an effect. */
  | { readonly kind: 'nothing'; readonly place: Place; readonly why: string };

/** `hasScript`: is there an executable ifup-X for links called X and a number? */
export function lowerConfig(
  config: IfcfgFile,
  { aliases, global }: IfcfgFiles,
  hasScript: (kind: string) => boolean,
): Lowered {
  if (!truthOf(config, 'NM_CONTROLLED', true)) return lowerUnmanaged(config, 'unmanaged');
  if (valueOf(config, 'BOOTPROTO')?.text.toLowerCase() === 'ibft')
    return { kind: 'nothing', place: placeOf(config), why: 'BOOTPROTO=ibft is left to the initramfs' };
  try {
    const type = typeOf(config, hasScript);
    if (type === null) return lowerUnmanaged(config, 'unknown-type');
    if (type === '') return { kind: 'nothing', place: placeOf(config), why: 'it is left to the scripts' };
    const six = readSix(config, global);
    const four = readFour(config, aliases.get(config.name) ?? [], global);
    return { kind: 'profile', pieces: writeProfile(config, type, four, six) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', place: error.place, message: error.message };
    throw error;
  }
}

/** create_unhandled_connection(): by MAC before by name. */
function lowerUnmanaged(config: IfcfgFile, kind: 'unmanaged' | 'unknown-type'): Lowered {
  const [mac, device] = [valueOf(config, 'HWADDR'), valueOf(config, 'DEVICE')];
  if (mac !== undefined) return { kind, spec: `mac:${mac.text.toLowerCase()}`, place: mac.place };
  if (device !== undefined) return { kind, spec: `interface-name:=${device.text}`, place: device.place };
  const key = kind === 'unmanaged' ? 'NM_CONTROLLED' : 'TYPE';
  const place = valueOf(config, key)?.place ?? startOf(config);
  return {
    kind: 'nothing',
    place,
    why: `${key}=${valueOf(config, key)?.text ?? ''} without DEVICE or HWADDR names no link`,
  };
}

/** By their names in TYPE, in any case of letters; null: one that it does not know; '': none of its business. */
const types: ReadonlyMap<string, string> = new Map([
  ['ethernet', 'ethernet'],
  ['ctc', 'ethernet'],
  ['wireless', 'wifi'],
  ['infiniband', 'infiniband'],
  ['bond', 'bond'],
  ['team', 'team'],
  ['vlan', 'vlan'],
  ['bridge', 'bridge'],
]);

function typeOf(config: IfcfgFile, hasScript: (kind: string) => boolean): string | null {
  const kind = valueOf(config, 'DEVICETYPE')?.text.toLowerCase();
  const isVlan = truthOf(config, 'VLAN', false);
  const said = valueOf(config, 'TYPE');
  const device = valueOf(config, 'DEVICE');
  let word = said?.text;
  if (kind === 'team' || (kind !== 'teamport' && valueOf(config, 'TEAM_CONFIG') !== undefined)) word = 'Team';
  else if (kind === 'teamport') word ??= device !== undefined && isVlan ? 'Vlan' : 'Ethernet';
  if (word === undefined) {
    if (valueOf(config, 'IPV6TUNNELIPV4') !== undefined) return '';
    if (device === undefined) throw new Refusal(placeOf(config), 'neither TYPE nor DEVICE; expected DEVICE=LINK');
    if (device.text === 'lo') return '';
    const script = device.text.replace(/(?<=.)\d+$/, '');
    if (truthOf(config, 'BONDING_MASTER', false)) word = 'Bond';
    else if (isVlan) word = 'Vlan';
    else if (script !== 'eth' && hasScript(script)) return '';
    else word = 'Ethernet';
  }
  if (word === 'Ethernet' && valueOf(config, 'BONDING_OPTS') !== undefined) word = 'Bond';
  if (truthOf(config, 'BONDING_MASTER', false) && word.toLowerCase() !== 'bond')
    throw new Refusal(said?.valuePlace ?? placeOf(config), `BONDING_MASTER=yes with TYPE=${word}; expected TYPE=Bond`);
  if (['bond', 'bridge', 'team'].includes(word.toLowerCase()) && device === undefined)
    throw new Refusal(said?.valuePlace ?? placeOf(config), `a ${word} without DEVICE; expected its name`);
  return types.get(word.toLowerCase()) ?? null;
}

const macPattern = /^[0-9a-f]{1,2}(?:(?::[0-9a-f]{1,2}){5}|(?:-[0-9a-f]{1,2}){5})$/i;

function writeProfile(config: IfcfgFile, type: string, four: Addressing, six: Addressing): readonly Piece[] {
  const at = placeOf(config);
  const pieces: Piece[] = [];
  const line = (text: string, place: Place = at) => pieces.push({ text: `${text}\n`, place });
  const pass = (key: string, to: string, check?: (value: Value) => boolean) => {
    const value = valueOf(config, key);
    if (value !== undefined && check?.(value) !== false) line(`${to}=${escape(value.text)}`, value.place);
  };
  line('[connection]');
  line(`id=${escape(valueOf(config, 'NAME')?.text ?? `System ${config.name}`)}`, valueOf(config, 'NAME')?.place);
  line(`type=${type}`, valueOf(config, 'TYPE')?.place);
  pass('UUID', 'uuid', checkUuid);
  pass('DEVICE', 'interface-name', ({ text }) => faultOfDevice(text) === null);
  if (!truthOf(config, 'ONBOOT', true)) line('autoconnect=false', config.values.get('ONBOOT')?.place);
  const priority = numberOf(config, 'AUTOCONNECT_PRIORITY', -999, 999);
  if (priority !== null) line(`autoconnect-priority=${priority}`, config.values.get('AUTOCONNECT_PRIORITY')?.place);
  const several = numberOf(config, 'MULTI_CONNECT', 0, 3);
  if (several !== null) line(`multi-connect=${several}`, config.values.get('MULTI_CONNECT')?.place);
  const port = portOf(config);
  if (port !== null) line(`master=${escape(port.value.text)}\nslave-type=${port.type}`, port.value.place);
  line('\n[match]');
  for (const key of ['INTERFACE_NAME', 'DRIVER', 'PATH', 'KERNEL_COMMAND_LINE']) {
    const value = valueOf(config, `MATCH_${key}`);
    const words = value?.text.split(/\s+/).filter((word) => word !== '') ?? [];
    if (words.length > 0)
      line(`${key.toLowerCase().replaceAll('_', '-')}=${words.map(escapeWord).join(';')};`, value?.place);
  }
  if (type === 'ethernet' || type === 'vlan' || type === 'bond') writeWired(config, line, pass);
  if (type === 'vlan') writeVlan(config, line);
  if (type === 'bond') writeBond(config, line);
  if (type === 'bridge') {
    line('\n[bridge]');
    pass('BRIDGE_MACADDR', 'mac-address', checkMac);
  }
  writeFamily('ipv4', four, at, line);
  pass('DHCP_CLIENT_ID', 'dhcp-client-id');
  writeFamily('ipv6', six, at, line);
  return pieces;
}

type Line = (text: string, place?: Place) => void;
type Pass = (key: string, to: string, check?: (value: Value) => boolean) => void;

function writeWired(config: IfcfgFile, line: Line, pass: Pass): void {
  line('\n[ethernet]');
  // blanks around this one are off
  const mac = config.values.get('HWADDR');
  const own = mac?.text.trim() ?? '';
  if (mac !== undefined && own !== '') {
    if (!macPattern.test(own)) throw new Refusal(mac.valuePlace, `HWADDR=${own}; expected a MAC address`);
    line(`mac-address=${own}`, mac.place);
  }
  pass('MACADDR', 'cloned-mac-address', (value) => cloned.test(value.text) || checkMac(value));
  pass('MTU', 'mtu', ({ text }) => /^(?:0x[0-9a-f]+|\d+)$/i.test(text) && Number(text) <= 65535);
  const avoided = valueOf(config, 'HWADDR_BLACKLIST');
  const macs = avoided?.text.split(/[\s;]+/).filter((word) => macPattern.test(word)) ?? [];
  if (macs.length > 0) line(`mac-address-blacklist=${macs.join(';')};`, avoided?.place);
}

const cloned = /^(?:preserve|permanent|random|stable)$/;

function checkMac({ key, text, valuePlace }: Value): boolean {
  if (macPattern.test(text)) return true;
  throw new Refusal(valuePlace, `${key}=${text}; expected a MAC address`);
}

function checkUuid({ text, valuePlace }: Value): boolean {
  if (/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{40})$/i.test(text)) return true;
  throw new Refusal(valuePlace, `UUID=${text}; expected one as uuidgen prints it`);
}

/** nm_utils_ifname_valid(): what is wrong with a link's name, for which DEVICE is read over; null: nothing. */
export function faultOfDevice(name: string): string | null {
  if (name.length > 15) return 'a name of more than 15 bytes';
  if (/^(?:\.\.?|all|default|bonding_masters)$/.test(name)) return 'a reserved name';
  if (/[\s/:]/.test(name)) return 'a name with a blank, a slash or a colon';
  return name.includes('%') ? "a name with a '%'" : null;
}

interface PortOf {
  readonly value: Value;
  readonly type: string;
}

/** The first of them counts; SLAVE says nothing. */
const portKeys: readonly (readonly [key: string, type: string])[] = [
  ['BRIDGE', 'bridge'],
  ['MASTER', 'bond'],
  ['TEAM_MASTER', 'team'],
  ['OVS_PORT', 'ovs-port'],
  ['VRF', 'vrf'],
];

function portOf(config: IfcfgFile): PortOf | null {
  for (const [key, type] of portKeys) {
    const value = valueOf(config, `${key}_UUID`) ?? valueOf(config, key);
    if (value !== undefined) return { value, type };
  }
  return null;
}

function writeVlan(config: IfcfgFile, line: Line): void {
  const device = valueOf(config, 'DEVICE');
  const said = valueOf(config, 'VLAN_ID');
  const [, before, after] = /^([^.]*)\.(.*)$/.exec(device?.text ?? '') ?? [];
  const digits = said?.text ?? after ?? /^vlan(.*)$/.exec(device?.text ?? '')?.[1] ?? '';
  const id = /^\d+$/.test(digits) && Number(digits) < 4095 ? Number(digits) : null;
  const place = (said ?? device)?.valuePlace ?? placeOf(config);
  if (id === null) throw new Refusal(place, `a VLAN without its number ('${digits}'); expected VLAN_ID=0 to 4094`);
  const parent = valueOf(config, 'PHYSDEV') ?? (before?.startsWith('vlan') === false ? device : undefined);
  const name = parent === device ? before : parent?.text;
  if (parent === undefined || name === undefined)
    throw new Refusal(place, 'a VLAN without what it stands on; expected PHYSDEV=LINK');
  line('\n[vlan]');
  line(`id=${id}`, (said ?? device)?.place);
  line(`parent=${escape(name)}`, parent.place);
}

/** BONDING_OPTS="mode=… fail_over_mac=…". */
function writeBond(config: IfcfgFile, line: Line): void {
  line('\n[bond]');
  const options = valueOf(config, 'BONDING_OPTS');
  for (const word of options?.text.split(' ') ?? []) {
    const [, key, value] = /^(mode|fail_over_mac)=(.+)$/.exec(word) ?? [];
    if (key !== undefined) line(`${key}=${escape(value ?? '')}`, options?.place);
  }
}

function writeFamily(group: string, { method, methodPlace, addresses }: Addressing, at: Place, line: Line): void {
  line(`\n[${group}]`, methodPlace ?? at);
  line(`method=${method}`, methodPlace ?? at);
  for (const [index, { text, place }] of addresses.entries()) line(`address${index + 1}=${text}`, place);
}

/** g_key_file_set_string()'s escapes. */
function escape(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replace(/^[ \t]+/, (blanks) => blanks.replaceAll(' ', String.raw`\s`).replaceAll('\t', String.raw`\t`))
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
}

function escapeWord(text: string): string {
  return escape(text).replaceAll(';', String.raw`\;`);
}
