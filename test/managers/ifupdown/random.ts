/** Random configurations of interfaces(5), dense in what decides: few names, many ways to say them, and faults. */
import fc from 'fast-check';

const names = ['ens10', 'ens11', 'ens10nsby', 'eth0', 'eth1', 'br9', 'home', 'lo', 'ens10.5', 'eth0:1'];
const name = fc.constantFrom(...names);
const pattern = fc.constantFrom(
  '/ens*',
  '/e*',
  '/*',
  '/eth[01]',
  '/ens1?',
  '/@(ens10|eth0)',
  '/!(lo|br*)',
  '/+(e|n|s)1*',
  '/ens11/1',
  '/ens11/2',

  'mac/52:54:*',
  'MAC/52:54:00:00:12:53',
  'address/*',
  'master/*',
  'master/x',
  '/ens*=home',
  'mac/*:53=home',
  '//1=x',
  'type/1',
  'type/*',
  '/?(eth)0',
  '/*([a-z])11',
  '/en[',
  'uevent/INTERFACE=ens11',
  '/e*/0=home',
  '/nothing*',
);
const target = fc.oneof(
  { weight: 4, arbitrary: name },
  { weight: 3, arbitrary: pattern },
  fc.constantFrom('eth0=home', 'ens11=ens10'),
);
const gap = fc.constantFrom(' ', ' ', ' ', '  ', '\t', ' \\\n', '\v');
const words = (arbitrary: fc.Arbitrary<string>, minLength = 1) =>
  fc
    .array(fc.tuple(gap, arbitrary), { minLength, maxLength: 4 })
    .map((parts) => parts.map((part) => part.join('')).join(''));

const iface = fc
  .tuple(
    name,
    fc.constantFrom(
      'inet dhcp',
      'inet static',
      'inet manual',
      'inet6 auto',
      'inet6 static',
      'inet6 dhcp',
      'inet6 manual',

      'inet loopback',
      'inet dhcp inherits home',
      'inherits home',
      'inet inherits eth0',
      'inet6 inherits home',
      'inet ipv4ll',

      'inet bootp',
      'can static',
      'inet tunnel',
      'inet6 v4tunnel',
      'inet6 6to4',
      'ipx dynamic',
      'inet ppp',
      'meta none',
      'inet dhcp extra',
      'inet manual # x',
    ),
  )
  .map(([first, rest]) => `iface ${first} ${rest}`);
const badIface = fc.constantFrom(
  'iface',
  'iface eth0',
  'iface eth0 inet',
  'iface eth0 inet x',
  'iface eth0 x dhcp',
  'iface a inherits',
  'iface a inherits nobody',
);
const option = fc.constantFrom(
  'address 192.0.2.1/24',
  'address 192.0.2.2',
  'netmask 255.255.255.0',
  'gateway 192.0.2.254',
  'mtu 9000',
  'mtu 1400',

  'hwaddress ether 02:00:00:00:00:01',
  'hwaddress 02:00:00:00:00:02',
  'up echo one',
  'post-up echo two',
  'pre-down echo x',
  'accept_ra 0',
  'accept_ra 2',
  'dhcp 1',
  'address 2001:db8::1/64',
  'client no',
  'metric 7',
  'bond-master bond0',

  'vlan-raw-device ens10',
  'bridge_ports ens10 eth0',
  'mode gre',
  'endpoint 192.0.2.9',
  'local 192.0.2.3',
  'bitrate 1000',
  'weird? maybe',
  'mtu? 1300',
  'description some words',
  'frame 802.2',
  'privext 2',
);
const badOption = fc.constantFrom('address', 'up', 'nonsense', '\\\n  mtu 9');
const bare = fc.constantFrom('auto', 'allow-hotplug', 'no-scripts', 'no-auto-down');
const classLine = fc
  .tuple(fc.constantFrom('auto', 'auto', 'allow-hotplug', 'allow-auto', 'allow-x'), words(target))
  .map((parts) => parts.join(''));
const mapping = fc
  .tuple(
    words(fc.constantFrom('eth0', 'w*', 'home', 'ens1[01]')),
    fc.constantFrom('  script /bin/false\n  map home', '  map a b', '  script /bin/true'),
  )
  .map(([its, body]) => `mapping${its}\n${body}`);
const other = fc.constantFrom(
  '',
  '# comment',
  '   # indented \\',
  '#auto lo',
  'no-scripts eth0',
  'no-auto-down ens10',
  'source',
  'allow-',

  'source part-a',
  'source part-*',
  'source "part-b"',
  'source p{a,b}',
  'source-directory parts.d',
  'source $HOME/x/y/z',
  'source nothing',
  'source-dir parts.d',
  'source part-a part-b',
  '\\',
  'source `x`',
  "source 'part-?'",
);
const indent = fc.constantFrom('', '', '  ', '\t', '    ');

const stanza = fc
  .tuple(
    iface,
    fc.array(fc.tuple(indent, fc.oneof({ weight: 12, arbitrary: option }, { weight: 1, arbitrary: bare })), {
      maxLength: 5,
    }),
  )
  .map(([head, body]) => [head, ...body.map((parts) => parts.join(''))].join('\n'));

/**
 * Not asked: one file sourced by two spellings of its path. ifupdown reads it again, and with a relative `source` in it
 * without end (it hung here); the linter reads each file once.
 */

/** A file without faults most of the time: one fault voids it all, and hides the rest. */
export const interfacesText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 12, arbitrary: stanza },
        { weight: 10, arbitrary: classLine },
        { weight: 4, arbitrary: other },
        { weight: 1, arbitrary: mapping },
      ),
      { maxLength: 9 },
    ),
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.oneof(badIface, badOption, option) },
    ),
    fc.nat(9),
    fc.constantFrom('\n', '\n', '', '\r\n', ' \n'),
  )
  .map(([lines, fault, at, end]) => (fault === null ? lines : lines.toSpliced(at, 0, fault)).join('\n') + end);

/** The top file, and what it may source. */
export const configuration: fc.Arbitrary<Readonly<Record<string, string>>> = fc.record({
  interfaces: interfacesText,
  'part-a': interfacesText,
  'part-b': interfacesText,
  'part-c': interfacesText,
  'parts.d/one': interfacesText,
  'parts.d/two.bak': interfacesText,
});
