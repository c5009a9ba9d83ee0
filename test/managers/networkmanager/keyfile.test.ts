/**
 * How a profile is read, against NetworkManager's own reader: `nmcli --offline` either refuses a keyfile or prints it again
 * as it understood it. What we make of the file must be what we make of its answer.
 * FAILOVERCTL_RUNS sets the number of random profiles (400 by default), FC_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEffects } from '../../../src/managers/networkmanager/profile-effects.ts';
import { matchProfile } from '../../../src/managers/networkmanager/profile-match.ts';
import { readProfiles } from '../../../src/managers/networkmanager/profile.ts';
import { master, primary, standby, tripleMac as mac } from '../guest.ts';
import { configFile } from '../config-file.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 400);

const maybe = (key: string, values: readonly string[]) =>
  fc.option(fc.constantFrom(...values), { freq: 2 }).map((value) => (value === null ? [] : [`${key}=${value}`]));
const lines = (...keys: ReturnType<typeof maybe>[]) => fc.tuple(...keys).map((parts) => parts.flat());
/** One value in so many is a strange one, so that most profiles are taken. */
const mostly = (key: string, good: readonly string[], strange: readonly string[]) =>
  fc.oneof(
    { arbitrary: good.length === 0 ? fc.constant<string[]>([]) : maybe(key, good), weight: 12 },
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
  mostly('slave-type', [], ['bond', 'bridge', 'junk', 'bond ']),
  mostly('master', [], ['bond0', '']),
);
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
  );
const words = ['ens10', 'ens*', '!ens10', 'ens10,ens11', ' ens10', 'ens10\\;x', 'ens\\*', '&ens1?', '|ens11'];
const match = lines(
  ...['interface-name', 'driver'].map((key) =>
    mostly(key, [...words, 'ens10;ens11', 'ens10;', 'virtio_net;iavf', ''], [';', 'ens10;;ens11']),
  ),
);

const group = (name: string, content: fc.Arbitrary<readonly string[]>, weight: number) =>
  fc.oneof(
    { arbitrary: content.map((list) => [`[${name}]`, ...list]), weight },
    { arbitrary: fc.constant<readonly string[]>([]), weight: 4 },
  );
const header = ['[connection]', 'id=x', 'uuid=2d0bd9ef-7a8a-4c0b-8f4b-0a0000000000', 'type=ethernet'];
const profile = fc
  .tuple(
    connection.map((list) => header.concat(list)),
    group('ethernet', ethernet, 6),
    group('802-3-ethernet', ethernet, 1),
    group(
      'ipv4',
      addressing(['auto', 'auto', 'disabled', 'link-local', 'manual', 'shared'], '10.0.0.1', '10.0.0.254'),
      8,
    ),
    group(
      'ipv6',
      addressing(['auto', 'auto', 'ignore', 'dhcp', 'link-local', 'manual'], '2001:db8::1', '2001:db8::2'),
      8,
    ),
    group('match', match, 3),
  )
  .map((groups) => `${groups.flat().join('\n')}\n`);

/** What the profile comes to, or null if it is left out. */
function understand(text: string): unknown {
  const file = configFile('/etc/NetworkManager/system-connections/x.nmconnection', text);
  const [one] = readProfiles([{ ...file, mode: 0o600, uid: 0 }]).profiles;
  if (one === undefined) return null;
  return {
    autoconnect: one.autoconnect,
    priority: one.priority,
    multiple: one.multiple,
    effects: readEffects(one)
      .map(({ kind, detail }) => `${kind} ${kind === 'address' ? addressOf(detail) : (detail ?? '')}`)
      .sort(),
    takes: [master, standby, primary].map((link) => matchProfile(one, link, undefined).verdict),
  };
}

/** Without the length: nmcli prints the one that an address gets by itself. */
function addressOf(detail: string | undefined): string {
  return (detail ?? '').split('/')[0] ?? '';
}

const nmcli = ['nmcli', '--offline', 'connection', 'modify', 'connection.zone', ''] as const;
const canAsk = spawnSync('nmcli', ['--version']).status === 0;

test('a profile is read as NetworkManager reads it', (t) => {
  if (!canAsk) {
    if (process.env['CI'] === 'true') assert.fail('nmcli (network-manager) is not installed');
    t.skip('nmcli (network-manager) is not installed');
    return;
  }
  let refused = 0;
  const disagreements: string[] = [];
  for (const text of fc.sample(profile, { seed, numRuns: runs })) {
    const [program, ...args] = nmcli;
    const { status, stdout } = spawnSync(program, args, { input: text, encoding: 'utf8' });
    if (status !== 0) refused += 1;
    const theirs = status === 0 ? understand(stdout) : null;
    const ours = understand(text);
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      disagreements.push(`ours ${JSON.stringify(ours)}\ntheirs ${JSON.stringify(theirs)}\n${text}`);
  }
  t.diagnostic(
    `seed ${seed}: ${runs - disagreements.length} of ${runs} profiles are read alike, ${refused} of them refused`,
  );
  assert.deepEqual(disagreements.slice(0, 3), [], `seed ${seed}: ${disagreements.length} disagreements`);
  assert.ok(refused > runs / 10 && refused < (runs * 9) / 10, 'some are refused, and some taken');
});
