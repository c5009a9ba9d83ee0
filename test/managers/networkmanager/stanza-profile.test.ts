/** Connections of iface stanzas with [ifupdown] managed=true. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInterfaces } from '../../../src/managers/networkmanager/interfaces.ts';
import { readEffects } from '../../../src/managers/networkmanager/profile-effects.ts';
import { profileOfStanza } from '../../../src/managers/networkmanager/stanza-profile.ts';
import { configFile } from '../config-file.ts';
import { askNetworkManager } from './daemon.ts';

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
const fixedSix = 'iface ens10 inet6 static\n address 2001:db8::5\n';
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
  'IPv6 leaves IPv4 automatic': [`${fixedSix} netmask 64\n`, 'dhcp4 address 2001:db8::5/64'],
  'IPv6 without a length': [fixedSix, 'dhcp4 address 2001:db8::5/128'],
  'IPv6 with a wrong one': [`${fixedSix} netmask 129\n`, null],
  'IPv6 auto': ['iface ens10 inet6 auto\n', 'dhcp4 ra'],
  ppp: ['iface ens10 inet ppp\n', null],
  'Wi-Fi': ['iface ens10 inet dhcp\n wpa-ssid x\n', null],
  'a mask with a hole': [`${fixed} netmask 255.255.0.255\n`, 'address 192.0.2.5/32 ra'],
  'a netmask that is no number': [`${fixed} netmask abc\n`, 'address 192.0.2.5/0 ra'],
  'no link can have the name': ['iface a-name-that-is-too-long inet dhcp\n', null],
};

for (const [title, [text, expected]] of Object.entries(cases)) test(title, () => assert.equal(effects(text), expected));

test('NetworkManager itself makes the same connections', (context) => {
  const asked = Object.values(cases).filter(([text]) => text.startsWith('iface ens10 '));
  for (let first = 0; first < asked.length; first += 10) {
    const part = asked.slice(first, first + 10);
    const text = part.map(([stanza], at) => stanza.replace('ens10', `e${at}`)).join('');
    const fields = 'ipv4.method,ipv4.addresses,ipv6.method,ipv6.addresses';
    const answer = askNetworkManager(
      context,
      {
        '/etc/network/interfaces': text,
        '/etc/NetworkManager/NetworkManager.conf':
          '[main]\nplugins=ifupdown\nno-auto-default=*\n\n[ifupdown]\nmanaged=true\n',
      },
      `for at in 0 1 2 3 4 5 6 7 8 9; do echo "$at $(nmcli -t -e no -f ${fields} connection show "Ifupdown (e$at)" 2> /dev/null | tr '\\n' ' ')"; done`,
    );
    if (answer === null) return;
    part.forEach(([stanza, ours], at) => {
      const line = new RegExp(`^${at} (.*)$`, 'm').exec(answer)?.[1] ?? '';
      const [, four = '', fourth = '', six = '', sixth = ''] =
        /^ipv4.method:(\S+) ipv4.addresses:(\S*) ipv6.method:(\S+) ipv6.addresses:(\S*)/.exec(line) ?? [];
      const told = [four === 'auto' ? 'dhcp4' : `address ${fourth}`, six === 'auto' ? 'ra' : `address ${sixth}`];
      // Wi-Fi has a connection, which no Ethernet link takes
      const theirs = four === '' || /wpa-/.test(stanza) ? null : told.join(' ');
      assert.equal(theirs, ours, stanza);
    });
  }
});
