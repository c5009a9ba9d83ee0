/** What netplan writes at boot of a configuration with a fault, by version; the programs themselves are asked in differential.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { netplan } from '../../../src/managers/netplan/manager.ts';
import { assumedGuest } from '../guest.ts';

const context = { include: () => [] };

function file(name: string, text: string): ConfigFile {
  const path = `/etc/netplan/${name}.yaml`;
  return { source: { path, text }, path, mode: 0o600, uid: 0, linkTarget: undefined };
}

function read(netplanVersion: string | undefined, ...files: readonly ConfigFile[]) {
  const guest = assumedGuest(252, [], { netplanVersion });
  const { problems } = netplan.judge(files, guest, context);
  const written = new Map(
    (netplan.lower?.(files, guest, context) ?? []).map(({ path, source }) => [path, source.text]),
  );
  return { problems, written };
}

const network = (id: string) => `/run/systemd/network/10-netplan-${id}.network`;

const broken = file(
  '10-x',
  `network:
  version: 2
  ethernets:
    any:
      match: {name: "en*"}
      dhcp4: true
      addresses: [192.0.2.5/24, 192.0.2.6]
      dhcp6: true
    other: {dhcp4: true}
`,
);

test('what stands before a fault is kept from 1.1 on, and what follows in the definition is not', () => {
  for (const version of ['1.1.2', '1.2.2', undefined]) {
    const { problems, written } = read(version, broken);
    assert.equal(problems.length, 1);
    assert.match(
      problems[0]?.consequence ?? '',
      /apply rejects the whole configuration; at boot netplan skips the rest/,
    );
    const text = written.get(network('any')) ?? '';
    assert.match(text, /Name=en\*/);
    assert.match(text, /DHCP=ipv4\n/);
    assert.match(text, /Address=192\.0\.2\.5\/24\n/);
    assert.ok(written.has(network('other')));
  }
  const old = read('0.106', broken);
  assert.equal(old.written.size, 0);
  assert.match(old.problems[0]?.consequence ?? '', /writes nothing for any link/);
});

test('a fault in one file hides nothing in another', () => {
  const good = file('50-good', 'network: {version: 2, ethernets: {all: {match: {name: "en*"}, dhcp4: true}}}\n');
  for (const text of ['network: {ethernets: {x: {dhcpv4: true}}}\n', 'network: {ethernet: {}}\n', '\t\n', 'a: [\n']) {
    const bad = file('90-bad', text);
    assert.ok(read('1.1.2', good, bad).written.has(network('all')), text);
    assert.ok(read('1.1.2', good, bad).problems.length > 0, text);
    assert.equal(read('0.106', good, bad).written.size, 0, text);
  }
});

test('where a renderer refuses a definition, what comes before it is written, and from 1.2 what comes after', () => {
  const files = file(
    '10-x',
    `network:
  version: 2
  ethernets:
    a: {dhcp4: true}
    b: {renderer: NetworkManager, match: {driver: net_failover}, wakeonlan: true}
    c: {dhcp4: true}
`,
  );
  for (const [version, after] of [
    ['0.106', false],
    ['1.1.2', false],
    ['1.2.2', true],
  ] as const) {
    const { written, problems } = read(version, files);
    assert.equal(problems.length, 1);
    assert.ok(written.has(network('a')), version);
    assert.ok(written.has('/run/systemd/network/10-netplan-b.link'), version);
    assert.equal(written.has(network('c')), after, version);
    assert.equal(written.has('/run/udev/rules.d/90-netplan.rules'), after, version);
  }
});

test("a VRF's route of another table leaves nothing at all", () => {
  const files = file(
    '10-x',
    `network:
  ethernets: {a: {dhcp4: true}}
  vrfs: {v: {interfaces: [a], table: 5, routes: [{to: 192.0.2.0/24, via: 192.0.2.1, table: 6}]}}
`,
  );
  for (const version of ['0.106', '1.1.2', '1.2.2']) assert.equal(read(version, files).written.size, 0, version);
});

test('at boot accept-ra that is no boolean is no before 1.2, and yes since', () => {
  const files = file('10-x', 'network: {ethernets: {a: {accept-ra: perhaps}}}\n');
  for (const [version, word] of [
    ['1.1.2', 'no'],
    ['1.2.2', 'yes'],
  ] as const)
    assert.match(read(version, files).written.get(network('a')) ?? '', new RegExp(`^IPv6AcceptRA=${word}$`, 'm'));
});

test('at boot a VRF that ends before its table: has the number for none', () => {
  const files = file('10-x', 'network: {renderer: NetworkManager, vrfs: {v: {gateway4: x, table: 100}}}\n');
  const { written } = read('1.1.2', files);
  assert.match([...written.values()].join(''), /^\[vrf\]\ntable=4294967295$/m);
});

test('NetworkManager refuses a match by driver of one of its own devices too', () => {
  const own = 'match: {driver: x}, networkmanager: {passthrough: {connection.type: olpc-mesh}}';
  const [problem] = read('1.1.2', file('10-x', `network: {nm-devices: {n: {${own}}}}\n`)).problems;
  assert.match(problem?.message ?? '', /^match by driver with NetworkManager/);
});

/** A fault of each kind of definitions, with its line and column; `since`: it is none before. */
const faults: readonly (readonly [place: string, text: string])[] = [
  ['4:49', 'network:\n  ethernets: {e: {}}\n  bonds:\n    b: {interfaces: [e], parameters: {mode: backup}}'],
  [
    '3:18',
    'network:\n  tunnels:\n    t: {mode: ip6, remote: "2001:db8::1"}'.replace('t: {mode: ip6', 't: {  mode: ip6'),
  ],
  [
    '3:27',
    'network:\n  tunnels:\n    t: {mode: vti6, remote: 192.0.2.1, local: "2001:db8::1"}'.replace('vti6,', 'vti6,'),
  ],
  ['3:5', 'network:\n  wifis:\n    w: {}'],
  ['3:30', 'network:\n  wifis:\n    w: {access-points: {s: {mode: mesh}}}'],
  ['3:16', 'network:\n  ethernets:\n    e: {auth: {method: md5}}'],
  ['3:5', 'network:\n  virtual-ethernets:\n    v: {}'],
  ['3:5', 'network:\n  vrfs:\n    v: {}'],
  ['3:10', 'network:\n  dummy-devices:\n    d: {  lacp: x}'],
  ['5:7', 'network:\n  ethernets:\n    a: &a {dhcp4: true}\n    b:\n      <<: *a'],
  ['3:28', 'network:\n  ethernets:\n    e: {openvswitch: {    lacp: active}}'],
];

for (const [place, text] of faults)
  test(`a fault is told where it stands: ${text.split('\n').slice(1).join(' ')}`, () => {
    const { problems } = read('1.1.2', file('10-x', `${text}\n`));
    const [first] = problems;
    assert.ok(first !== undefined && first.fatal === true);
    const { start } = first.place.span;
    const before = text.slice(0, start).split('\n');
    const told = `${before.length}:${(before.at(-1) ?? '').length + 1}`;
    assert.equal(told.split(':')[0], place.split(':')[0], first.message);
  });
