/** netplan's judge: which files count, what is wrong with them, where, and what the rules say of what is lowered. */
import { describeFinding } from '../../../src/findings/settle.ts';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { lintConfiguration } from '../../../src/lint/lint.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { netplan } from '../../../src/managers/netplan/manager.ts';
import { loadRenderer } from '../../../src/managers/render.ts';
import { decodeBytes } from '../../../src/system/bytes.ts';
import { describePlace } from '../../../src/text/source.ts';
import { viewExample } from '../../lint/example.ts';
import { assumedGuest } from '../guest.ts';
import { allConfigs } from '../master-configs.ts';

const context = { include: () => [] };

function file(path: string, text: string, mode = 0o600): ConfigFile {
  return { source: { path, text }, path, mode, uid: 0, linkTarget: undefined };
}

function definitions(...lines: readonly string[]): string {
  return ['network:', '  version: 2', '  ethernets:', ...lines.map((line) => `    ${line}`), ''].join('\n');
}

function judge(...files: readonly ConfigFile[]) {
  return netplan.judge(files, assumedGuest(252, [], { netplanVersion: '1.1.2' }), context);
}

function lower(...files: readonly ConfigFile[]): ReadonlyMap<string, string> {
  return lowerFor('1.1.2', ...files);
}

function lowerFor(netplanVersion: string | undefined, ...files: readonly ConfigFile[]): ReadonlyMap<string, string> {
  const guest = assumedGuest(252, [], { netplanVersion });
  return new Map((netplan.lower?.(files, guest, context) ?? []).map(({ path, source }) => [path, source.text]));
}

test('a file hides others of its name: /run before /etc before /lib', () => {
  const files = [
    file('/lib/netplan/50-a.yaml', definitions('lib0: {dhcp4: true}')),
    file('/etc/netplan/50-a.yaml', definitions('etc0: {dhcp4: true}')),
    file('/run/netplan/50-a.yaml', definitions('run0: {dhcp4: true}')),
  ];
  const networks = [...lower(...files).keys()].filter((path) => path.endsWith('.network'));
  assert.deepEqual(networks, ['/run/systemd/network/10-netplan-run0.network']);
  assert.deepEqual(
    judge(...files)
      .unread.map((entry) => entry.file.path)
      .sort(),
    ['/etc/netplan/50-a.yaml', '/lib/netplan/50-a.yaml'],
  );
});

test('files merge by name, wherever they are: mappings deep, lists grow, single values are replaced', () => {
  const files = lower(
    file('/lib/netplan/90-z.yaml', definitions('lan: {dhcp4: false, addresses: [192.0.2.6/24]}')),
    file('/etc/netplan/10-a.yaml', definitions('lan: {match: {name: "en*"}, dhcp4: true, addresses: [192.0.2.5/24]}')),
    file('/run/netplan/50-b.yaml', definitions('lan: {match: {driver: net_failover}}')),
  );
  const text = files.get('/run/systemd/network/10-netplan-lan.network') ?? '';
  assert.match(text, /^\[Match\]\nDriver=net_failover\nName=en\*\n/);
  assert.match(text, /Address=192\.0\.2\.5\/24\nAddress=192\.0\.2\.6\/24\n/);
  assert.doesNotMatch(text, /DHCP/);
});

const refused: Readonly<Record<string, readonly [kind: string, place: string, text: string]>> = {
  'an unknown key': ['unknown-key', '5:7', definitions('lan:', '  dchp4: true')],
  'a value that is no boolean': ['bad-value', '5:14', definitions('lan:', '  dhcp4: maybe')],
  'an address without a length': ['bad-value', '5:19', definitions('lan:', '  addresses: [192.0.2.5]')],
  'set-name without match': ['bad-value', '5:7', definitions('lan:', '  set-name: wan0')],
  'a blank in a driver': ['bad-value', '4:27', definitions('lan: {match: {driver: "a b"}}')],
  'YAML that is none': ['syntax', '4:11', definitions('lan: {dhcp4: true')],
};

for (const [what, [kind, place, text]] of Object.entries(refused))
  test(`${what} is told where it stands, and before netplan 1.1 nothing is written`, () => {
    const { problems } = judge(file('/etc/netplan/50-x.yaml', text));
    assert.equal(problems[0]?.kind, kind);
    if (kind !== 'syntax') {
      const { source, span } = problems[0]?.place ?? assert.fail();
      assert.equal(describePlace({ source, span }), `/etc/netplan/50-x.yaml:${place}`);
    }
    assert.match(problems[0]?.consequence ?? '', /rejects the whole configuration/);
    assert.equal(lowerFor('0.106', file('/etc/netplan/50-x.yaml', text)).size, 0);
  });

test('a file that others can read is told, and counts', () => {
  const open = file('/etc/netplan/50-x.yaml', definitions('lan: {dhcp4: true}'), 0o644);
  assert.deepEqual(
    judge(open).problems.map(({ kind }) => kind),
    ['permissions'],
  );
  assert.ok(lower(open).has('/run/systemd/network/10-netplan-lan.network'));
});

/** What each rule says of netplan's YAML, and on which line. */
const found: Readonly<Record<string, string>> = {
  'FO101:6': definitions('lan:', '  match: {name: "en*"}', '  dhcp4: true'),
  'FO107:5': definitions('lan:', '  match: {name: "en*"}', '  dhcp4: true'),
  'FO106:5': definitions('lan:', '  match: {macaddress: "52:54:00:00:12:53"}', '  dhcp4: true'),
  'FO301:6': definitions('lan:', '  match: {macaddress: "52:54:00:00:12:53"}', '  set-name: wan0'),
  'FO108:5': definitions('lan:', '  match: {driver: virtio_net}', '  dhcp4: true'),
  'FO102:6': definitions('lan:', '  match: {name: "en*"}', '  addresses: [192.0.2.5/24]', '  accept-ra: false'),
  'FO103:8': `${definitions('lan:', '  match: {name: "en*"}')}  bridges:\n    br0:\n      interfaces: [lan]\n`,
  'FO104:6': definitions('lan:', '  match: {name: "en*"}', '  activation-mode: off', '  link-local: []'),
  'FO105:6': definitions('lan:', '  match: {name: "en*"}', '  accept-ra: true'),
  'FO201:6': definitions('lan:', '  match: {driver: net_failover}', '  macaddress: "0a:00:00:00:00:01"'),
  'FO202:6': definitions('lan:', '  match: {driver: net_failover}', '  dhcp4: true'),
  'FO203:6': definitions('lan:', '  match: {name: "en*"}', '  mtu: 1400', '  accept-ra: false'),
  'FO003:5': definitions('lan:', '  dchp4: true'),
};

for (const [rule, text] of Object.entries(found))
  test(`${rule} is found in netplan's YAML`, async () => {
    const files = { '/etc/netplan/50-x.yaml': { text, mode: 0o600 } };
    const findings = lintConfiguration(await viewExample({ files }));
    const told = findings.map(({ rule: id, place }) => `${id}:${describePlace(place).split(':')[1] ?? ''}`);
    assert.ok(told.includes(rule), told.join(' '));
    const elsewhere = findings.filter(({ place }) => place.source.path !== '/etc/netplan/50-x.yaml');
    assert.deepEqual(elsewhere.map(describeFinding), []);
  });

/** NetworkManager's guard rests on a udev property, which a VF that is not enslaved yet does not have: that is said, and so. */
const openPhase = 'vf-unenslaved';

test('what generate writes for netplan lints clean, for every option and both renderers', async () => {
  const render = await loadRenderer();
  for (const netplanRenderer of ['networkd', 'NetworkManager'] as const)
    for (const config of allConfigs) {
      // For any guest, with NetworkManager, it is that manager's own profile, and no YAML.
      if (netplanRenderer === 'NetworkManager' && config.masters === null) continue;
      const generated = render('netplan', config, { netplanRenderer }).filter(({ path }) =>
        /^\/etc\/(?:netplan|NetworkManager|systemd\/network|udev)\//.test(path),
      );
      assert.ok(generated.length > 1);
      const files = Object.fromEntries(generated.map(({ path, text, mode }) => [path, { text, mode }]));
      const findings = lintConfiguration(await viewExample({ files }));
      const told = findings
        .filter(({ phase }) => netplanRenderer === 'networkd' || phase !== openPhase)
        .map(({ rule, message }) => `${rule} ${message}`);
      assert.deepEqual(told, [], `${netplanRenderer} ${JSON.stringify(config)}`);
    }
});

test('no text makes it throw', () => {
  const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
  const words = fc.constantFrom(
    'network',
    'ethernets',
    'match',
    'bonds',
    'routes',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '<<',
    '"',
    '~',
    '\t',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 60 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (content) => {
      judge(file('/etc/netplan/50-x.yaml', content));
      lower(file('/etc/netplan/50-x.yaml', `network:\n  ${content}`));
    }),
    { seed, numRuns: 500 },
  );
});

test('no file of any corpus makes it throw, or go on without end', (t) => {
  const corpora = '../shared/corpora';
  if (!existsSync(corpora)) {
    t.skip(`${corpora} is not here`);
    return;
  }
  const paths = ['netplan', 'cloud-init', 'systemd/fuzz-network-parser', 'systemd/fuzz-udev-rules']
    .map((folder) => join(corpora, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => statSync(path).isFile());
  for (const path of paths) {
    const one = file('/etc/netplan/50-x.yaml', decodeBytes(readFileSync(path)));
    assert.doesNotThrow(() => [judge(one), lower(one)], path);
  }
  t.diagnostic(`${paths.length} files`);
  assert.ok(paths.length > 100);
});
