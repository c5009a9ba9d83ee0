/**
 * Values that ifup 0.8 hands to iproute2 as they stand, and what comes of one that is wrong: a failing command ends the
 * stanza where it is, and those of the same name after it. A table, each row tried with ifup 0.8.41 and iproute2 6.1.
 */
import { parseIPv4, parseIPv6 } from '../../text/address.ts';
import { optionNamed } from './effects.ts';
import type { Option, Stanza } from './stanza.ts';
import type { Problem } from '../claim.ts';
import { isHardwareAddress, isIPv4, isNetmask, isScope, isUnsigned, lengthOf } from './iproute-values.ts';

interface ValueRow {
  /** FAMILY METHOD. */
  readonly stanzas: readonly string[];
  readonly option: string;
  /** Only where this one is there too, or is not. */
  readonly with?: string;
  readonly without?: string;
  readonly isGood: (value: string) => boolean;
  readonly expected: string;
  readonly consequence: string;
  readonly fatal?: true;
}

const nothing = 'ip refuses it and ifup fails: the link gets no address and stays down';

const noAddress = 'ip refuses it and ifup fails: the link gets no address';

const down = 'ip refuses it and ifup fails: the link stays down';

const noRoute = 'ip refuses it and ifup fails: the link is up, but has no default route';

const ignored = 'the kernel refuses it, and ifup goes on without it';

const inet = ['inet static'];

const inet6 = ['inet6 static'];

const host = (value: string): string => value.replace(/[\s/].*$/s, '');

const first = (value: string): string => value.split(/\s/)[0] ?? '';

const isInteger = (value: string): boolean => /^[+-]?\d+$/.test(value);

export const valueRows: readonly ValueRow[] = [
  {
    stanzas: inet,
    option: 'address',
    isGood: (value) => parseIPv4(host(value)) !== null,
    expected: 'an IPv4 address',
    consequence: nothing,
    fatal: true,
  },
  {
    stanzas: inet,
    option: 'address',
    without: 'netmask',
    isGood: (value) => !/\/(?!\d|$|\s)/.test(value),
    expected: 'ADDRESS/LENGTH',
    consequence: nothing,
    fatal: true,
  },
  {
    // addr_to_netmask shifts by 32 less the length: /33 and more are /0
    stanzas: inet,
    option: 'address',
    without: 'netmask',
    isGood: (value) => parseIPv4(value.slice(value.indexOf('/') + 1)) !== null || !(lengthOf(value) > 32),
    expected: 'a prefix length of 0 to 32',
    consequence: 'ifup takes it for /0: every IPv4 address is on this link',
  },
  {
    stanzas: inet,
    option: 'netmask',
    isGood: isNetmask,
    expected: 'a prefix length or a mask of ones and then zeros',
    consequence: nothing,
    fatal: true,
  },
  {
    stanzas: inet,
    option: 'gateway',
    isGood: (value) => isIPv4(first(value)) || parseIPv6(first(value)) !== null,
    expected: 'an address',
    consequence: noRoute,
    fatal: true,
  },
  {
    stanzas: inet,
    option: 'broadcast',
    isGood: (value) => ['+', '-'].includes(first(value)) || isIPv4(first(value)),
    expected: 'an IPv4 address, + or -',
    consequence: nothing,
    fatal: true,
  },
  {
    stanzas: inet,
    option: 'pointopoint',
    isGood: (value) => isIPv4(host(value)),
    expected: 'an IPv4 address',
    consequence: nothing,
    fatal: true,
  },
  {
    stanzas: inet,
    option: 'scope',
    isGood: isScope,
    expected: 'global, link, host, site or a number of 0 to 255',
    consequence: nothing,
    fatal: true,
  },
  {
    stanzas: [...inet, ...inet6],
    option: 'metric',
    with: 'gateway',
    isGood: (value) => isUnsigned(value, 0xffffffff),
    expected: 'a number',
    consequence: noRoute,
    fatal: true,
  },
  {
    stanzas: [...inet, 'inet manual'],
    option: 'mtu',
    // of Ethernet links; no number at all for all others
    isGood: (value) => isUnsigned(value, 65_535) && Number(value) >= 68,
    expected: 'a number of 68 to 65535',
    consequence: down,
    fatal: true,
  },
  {
    stanzas: inet6,
    option: 'mtu',
    isGood: (value) => isUnsigned(value, 65_535) && Number(value) >= 1280,
    expected: 'a number of at least 1280',
    consequence: ignored,
  },
  {
    stanzas: [...inet, 'inet manual', 'inet dhcp', ...inet6],
    option: 'hwaddress',
    isGood: isHardwareAddress,
    expected: 'six bytes as 02:00:00:00:00:01, not a multicast address, or random',
    consequence: down,
    fatal: true,
  },
  {
    stanzas: inet6,
    option: 'address',
    isGood: (value) => parseIPv6(host(value)) !== null,
    expected: 'an IPv6 address',
    consequence: noAddress,
    fatal: true,
  },
  {
    stanzas: inet6,
    option: 'address',
    without: 'netmask',
    isGood: (value) => !value.includes('/') || (lengthOf(value) >= 0 && lengthOf(value) <= 128),
    expected: 'a prefix length of 0 to 128',
    consequence: noAddress,
    fatal: true,
  },
  {
    stanzas: inet6,
    option: 'netmask',
    // iproute2 reads 255.255.255.0 as 24 here as well
    isGood: (value) => isUnsigned(value, 128) || (value.includes('.') && isNetmask(value)),
    expected: 'a prefix length of 0 to 128',
    consequence: noAddress,
    fatal: true,
  },
  {
    stanzas: inet6,
    option: 'gateway',
    isGood: (value) => parseIPv6(first(value)) !== null,
    expected: 'an IPv6 address',
    consequence: noRoute,
    fatal: true,
  },
  {
    stanzas: inet6,
    option: 'preferred-lifetime',
    isGood: (value) => value === 'forever' || isUnsigned(value, 0xffffffff),
    expected: 'a number of seconds or forever',
    consequence: noAddress,
    fatal: true,
  },
  {
    stanzas: inet6,
    option: 'scope',
    isGood: isScope,
    expected: 'global, link, host, site or a number of 0 to 255',
    consequence: noAddress,
    fatal: true,
  },
  ...['privext', 'accept_ra', 'autoconf'].map((option): ValueRow => ({
    stanzas: inet6,
    option,
    isGood: isInteger,
    expected: 'a number',
    consequence: ignored,
  })),
  ...['privext', 'accept_ra'].map((option): ValueRow => ({
    stanzas: ['inet6 auto'],
    option,
    isGood: isInteger,
    expected: 'a number',
    consequence: ignored,
  })),
];

/** Of classic ifupdown's stanzas; an option that is given twice is reported as that. */
export function checkValues(stanza: Stanza): readonly Problem[] {
  const title = `${stanza.family} ${stanza.method}`;
  const wrong = valueRows.flatMap((row): readonly Problem[] => {
    const option = row.stanzas.includes(title) ? optionNamed(stanza, row.option) : undefined;
    if (option === undefined || !applies(row, stanza)) return [];
    const [part] = single(option);
    if (part === undefined || row.isGood(part.value)) return [];
    const message = `${row.option} "${part.value}" of ${stanza.name.value}; expected ${row.expected}`;
    const fatal = row.fatal === true ? { fatal: true as const } : {};
    return [{ kind: 'bad-value', place: part.place, message, consequence: row.consequence, ...fatal }];
  });
  return wrong.filter(({ place }, index) => wrong.findIndex((other) => other.place === place) === index);
}

function single({ parts }: Option): Option['parts'] {
  return parts.length === 1 ? parts : [];
}

function applies(row: ValueRow, stanza: Stanza): boolean {
  return (
    (row.with === undefined || optionNamed(stanza, row.with) !== undefined) &&
    (row.without === undefined || optionNamed(stanza, row.without) === undefined)
  );
}
