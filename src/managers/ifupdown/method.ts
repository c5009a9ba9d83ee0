/**
 * The address families and methods that ifupdown 0.8 knows on Linux, and what each does to its link (the .defn files of
 * its source). A family or method that is not here makes the whole file invalid.
 */

export interface Method {
  /** Options without which ifup refuses the stanza ("missing required configuration variables"). */
  readonly required: readonly string[];
  /** Options that ifup itself reads; all others are only handed to the hooks. */
  readonly options: readonly string[];
  readonly does: readonly MethodEffect[];
}

/** What a method does with no option asked for; `configure` says what options add. */
export type MethodEffect = 'up' | 'dhcp4' | 'dhcp6' | 'ra' | 'ipv4ll';

const link = ['hwaddress', 'mtu'];
const route = ['metric', 'gateway'];
const acceptRa = ['accept_ra', 'autoconf'];
const waitLl6 = ['ll-attempts', 'll-interval'];
const static6 = ['netmask', ...route, 'media', ...link, ...acceptRa, 'privext', 'scope', 'preferred-lifetime'].concat([
  'dad-attempts',
  'dad-interval',
]);
const tunnel = ['local', ...route, 'ttl', 'mtu'];

export const families: ReadonlyMap<string, ReadonlyMap<string, Method>> = new Map([
  [
    'inet',
    methods({
      loopback: [[], [], ['up']],
      static: [['address'], ['netmask', 'broadcast', ...route, 'pointopoint', ...link, 'scope'], ['up']],
      manual: [[], link, ['up']],
      dhcp: [[], ['hostname', 'metric', 'leasetime', 'vendor', 'client', 'hwaddress'], ['up', 'dhcp4']],
      bootp: [[], ['bootfile', 'server', 'hwaddr'], ['up', 'dhcp4']],
      tunnel: [['address', 'netmask', 'mode', 'endpoint'], ['dstaddr', ...tunnel], []],
      ppp: [[], ['provider', 'unit', 'options'], []],
      wvdial: [[], ['provider'], []],
      ipv4ll: [[], [], ['up', 'ipv4ll']],
    }),
  ],
  [
    'inet6',
    methods({
      auto: [[], ['privext', 'accept_ra', 'dhcp', 'request_prefix', ...waitLl6], ['up', 'ra']],
      loopback: [[], [], ['up']],
      static: [['address'], static6, ['up']],
      manual: [[], link, ['up']],
      dhcp: [[], ['hwaddress', ...acceptRa, 'request_prefix', ...waitLl6], ['up', 'dhcp6', 'ra']],
      tunnel: [['mode', 'endpoint'], ['address', 'netmask', 'dstaddr', ...tunnel, 'encaplimit'], []],
      v4tunnel: [['endpoint'], ['address', 'netmask', ...tunnel, 'preferred-lifetime'], []],
      '6to4': [['local'], ['metric', 'ttl', 'mtu', 'preferred-lifetime'], []],
    }),
  ],
  ['ipx', methods({ static: [['frame', 'netnum'], [], []], dynamic: [['frame'], [], []] })],
  [
    'can',
    methods({
      static: [
        ['bitrate'],
        ['samplepoint', 'loopback', 'listenonly', 'triple', 'oneshot', 'berr', 'restart-ms'],
        ['up'],
      ],
    }),
  ],
  ['meta', methods({ none: [[], [], []] })],
]);

type Row = readonly [required: readonly string[], others: readonly string[], does: readonly MethodEffect[]];

function methods(rows: Readonly<Record<string, Row>>): ReadonlyMap<string, Method> {
  return new Map(
    Object.entries(rows).map(([name, [required, others, does]]) => [
      name,
      { required, options: [...required, ...others], does },
    ]),
  );
}

/** Options that hold a command, of which a stanza may have many; the others are one value each. */
export const commandOptions: ReadonlySet<string> = new Set(['pre-up', 'up', 'down', 'post-down']);

/** Names under which two of them also go. */
export const commandAliases: ReadonlyMap<string, string> = new Map([
  ['post-up', 'up'],
  ['pre-down', 'down'],
]);

/** ifupdown's var_true (execute.c): a number that is not 0, or a word. */
export function isTrue(value: string): boolean {
  const number = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(value)?.[1];
  return (number !== undefined && Number(number) !== 0) || ['on', 'true', 'yes'].includes(value.toLowerCase());
}
