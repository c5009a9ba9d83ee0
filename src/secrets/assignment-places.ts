/** What nobody of us needs in files of shell assignments: /etc/sysconfig/network-scripts, /etc/sysconfig/network. */
import { knownKeys } from '../managers/ifcfg/keys.ts';
import { parseAssignmentLines } from '../text/shell-assignments.ts';
import { findComments } from './key-value-places.ts';
import type { Found } from './found.ts';

/** Keys with a number or a label behind them, and those of which there are many alike; wicked's too. */
const families =
  /^(?:IPADDR|PREFIX|PREFIXLEN|NETMASK|GATEWAY|DNS|LABEL|REMOTE_IPADDR|BROADCAST)(?:\d+|_\w+)?$|^(?:IPV[46]|DHCPV6|DHCP|DHCLIENT6?|BONDING|BRIDGE|VLAN|MATCH|TEAM|OVS|NETCONFIG)_?\w*$|^(?:STARTMODE|LLADDR|ETHERDEVICE|FIREWALL|WAIT_FOR_INTERFACES|USERCONTROL|ETHTOOL_OPTIONS\w*)$/;

/** A value stays where the key is known and no key or password; of a keys- file nothing does. */
export function findInAssignments(text: string, path: string): readonly Found[] {
  if (/(?:^|\/)keys-[^/]*$/.test(path)) return [{ start: 0, end: text.length, what: 'the file' }];
  const { assignments, strange } = parseAssignmentLines({ path, text });
  const isNeeded = (key: string) => knownKeys.has(key) || (families.test(key) && !/PASS|PSK|KEY|SECRET/.test(key));
  return [
    ...assignments
      .filter(({ key, raw }) => !isNeeded(key) && raw.trim() !== '')
      .map(({ key, valuePlace: { span } }): Found => ({ start: span.start, end: span.end, what: key })),
    // routes are lines of words; a command may hold anything
    ...strange
      .filter(() => !/(?:^|\/)(?:route6?|rule6?|ifroute)-[^/]*$/.test(path))
      .map(({ span }): Found => ({ start: span.start, end: span.end, what: 'a line without =' })),
    ...findComments(text, 0, /^[ \t]*#(.*)$/gm),
  ];
}
