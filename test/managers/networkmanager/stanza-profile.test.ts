/** Connections of iface stanzas with [ifupdown] managed=true. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInterfaces } from '../../../src/managers/networkmanager/interfaces.ts';
import { readEffects } from '../../../src/managers/networkmanager/profile-effects.ts';
import { profileOfStanza } from '../../../src/managers/networkmanager/stanza-profile.ts';
import { configFile } from '../config-file.ts';

/** The effects that are about addresses; null: no connection is made. */
function effects(text: string): string | null {
  const { blocks } = readInterfaces(() => [configFile('/etc/network/interfaces', text)]);
  const [block] = blocks;
  assert.ok(block);
  const profile = profileOfStanza(block, true, '1.42.4');
  if (profile === null) return null;
  const told = readEffects(profile).filter(({ kind }) => /^(?:dhcp[46]|ra|address)$/.test(kind));
  return told.map(({ kind, detail }) => (kind === 'address' ? `${kind} ${detail}` : kind)).join(' ');
}

const fixed = 'iface ens10 inet static\n address 192.0.2.5\n';
const six = 'iface ens10 inet6 static\n address 2001:db8::5\n';
const cases: Readonly<Record<string, readonly [text: string, effects: string | null]>> = {
  dhcp: ['iface ens10 inet dhcp\n', 'dhcp4 ra'],
  'manual is automatic': ['iface ens10 inet manual\n', 'dhcp4 ra'],
  'inherits is automatic': ['iface ens10 inherits lan\n', 'dhcp4 ra'],
  static: [`${fixed} netmask 255.255.255.0\n gateway 192.0.2.1\n`, 'address 192.0.2.5/24 ra'],
  'a length': [`${fixed} netmask 24\n`, 'address 192.0.2.5/24 ra'],
  'no netmask': [fixed, 'address 192.0.2.5/32 ra'],
  'no address': ['iface ens10 inet static\n netmask 24\n', null],
  'a length at the address': ['iface ens10 inet static\n address 192.0.2.5/24\n', null],
  'a wrong netmask': [`${fixed} netmask 255.255.x.0\n`, null],
  'a length that is too great': [`${fixed} netmask 33\n`, null],
  'a wrong gateway': [`${fixed} gateway fritz.box\n`, null],
  'IPv6 leaves IPv4 automatic': [`${six} netmask 64\n`, 'dhcp4 address 2001:db8::5/64'],
  'IPv6 without a length': [six, 'dhcp4 address 2001:db8::5/128'],
  'IPv6 with a wrong one': [`${six} netmask 129\n`, null],
  'IPv6 auto': ['iface ens10 inet6 auto\n', 'dhcp4 ra'],
  ppp: ['iface ens10 inet ppp\n', null],
  'Wi-Fi': ['iface ens10 inet dhcp\n wpa-ssid x\n', null],
  'no link can have the name': ['iface a-name-that-is-too-long inet dhcp\n', null],
};

for (const [title, [text, expected]] of Object.entries(cases)) test(title, () => assert.equal(effects(text), expected));
