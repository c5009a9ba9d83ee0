/** The addresses of an ifcfg file as ifcfg-rh takes them: make_ip4_setting(), make_ip6_setting(), read_aliases(). */
import { parseIPv4, parseIPv6 } from '../../text/address.ts';
import { startOf, truthOf, valueOf, type IfcfgFile, type Value } from './files.ts';
import type { Place } from '../../text/source.ts';

export interface Address {
  /** With its prefix length. */
  readonly text: string;
  readonly place: Place;
}

export interface Addressing {
  /** Of nm-settings-keyfile(5). */
  readonly method: string;
  readonly methodPlace: Place | null;
  readonly addresses: readonly Address[];
}

/** For this the whole file is refused. */
export class Refusal extends Error {
  readonly place: Place;
  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

const methods: ReadonlyMap<string, string> = new Map([
  ['dhcp', 'auto'],
  ['bootp', 'auto'],
  ['autoip', 'link-local'],
  ['shared', 'shared'],
]);

/** Throws a Refusal. */
export function readFour(config: IfcfgFile, aliases: readonly IfcfgFile[], global: IfcfgFile | null): Addressing {
  const proto = valueOf(config, 'BOOTPROTO');
  const word = proto?.text.toLowerCase() ?? 'none';
  const some = firstFour(config);
  const isStatic = word === 'none' || word === 'static';
  const method = isStatic ? (some === undefined ? 'disabled' : 'manual') : methods.get(word);
  if (method === undefined)
    throw new Refusal(
      proto?.valuePlace ?? startOf(config),
      `BOOTPROTO=${word}; expected dhcp, bootp, static, none, autoip, shared or ibft`,
    );
  const addresses = method === 'disabled' ? [] : readNumbered(config);
  if (method !== 'disabled') {
    const gateway = global === null ? undefined : valueOf(global, 'GATEWAY');
    if (gateway !== undefined) checkFour(gateway);
    checkServers(config);
  }
  const [first] = addresses;
  if (method === 'manual' && first === undefined)
    throw new Refusal(some?.place ?? startOf(config), `${some?.key ?? 'PREFIX'} without IPADDR; expected an address`);
  if (method === 'link-local' && first !== undefined)
    throw new Refusal(first.place, 'an address with BOOTPROTO=autoip; expected none');
  const added = readAliases(config, aliases, first);
  return {
    method: method === 'disabled' && added.length > 0 ? 'manual' : method,
    methodPlace: proto?.place ?? null,
    addresses: [...addresses, ...added],
  };
}

/** IPADDR, IPADDR0 and IPADDR1, each of which may be missing, then up to a gap. */
function readNumbered(config: IfcfgFile): readonly Address[] {
  const addresses: Address[] = [];
  for (let which = -1; ; which += 1) {
    const address = readOne(config, which, null);
    if (address !== null) addresses.push(address);
    else if (which > 1) return addresses;
  }
}

const tag = (name: string, which: number): string => (which < 0 ? name : `${name}${which}`);

function firstFour(config: IfcfgFile): Value | undefined {
  for (const which of [-1, 0, 1, 2])
    for (const name of ['IPADDR', 'PREFIX', 'NETMASK']) {
      const value = valueOf(config, tag(name, which));
      if (value !== undefined) return value;
    }
  return undefined;
}

function checkFour({ key, text, valuePlace }: Value): string {
  const address = parseIPv4(text);
  const more = text.includes('/') ? ', its length in PREFIX' : '';
  if (address === null) throw new Refusal(valuePlace, `${key}=${text}; expected an IPv4 address${more}`);
  return address;
}

/** `base`: of an alias, what it takes its address and length from where it has none. */
function readOne(config: IfcfgFile, which: number, base: Address | null): Address | null {
  const value = valueOf(config, tag('IPADDR', which));
  if (value === undefined && base === null) return null;
  const [baseAddress = '', baseLength] = base?.text.split('/') ?? [];
  const address = value === undefined ? baseAddress : checkFour(value);
  const gateway = valueOf(config, tag('GATEWAY', which));
  if (gateway !== undefined && base === null) checkFour(gateway);
  const prefix = valueOf(config, tag('PREFIX', which));
  const mask = valueOf(config, tag('NETMASK', which));
  const place = value?.place ?? startOf(config);
  if (prefix !== undefined && !(/^\d+$/.test(prefix.text) && Number(prefix.text) <= 32))
    throw new Refusal(prefix.valuePlace, `${prefix.key}=${prefix.text}; expected 0 to 32`);
  if (prefix !== undefined) return { text: `${address}/${Number(prefix.text)}`, place };
  const length = mask === undefined ? (baseLength ?? lengthOfClass(address)) : lengthOf(checkFour(mask));
  return { text: `${address}/${length}`, place };
}

/** The bits up to the last one that is set. */
function lengthOf(mask: string): number {
  const bits = mask.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'));
  return bits.join('').lastIndexOf('1') + 1;
}

function lengthOfClass(address: string): number {
  const first = Number.parseInt(address, 10);
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}

/** DNS1, DNS2, … up to a gap. */
function checkServers(config: IfcfgFile): void {
  for (let number = 1; ; number += 1) {
    const server = valueOf(config, `DNS${number}`);
    if (server === undefined) return;
    const [address = ''] = server.text.split('#');
    if (parseIPv4(address) === null && parseIPv6(address.replace(/%.*$/, '')) === null)
      throw new Refusal(server.valuePlace, `${server.key}=${server.text}; expected an IP address`);
  }
}

/** An alias that is wrong is left out, and nothing else with it. */
function readAliases(config: IfcfgFile, aliases: readonly IfcfgFile[], base: Address | undefined): readonly Address[] {
  return aliases.flatMap((alias) =>
    faultOfAlias(alias, config.name, base) === null ? (readOne(alias, -1, base ?? null) ?? []) : [],
  );
}

export interface Fault {
  readonly place: Place;
  readonly message: string;
}

export function faultOfAlias(alias: IfcfgFile, parent: string, base?: Address): Fault | null {
  const device = valueOf(alias, 'DEVICE');
  if (!/^:\w+$/.test(alias.name.slice(parent.length)))
    return { place: startOf(alias), message: `'${alias.name}'; expected letters, digits and '_' behind the colon` };
  if (device?.text !== alias.name)
    return {
      place: device?.valuePlace ?? startOf(alias),
      message: `DEVICE=${device?.text ?? ''}; expected DEVICE=${alias.name}, as the file is called`,
    };
  try {
    readOne(alias, -1, base ?? null);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return null;
}

/** Throws a Refusal. */
export function readSix(config: IfcfgFile, global: IfcfgFile | null): Addressing {
  const init = valueOf(config, 'IPV6INIT');
  const isOn = truthOf(init === undefined && global !== null ? global : config, 'IPV6INIT', false);
  const methodPlace = (init ?? valueOf(config, 'IPV6_AUTOCONF'))?.place ?? null;
  const isDisabled = truthOf(config, 'IPV6_DISABLED', false);
  if (isDisabled || !isOn) return { method: isDisabled ? 'disabled' : 'ignore', methodPlace, addresses: [] };
  const texts = ['IPV6ADDR', 'IPV6ADDR_SECONDARIES'].flatMap((key) => valueOf(config, key) ?? []);
  const isShared = valueOf(config, 'IPV6_AUTOCONF')?.text === 'shared';
  const isAuto = truthOf(config, 'IPV6_AUTOCONF', !truthOf(config, 'IPV6FORWARDING', false));
  const plain = truthOf(config, 'DHCPV6C', false) ? 'dhcp' : texts.length === 0 ? 'link-local' : 'manual';
  const addresses = texts.flatMap(({ key, text, place, valuePlace }) =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .map((word): Address => {
        const [, address = '', length = '64'] = /^([^/]*)(?:\/(\d+))?$/.exec(word) ?? [];
        if (parseIPv6(address) === null || Number(length) > 128)
          throw new Refusal(valuePlace, `${key}=${word}; expected an IPv6 address`);
        return { text: `${address}/${length}`, place };
      }),
  );
  const method = isShared ? 'shared' : isAuto ? 'auto' : plain;
  const [first] = addresses;
  if (method === 'link-local' && first !== undefined)
    throw new Refusal(first.place, 'an address beside a link-local one alone; expected none');
  checkServers(config);
  return { method, methodPlace, addresses };
}
