/** The options that say what address a master gets, shared by the commands that write configuration. */
import { contains, isIPv6, parseAddress, parsePrefix } from '../text/address.ts';
import { printable } from '../report/table.ts';
import { CommandError, exitStatus } from './command.ts';
import type { MasterConfig } from '../managers/master-config.ts';

export interface AddressingOptions {
  readonly dhcp4?: true;
  readonly dhcp6?: true;
  readonly ra?: true;
  readonly address?: readonly string[];
  readonly gateway?: readonly string[];
  readonly dns?: readonly string[];
  readonly mtu?: string;
  readonly metric?: string;
}

/** For commander. `collects`: may be given again. */
export const addressingOptions = [
  { flags: '--dhcp4', description: 'DHCP for IPv4', collects: false },
  { flags: '--dhcp6', description: 'DHCPv6', collects: false },
  { flags: '--ra', description: 'addresses and routes from IPv6 router advertisements', collects: false },
  { flags: '--address <address/length>', description: 'a static address, IPv4 or IPv6; repeatable', collects: true },
  { flags: '--gateway <address>', description: 'the default gateway; one of each family', collects: true },
  { flags: '--dns <address>', description: 'a name server; repeatable', collects: true },
  {
    flags: '--mtu <bytes>',
    description: "the master's MTU; its slaves follow, and a VF that cannot is not enslaved",
    collects: false,
  },
  { flags: '--metric <number>', description: 'of the default routes', collects: false },
] as const;

type Addressing = Pick<
  MasterConfig,
  'dhcp4' | 'dhcp6' | 'acceptRa' | 'addresses' | 'gateways' | 'dns' | 'mtu' | 'metric'
>;

/** Checked, and with the default. Throws CommandError with status 2. */
export function readAddressing(options: AddressingOptions): Addressing {
  const { dhcp4, dhcp6, ra, address = [], gateway = [], dns = [] } = options;
  const addresses = address.map(readPrefix);
  const gateways = gateway.map((text) => readAddress('--gateway', text));
  checkGateways(gateways, addresses);
  const acceptRa = ra === true;
  const usesIPv6 = acceptRa || dhcp6 === true || addresses.some(isIPv6);
  return {
    dhcp4: dhcp4 === true || (dhcp6 !== true && !acceptRa && addresses.length === 0),
    dhcp6: dhcp6 === true,
    acceptRa,
    addresses,
    gateways,
    dns: dns.map((text) => readAddress('--dns', text)),
    // RFC 791 and RFC 8200: what each family needs. 65535 is the most that virtio_net can say (virtio_net_config.mtu).
    mtu: readNumber('--mtu', options.mtu, usesIPv6 ? 1280 : 68, 65_535, usesIPv6 ? ' (IPv6 needs 1280)' : ''),
    metric: readNumber('--metric', options.metric, 0, 4_294_967_295, ''),
  };
}

/** The options again as words of a command line, in one order. To be called after `readAddressing`. */
export function addressingWords(options: AddressingOptions): readonly string[] {
  const { dhcp4, dhcp6, acceptRa, addresses, gateways, dns, mtu, metric } = readAddressing(options);
  return [
    ...(dhcp4 ? ['--dhcp4'] : []),
    ...(dhcp6 ? ['--dhcp6'] : []),
    ...(acceptRa ? ['--ra'] : []),
    ...addresses.map((text) => `--address ${text}`),
    ...gateways.map((text) => `--gateway ${text}`),
    ...dns.map((text) => `--dns ${text}`),
    ...(mtu === null ? [] : [`--mtu ${mtu}`]),
    ...(metric === null ? [] : [`--metric ${metric}`]),
  ];
}

function readPrefix(text: string): string {
  const prefix = parsePrefix(text);
  if (prefix !== null && prefix.length > 0 && !isSpecial(prefix.address)) return `${prefix.address}/${prefix.length}`;
  const reason =
    prefix === null
      ? parseAddress(text) === null
        ? 'is no address with its prefix length'
        : 'has no prefix length'
      : prefix.length === 0
        ? 'has a prefix length of 0'
        : 'is no address of a host';
  throw wrong('--address', `'${printable(text)}' ${reason}; expected one such as 192.0.2.5/24 or 2001:db8::5/64`);
}

function readAddress(option: string, text: string): string {
  const address = parseAddress(text);
  if (address !== null && !isSpecial(address)) return address;
  const reason = address === null ? 'is no IP address' : 'is no address of a host';
  throw wrong(option, `'${printable(text)}' ${reason}; expected one such as 192.0.2.1 or 2001:db8::1`);
}

/** Unspecified, or multicast: RFC 1122, 3.2.1.3, and RFC 4291, 2.5.2 and 2.7. */
function isSpecial(address: string): boolean {
  if (isIPv6(address)) return /^[0:]+$/.test(address) || address.startsWith('ff');
  const first = Number(address.slice(0, address.indexOf('.')));
  return first === 0 || first >= 224;
}

/** A gateway that no address reaches makes no route: the guest would be dark. */
function checkGateways(gateways: readonly string[], addresses: readonly string[]): void {
  for (const [index, gateway] of gateways.entries()) {
    const family = isIPv6(gateway) ? 'IPv6' : 'IPv4';
    if (gateways.slice(0, index).some((other) => isIPv6(other) === isIPv6(gateway))) {
      throw wrong('--gateway', `'${gateway}' is the second of ${family}; expected at most one of each family`);
    }
    const prefixes = addresses.filter((address) => isIPv6(address) === isIPv6(gateway));
    if (prefixes.length === 0) throw wrong('--gateway', `'${gateway}' needs an --address of ${family}`);
    if (/^fe[89ab]/.test(gateway)) continue;
    if (!prefixes.some((text) => reaches(text, gateway))) {
      throw wrong(
        '--gateway',
        `'${gateway}' is not in ${prefixes.join(' or ')}; expected a gateway that an --address reaches`,
      );
    }
  }
}

function reaches(text: string, gateway: string): boolean {
  const prefix = parsePrefix(text);
  return prefix !== null && contains(prefix, gateway);
}

function readNumber(option: string, text: string | undefined, least: number, most: number, why: string): number | null {
  if (text === undefined) return null;
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw wrong(option, `'${printable(text)}' is not right; expected a whole number from ${least}${why} to ${most}`);
}

function wrong(option: string, message: string): CommandError {
  return new CommandError(`${option}: ${message}`, exitStatus.usage);
}
