/**
 * The types of values by their names in the tables of keys: `int(1,4094)`, `bool+one(ipv4,ipv6)~`. `+`: either; `~`: or
 * empty; `words(…)`: several between blanks. After `>257:` follows the type from systemd 257 on.
 */
import { parseBoolean } from '../boolean.ts';
import * as addresses from './addresses.ts';
import * as compound from './compound.ts';
import * as names from './names.ts';
import * as numbers from './numbers.ts';
import { anyType, oneOf, valueType, wordsOf, type ValueType } from './value-type.ts';

const factories: Readonly<Record<string, (...args: string[]) => ValueType>> = {
  any: () => names.anything,
  quoted: names.quotedWords,
  linkmode: () => names.linkMode,
  linklocal: () => addresses.linkLocalAddress,
  operational: () => names.operationalStates,
  bool: () => valueType('yes or no', (value) => parseBoolean(value) !== null),
  none: () => valueType('nothing', () => false),
  one: (...words) => oneOf(words),
  // Words of earlier versions, which are not what to write.
  old: (...words) => ({ ...oneOf(words), expected: '' }),
  fold: (...words) => oneOf(words, true),
  words: (inner) => wordsOf(parseType(inner ?? '')),
  int: numbers.integer,
  hex: numbers.hexadecimal,
  size: numbers.size,
  time: numbers.time,
  nsec: numbers.nanosecondSpan,
  permille: () => numbers.permille,
  share: () => numbers.share,
  address: addresses.ipAddress,
  prefix: addresses.prefix,
  own: addresses.ownAddress,
  labelprefix: () => addresses.labelPrefix,
  prefixof: addresses.prefixOfLengths,
  server: () => addresses.nameServer,
  mac: addresses.hardwareAddress,
  ifname: names.interfaceName,
  link: names.interfaceOrIndex,
  text: names.text,
  ascii: () => names.asciiText,
  label: () => names.addressLabel,
  host: () => names.hostName,
  domain: () => names.domain,
  search: () => names.searchDomain,
  domainorip: () => names.domainOrAddress,
  path: () => names.absolutePath,
  url: () => names.mudUrl,
  zone: () => names.timeZone,
  assignment: () => names.propertyAssignment,
  property: () => names.propertyName,
  dhcpoption: compound.dhcpOption,
  range: compound.range,
  qosmap: () => compound.qosMap,
  fwmark: () => compound.firewallMark,
  users: () => compound.userRange,
  nftset: () => compound.nftSet,
  cpus: () => compound.processors,
  duidtype: compound.duidType,
  hexbytes: () => compound.hexBytes,
  hexkey: compound.hexKey,
  base64key: compound.base64Key,
  endpoint: () => compound.wireguardEndpoint,
  allowedips: () => compound.allowedAddresses,
  multipath: () => compound.multipathRoute,
  member: () => compound.nextHopMember,
  token: () => compound.addressToken,
  handle: () => compound.trafficHandle,
  table: compound.routeTable,
  marked: compound.marked,
  optiondata: () => compound.optionValue,
  netdevkind: compound.netdevKind,
  tunnelsource: () => compound.tunnelSource,
  protocol: compound.ipProtocol,
};

const made = new Map<string, ValueType>();

/** Throws on a name that there is none of: the tables are ours. */
export function parseType(expression: string): ValueType {
  const known = made.get(expression);
  if (known !== undefined) return known;
  const orEmpty = expression.endsWith('~');
  const alternatives = splitOutside(orEmpty ? expression.slice(0, -1) : expression, '+').map(parseOne);
  const type = anyType(alternatives);
  const result = orEmpty
    ? valueType(type.expected, (value) => value === '' || type.accepts(value))
    : valueType(type.expected, (value) => value !== '' && type.accepts(value));
  made.set(expression, result);
  return result;
}

function parseOne(text: string): ValueType {
  const [, name = '', args] = /^([a-z\d]+)(?:\((.*)\))?$/s.exec(text) ?? [];
  const factory = factories[name];
  if (factory === undefined) throw new Error(`no type of values '${text}'`);
  return factory(...(args === undefined ? [] : splitOutside(args, ',')));
}

/** Splits at a separator outside of parentheses. */
function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    else if (text[at] === separator && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}
