/**
 * How a profile is read, against NetworkManager's own reader: `nmcli --offline` either refuses a keyfile or prints it again
 * as it understood it. What we make of the file must be what we make of its answer.
 * Of Debian 12, 13 and unstable, where those are there.
 * FAILOVERCTL_RUNS sets the number of random profiles for each (100 by default), FC_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tripleMac as mac } from '../guest.ts';
import { profileKeys } from '../../../src/managers/networkmanager/profile-keys.ts';
import { findNmcli, listProperties, readKeyfile } from './oracle.ts';
import { isRefused, understand } from './understand.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 100);

const maybe = (key: string, values: readonly string[]) =>
  fc.option(fc.constantFrom(...values), { freq: 2 }).map((value) => (value === null ? [] : [`${key}=${value}`]));
const lines = (...keys: ReturnType<typeof maybe>[]) => fc.tuple(...keys).map((parts) => parts.flat());
/** One value in so many is a strange one, so that most profiles are taken. */
const mostly = (key: string, good: readonly string[], strange: readonly string[]) =>
  fc.oneof(
    { arbitrary: good.length === 0 ? fc.constant<string[]>([]) : maybe(key, good), weight: 40 },
    { arbitrary: maybe(key, strange), weight: 1 },
  );

const names = [
  '',
  'ens10 ',
  'a/b',
  'a:b',
  'a%d',
  'all',
  '..',
  'sixteen-bytes-it',
  'fünfzehn-bytes',
  'a\\b',
  'a\\sb',
  '\tens10',
];
const odd = ['', ' ', 'yes', 'no', 'junk', '-1', '0x10', '08', '+5', '1000', '99999999999'];
const connection = lines(
  mostly('interface-name', ['ens10', ' ens11', 'ens10nsby'], names),
  maybe('autoconnect', ['true', 'false', 'false ', ' 0', '1', 'no', 'off', 'FALSE', 'yes', '']),
  maybe('autoconnect-priority', ['5', '-5', '7 ', ...odd]),
  mostly('multi-connect', ['0', '1', '2', '3', '3 ', 'multiple', 'junk'], ['-1', '9']),
  mostly('uuid', ['2d0bd9ef-7a8a-4c0b-8f4b-0a0000000001', '2D0BD9EF-7A8A-4C0B-8F4B-0A0000000001'], odd),
  mostly('id', ['lan'], ['']),
  mostly('dns-over-tls', ['0', '2', 'yes'], ['3', '-2']),
  mostly('mdns', ['1', '-1', ''], ['7']),
  mostly('llmnr', ['2'], ['300']),
  mostly('autoconnect-ports', ['1', 'true'], ['2']),
  mostly(
    'permissions',
    ['', 'user:joe:', 'user:joe', 'user:joe:;user:ann:;'],
    ['joe', 'user:', 'user::', 'group:x:', ';', 'user:a:b'],
  ),
  mostly('junk', ['1'], ['2']),
);
/** Half of those that have anything to do with a controller are as they should be. */
const port = fc
  .tuple(
    fc.oneof(
      { arbitrary: fc.constant(''), weight: 6 },
      { arbitrary: fc.constantFrom('controller', 'master'), weight: 3 },
    ),
    fc.oneof(
      { arbitrary: fc.constant(''), weight: 6 },
      { arbitrary: fc.constantFrom('port-type', 'slave-type'), weight: 3 },
    ),
    fc.constantFrom('bond', 'bridge', 'team', 'vrf', 'hsr', 'junk', '', 'bond '),
    fc.constantFrom('', '', '', '', '[bond-port]', '[bridge-port]'),
  )
  .map(([controller, type, word, own]) => ({
    keys: [...(controller === '' ? [] : [`${controller}=br0`]), ...(type === '' ? [] : [`${type}=${word}`])],
    // without a type, how far the addresses are looked at depends on the version
    group: own === '' || type === '' ? [] : [own],
  }));
const macs = [
  mac,
  mac.toUpperCase(),
  mac.replaceAll(':', '-'),
  '52:54:00:00:00:01',
  '82;84;0;0;18;83',
  '82;84;0;0;18;83;',
  `${mac} `,
  '52:54:00:00:12',
  '52:54-00:00:12:53',
  '525400001253',
  '5:4:0:0:0:2',
  '82;84;0;0;18;256',
  '',
];
const ethernet = lines(
  maybe('mac-address', macs),
  mostly(
    'mac-address-blacklist',
    [mac, `52-54-00-00-00-01;${mac}`, '5:4:0:0:0:2;', ''],
    [';', `${mac} `, `${mac},${mac}`],
  ),
  mostly('mac-address-denylist', [mac, ''], ['junk']),
  mostly('wake-on-lan', ['0', '1', '2', '64', '96', '32768', 'junk', '-1'], ['3', '65', '32769', '40000']),
  mostly('wake-on-lan-password', [], [mac, 'junk', '']),
  mostly('duplex', ['full', 'half'], ['', 'both', 'full ']),
  mostly('port', ['tp', 'mii'], ['junk']),
  mostly('s390-nettype', ['qeth'], ['junk']),
  mostly('s390-subchannels', ['0.0.1;0.0.2;0.0.3'], ['0.0.1', 'a;b;c;d']),
  mostly('generate-mac-address-mask', ['', 'FF:FF:FF:00:00:00', `FF:FF:FF:00:00:00 ${mac}`], ['junk']),
  maybe('cloned-mac-address', ['random', 'preserve', 'stable', 'Random', 'preserve ', ...macs]),
  maybe('mtu', ['1400', '0', '1400 ', 'auto', ...odd]),
);
const addresses = (host: string, gateway: string) =>
  ['/24', '/24 ', '/24,', `/24,${gateway}`, `;24;${gateway};`, '', '/', '/x', ' /24', '/24,junk', `/24 ${gateway}`]
    .map((rest) => `${host}${rest}`)
    .concat('junk', '10.1/24', '010.0.0.1/24', '::');
const addressing = (methods: readonly string[], host: string, gateway: string) =>
  lines(
    fc.oneof(
      { arbitrary: fc.constantFrom(...methods).map((method) => [`method=${method}`]), weight: 20 },
      { arbitrary: maybe('method', ['', 'auto ', 'junk']), weight: 1 },
    ),
    mostly('address1', [], addresses(host, gateway)),
    mostly('addresses', [], [`${host}/24`]),
    mostly('address01', [], [`${host}/24`]),
    mostly('gateway', [], [gateway]),
    mostly('dns', [], [gateway, `${gateway};${host};`, 'junk', '']),
    mostly('dns-search', [], ['example.org', '']),
    mostly('dhcp-hostname', ['guest'], ['']),
    mostly('dhcp-iaid', ['mac', 'stable', '7', '4294967295'], ['', 'junk', '-1', '4294967296', '7 ']),
    mostly('dhcp-send-hostname', ['true', '0'], ['7']),
    mostly('dhcp-send-hostname-v2', ['1'], ['7']),
    ...(host.includes(':')
      ? [
          mostly('addr-gen-mode', ['0', '3', 'stable-privacy', 'junk'], ['-1', '4']),
          mostly('dhcp-duid', ['ll', 'stable-uuid', '00:01:02'], ['', 'junk', '7']),
          mostly('dhcp-pd-hint', ['2001:db8::/56', '::/60'], ['2001:db8::', 'junk', '10.0.0.0/8', '::/129']),
        ]
      : [
          mostly('dhcp-client-id', ['mac', 'x'], ['']),
          mostly('dhcp-vendor-class-identifier', ['x'], ['']),
          mostly('dhcp-reject-servers', ['192.0.2.1', '192.0.2.0/24;10.0.0.1;', ''], ['junk', '192.0.2.0/33', '::1']),
          mostly('dhcp-dscp', ['CS0', 'CS6'], ['CS1', '', '6']),
          mostly('link-local', ['0', '3', 'junk'], ['-1', '7', '4', '2']),
          mostly('shared-dhcp-lease-time', ['0', '300', '120', '2147483647'], ['7', '119', '31536001', '-1']),
        ]),
  );
const words = ['ens10', 'ens*', '!ens10', 'ens10,ens11', ' ens10', 'ens10\\;x', 'ens\\*', '&ens1?', '|ens11'];
const match = lines(
  ...['interface-name', 'driver'].map((key) =>
    mostly(key, [...words, 'ens10;ens11', 'ens10;', 'virtio_net;iavf', ''], [';', 'ens10;;ens11']),
  ),
);

const section = (name: string, content: fc.Arbitrary<readonly string[]>, weight: number) =>
  fc.oneof(
    { arbitrary: content.map((list) => [`[${name}]`, ...list]), weight },
    { arbitrary: fc.constant<readonly string[]>([]), weight: 4 },
  );
const header = ['[connection]', 'id=x', 'uuid=2d0bd9ef-7a8a-4c0b-8f4b-0a0000000000', 'type=ethernet'];
const profile = fc
  .tuple(
    fc.tuple(connection, port).map(([list, { keys, group: own }]) => header.concat(list, keys, own)),
    section('ethernet', ethernet, 6),
    section('802-3-ethernet', ethernet, 1),
    section(
      'ipv4',
      addressing(['auto', 'auto', 'disabled', 'link-local', 'manual', 'shared'], '10.0.0.1', '10.0.0.254'),
      8,
    ),
    section(
      'ipv6',
      addressing(['auto', 'auto', 'ignore', 'dhcp', 'link-local', 'manual'], '2001:db8::1', '2001:db8::2'),
      8,
    ),
    section('match', match, 3),
  )
  .map((groups) => `${groups.flat().join('\n')}\n`);

/** VLANs and the like: whether they are taken is all that is compared. */
const others = fc
  .tuple(
    fc.constantFrom('vlan', 'vlan', 'vlan', 'bond', 'bridge', 'dummy', 'vlan ', 'junk', 'Ethernet', null),
    lines(mostly('interface-name', ['vlan5', 'vlan5'], names)),
    section(
      'vlan',
      lines(
        fc.oneof(
          { arbitrary: fc.constant<string[]>(['parent=ens10']), weight: 6 },
          {
            arbitrary: maybe('parent', ['', 'a/b', 'sixteen-bytes-it', '2d0bd9ef-7a8a-4c0b-8f4b-0a0000000001']),
            weight: 2,
          },
        ),
        mostly('id', ['5', '0', '4094', 'junk', '-1', '0x1000'], ['4095', '0xfff']),
        mostly('protocol', ['802.1Q', '802.1ad'], ['', 'junk']),
      ),
      12,
    ),
    section('ethernet', lines(maybe('mac-address', [mac, 'junk']), maybe('mtu', ['1400'])), 1),
    section('ipv4', lines(maybe('method', ['auto', 'disabled', 'auto', 'junk'])), 3),
  )
  .map(([type, named, ...groups]) =>
    ['[connection]', 'id=x', ...(type === null ? [] : [`type=${type}`]), ...named, ...groups.flat()]
      .join('\n')
      .concat('\n'),
  );

/** unstable is news only: its keys and its mind may change from one day to the next. */
const oracles = [null, 'trixie-network', 'sid-network'] as const;

for (const root of oracles) {
  const nmcli = findNmcli(root);
  const title = root ?? 'this machine';
  if (typeof nmcli === 'string') {
    test(`a profile is read as NetworkManager of ${title} reads it`, (t) => {
      if (process.env['CI'] === 'true' && root !== 'sid-network') assert.fail(nmcli);
      t.skip(nmcli);
    });
    continue;
  }
  const { version } = nmcli;
  test(`a profile is read as NetworkManager ${version} (${title}) reads it`, (t) => {
    let refused = 0;
    const disagreements: string[] = [];
    for (const text of fc.sample(profile, { seed, numRuns: runs })) {
      const again = readKeyfile(nmcli, text);
      if (again === null) refused += 1;
      const theirs = again === null ? null : understand(again, version);
      const ours = understand(text, version);
      if (JSON.stringify(ours) !== JSON.stringify(theirs))
        disagreements.push(`ours ${JSON.stringify(ours)}\ntheirs ${JSON.stringify(theirs)}\n${text}`);
    }
    for (const text of fc.sample(others, { seed, numRuns: Math.ceil(runs / 4) })) {
      const theirs = readKeyfile(nmcli, text) === null;
      if (isRefused(text, version) !== theirs) disagreements.push(`theirs ${theirs ? 'refused' : 'taken'}\n${text}`);
    }
    t.diagnostic(`seed ${seed}: ${runs} profiles, ${refused} of them refused, ${disagreements.length} disagreements`);
    assert.deepEqual(disagreements.slice(0, 3), [], `seed ${seed}: ${disagreements.length} disagreements`);
    assert.ok(refused > runs / 10 && refused < (runs * 9) / 10, 'some are refused, and some taken');
  });

  test(`the table of keys holds what nmcli ${version} (${title}) lists`, (t) => {
    const listed = [...listProperties(nmcli)].map((name) => name.split('.') as [string, string]);
    const minor = Number(version.split('.')[1]);
    const missing = listed.filter(([group, key]) => {
      const since = profileKeys.get(group)?.get(key);
      return profileKeys.has(group) && (since === undefined || since > minor);
    });
    assert.ok(listed.length > 200, 'nmcli listed its properties');
    if (root === 'sid-network') t.diagnostic(`news: ${missing.map((name) => name.join('.')).join(' ') || 'none'}`);
    else assert.deepEqual(missing, []);
    // and what we say is brought by a later version is not there yet
    const known = new Set(listed.map((name) => name.join('.')));
    const late = [...profileKeys].flatMap(([group, keys]) =>
      [...keys]
        .filter(([key, since]) => since > minor && known.has(`${group}.${key}`))
        .map(([key]) => `${group}.${key}`),
    );
    assert.deepEqual(late, []);
  });
}
