import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGuest, type GuestCheck } from '../../src/hypervisor/check-guest.ts';
import { readDomain } from '../../src/hypervisor/domain.ts';
import { readGuestStatus } from '../../src/hypervisor/guest-agent.ts';
import type { AgentRequest, Libvirt } from '../../src/hypervisor/libvirt.ts';
import { exampleDomain, goodPair, goodStandby } from '../../src/hypervisor/rules/rule.ts';

/*
 * What a real guest says is in guest.test.ts. Here the agent is a stand-in, for guests that are set up wrongly in ways that
 * a kernel without net_failover, or a network manager, would bring about.
 */

const mac = '52:54:00:00:12:53';
const standbyBit = `${'0'.repeat(62)}10`;

interface Link {
  readonly name: string;
  readonly addresses?: readonly string[];
  /** Below /sys/class/net/NAME. */
  readonly files: Readonly<Record<string, string>>;
}

const master: Link = { name: 'ens10', files: { address: mac, 'device/features': standbyBit, carrier: '1' } };
const standby: Link = {
  name: 'ens10nsby',
  files: { address: mac, 'device/features': standbyBit, phys_port_name: 'sby', carrier: '0' },
};
const primary: Link = { name: 'ens11', files: { address: mac, 'master/device/features': standbyBit, carrier: '1' } };

interface StandInOptions {
  readonly files?: boolean;
  readonly status?: string;
  /** Files elsewhere in the guest. */
  readonly others?: Readonly<Record<string, string>>;
  /** virsh's answer to domjobinfo, as libvirt.ts reads it. */
  readonly job?: { readonly hasSent: boolean };
  /** The devices of the kept configuration. */
  readonly kept?: string;
}

function standIn(links: readonly Link[], options: StandInOptions = {}): Libvirt {
  const open: string[] = [];
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const answers: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => unknown>> = {
    'guest-network-get-interfaces': () =>
      links.map(({ name, addresses = [] }) => ({
        name,
        'hardware-address': mac.toUpperCase(),
        'ip-addresses': addresses.map((one) => ({ 'ip-address': one, prefix: 24 })),
      })),
    'guest-file-open': ({ path }) => {
      const [, name = '', file = ''] = /^\/sys\/class\/net\/([^/]+)\/(.*)$/.exec(String(path)) ?? [];
      const known = links.find((link) => link.name === name)?.files[file] ?? options.others?.[String(path)];
      const text = options.files === false ? undefined : known;
      return text === undefined ? null : open.push(text);
    },
    'guest-file-read': ({ handle }) => ({ 'buf-b64': encode(`${open[Number(handle) - 1]}\n`) }),
    'guest-file-close': () => ({}),
    'guest-exec': () => (options.status === undefined ? null : { pid: 7 }),
    'guest-exec-status': () => ({ exited: true, exitcode: 1, 'out-data': encode(options.status ?? '') }),
  };
  return {
    command: (args) => ({ argv: ['virsh', ...args] }),
    domain: () =>
      options.kept === undefined
        ? 'no such domain'
        : (readDomain({ path: 'kept.xml', text: exampleDomain(options.kept) }).domain ?? 'no domain'),
    linkState: () => 'down',
    state: () => 'running',
    hasMigrated: () => false,
    isKept: () => true,
    jobProgress: () => null,
    versions: () => null,
    networks: () => [],
    migrationJob: () => options.job ?? null,
    uuid: () => null,
    agent: (_name: string, { execute, arguments: args = {} }: AgentRequest) => answers[execute]?.(args) ?? null,
  };
}

function check(
  links: readonly Link[],
  options: StandInOptions & { devices?: string; mute?: true; channel?: string } = {},
): GuestCheck {
  const { domain } = readDomain({
    path: 'vm.xml',
    text: exampleDomain(`${options.devices ?? goodPair}\n${options.channel ?? ''}`),
  });
  assert.ok(domain !== null);
  const libvirt = options.mute === true ? { ...standIn(links, options), agent: () => null } : standIn(links, options);
  const result = checkGuest('vm-01', domain, libvirt, () => readGuestStatus(libvirt, 'vm-01', () => undefined));
  assert.ok(typeof result !== 'string', String(result));
  return result;
}

test('a triple that is as it should be is ready, also while its VF is away', () => {
  assert.deepEqual([check([master, standby, primary]).ready, check([master, standby, primary]).problems], [true, []]);
  assert.equal(check([master, standby], { devices: goodStandby }).ready, true);
});

const wrong: readonly (readonly [string, readonly Link[], RegExp])[] = [
  ['no link', [], /^the guest has no link with MAC 52:54:00:00:12:53$/],
  [
    'no failover in the kernel',
    [
      { ...standby, files: { address: mac } },
      { ...primary, files: { address: mac } },
    ],
    /^no link with MAC .* is a failover master: 'ens10nsby', 'ens11' are separate NICs$/,
  ],
  ['no standby', [master, primary], /^the master has no standby/],
  ['a VF that is not there', [master, standby], /^the VF 0000:42:02\.5 is attached, and no primary is enslaved/],
  [
    'a VF that is not enslaved',
    [master, standby, primary, { ...primary, name: 'ens12', files: { address: mac } }],
    /^'ens12' has MAC .* and is not enslaved$/,
  ],
  [
    'an address on the VF',
    [master, standby, { ...primary, addresses: ['192.0.2.5'] }],
    /^'ens11' has the address 192\.0\.2\.5\/24/,
  ],
];

for (const [name, links, message] of wrong) {
  test(`not set up: ${name}`, () => {
    const { ready, problems } = check(links);
    assert.equal(ready, false);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', message);
  });
}

test('link-local addresses, which old kernels give to slaves, are not counted', () => {
  assert.equal(check([master, { ...standby, addresses: ['fe80::1'] }, primary]).ready, true);
});

test("what the guest's own failoverctl finds counts", () => {
  const status = JSON.stringify({ version: 1, healthy: false, problems: [{ message: 'two default routes' }] });
  const { ready, problems } = check([master, standby, primary], { status });
  assert.deepEqual([ready, problems], [false, ['failoverctl in the guest: two default routes']]);
  assert.equal(check([master, standby, primary], { status: 'failoverctl: unknown command' }).ready, true);
});

test('without an agent, or with one that reads no files, it is not known', () => {
  assert.deepEqual(
    [check([], { mute: true }).ready, check([], { mute: true }).notes],
    [
      null,
      [
        'no guest agent answers',
        'it is not known whether the guest has booted; a guest that is not running its kernel does not answer the unplug of its VF',
      ],
    ],
  );
  assert.deepEqual(
    check([], { mute: true, devices: goodStandby }).notes,
    ['no guest agent answers'],
    'no VF to unplug',
  );
  const channel =
    "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='disconnected'/></channel>";
  assert.match(
    check([], { mute: true, channel }).notes[1] ?? '',
    /^the guest has not opened its agent's channel: it is in/,
  );
  assert.equal(check([master, standby, primary], { files: false }).ready, null);
  const healthy = JSON.stringify({ version: 1, healthy: true, problems: [] });
  assert.equal(check([master, standby, primary], { files: false, status: healthy }).ready, true, 'failoverctl knows');
  const both = [
    { ...master, addresses: ['192.0.2.5'] },
    { ...primary, addresses: ['192.0.2.6'] },
  ];
  assert.equal(check(both, { files: false }).ready, false, 'two links with addresses are wrong whatever they are');
});

test('a domain without a failover NIC has nothing to check', () => {
  const { domain } = readDomain({ path: 'vm.xml', text: exampleDomain('') });
  assert.ok(domain !== null);
  assert.match(String(checkGuest('vm-01', domain, standIn([]), () => null)), /has no NIC with <teaming/);
});

test('a kernel that cannot answer the unplug of its VF is known before', () => {
  const triple = [master, standby, primary];
  const version = { '/proc/version': 'Linux version 6.1.0' };
  const { ready, problems } = check(triple, { others: version });
  assert.equal(ready, false);
  assert.match(problems.join(), /^the guest's kernel has no PCI hot-plug \(neither pciehp nor acpiphp\)/);
  assert.equal(check([master, standby], { others: version, devices: goodStandby }).ready, true, 'no VF to unplug');
  const acpiphp = (disable: string) => ({ ...version, '/sys/module/acpiphp/parameters/disable': disable });
  assert.equal(check(triple, { others: acpiphp('N') }).ready, true);
  assert.equal(check(triple, { others: acpiphp('Y') }).ready, false);
  const pciehp = { ...acpiphp('Y'), '/sys/module/pciehp/parameters/pciehp_poll_mode': 'N' };
  assert.equal(check(triple, { others: pciehp }).ready, true);
});

test('a migration that waits for the guest is reported, with the command that ends it', () => {
  for (const mute of [undefined, true] as const) {
    const { ready, problems } = check([master, standby, primary], {
      job: { hasSent: false },
      ...(mute === undefined ? {} : { mute }),
    });
    assert.equal(ready, false);
    assert.match(
      problems.join(),
      /has sent nothing: .*'virsh domjobabort --domain vm-01' ends it, 'failoverctl host reattach --abort vm-01' also/,
    );
  }
  assert.equal(check([master, standby, primary], { job: { hasSent: true } }).ready, true);
});

test('a VF that is kept and not attached is a note, with the command that attaches it', () => {
  const taken = (kept: string | undefined, mute = false) =>
    check([master, standby], {
      devices: goodStandby,
      ...(kept === undefined ? {} : { kept }),
      ...(mute ? { mute: true as const } : {}),
    });
  const note =
    /^the kept configuration has a VF for 52:54:00:00:12:53 that is not attached: .*'failoverctl host reattach vm-01' attaches it$/m;
  assert.match(taken(goodPair).notes.join('\n'), note);
  assert.match(taken(goodPair, true).notes.join('\n'), note);
  assert.equal(taken(goodPair).ready, true);
  assert.doesNotMatch(taken(goodStandby).notes.join('\n'), note);
  assert.doesNotMatch(taken(undefined).notes.join('\n'), note);
  assert.doesNotMatch(check([master, standby, primary], { kept: goodPair }).notes.join('\n'), note);
});
