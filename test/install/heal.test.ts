import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observe, planHeal } from '../../src/install/heal.ts';
import { printStep, runStep } from '../../src/install/step.ts';
import { isFailure } from '../../src/system/system.ts';
import { readTopology } from '../../src/topology/failover-group.ts';
import { address, cmdline, guest, heal, linkLocal } from './healing-guest.ts';
import type { MemoryEntry } from '../../src/system/memory.ts';

test('a guest that is right is left alone', () => {
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') + linkLocal('ens10') },
    { ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 1024\n10.66.0.0/24 proto kernel scope link\n' },
    { '/proc/7/cmdline': cmdline('dhclient', '-4', '-v', '-pf', '/run/dhclient.ens10.pid', 'ens10') },
  );
  assert.deepEqual(heal(system), { steps: [], problems: [] });
});

test('three leases: addresses and routes go from the slaves, and from them alone', () => {
  const system = guest(
    {
      ens10: address('ens10', '10.66.0.50/24') + linkLocal('ens10', 'dadfailed tentative '),
      ens10nsby: address('ens10nsby', '10.66.0.52/24') + linkLocal('ens10nsby'),
      ens11: address('ens11', '10.66.0.99/24'),
    },
    {
      ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 1024\n',
      ens11:
        'default via 10.66.0.1 proto dhcp src 10.66.0.99 metric 1024\n10.66.0.0/24 proto kernel scope link src 10.66.0.99\n',
    },
  );
  assert.deepEqual(heal(system).steps, [
    'ip address flush dev ens10nsby',
    'ip address flush dev ens11',
    'ip -4 route flush dev ens11',
    'ip -6 address del fe80::5054:ff:fe00:1253/64 dev ens10',
    'ip -6 address add fe80::5054:ff:fe00:1253/64 dev ens10',
  ]);
});

test('an address of the master that a router announced is claimed anew for as long as it is good', () => {
  const announced =
    '3: ens10    inet6 2001:db8::5054:ff:fe00:1253/64 scope global dadfailed tentative dynamic mngtmpaddr \\       valid_lft 86400sec preferred_lft 14400sec\n';
  const whole = { ens10: address('ens10', '10.66.0.50/24') + announced + linkLocal('ens10') };
  assert.deepEqual(heal(guest(whole)).steps, [
    'ip -6 address del 2001:db8::5054:ff:fe00:1253/64 dev ens10',
    'ip -6 address add 2001:db8::5054:ff:fe00:1253/64 dev ens10 valid_lft 86400 preferred_lft 14400',
  ]);
});

test('the default route that a slave had goes to a master that has an address and none', () => {
  const routes = { ens11: 'default via 10.66.0.1 \n10.66.0.0/24 proto kernel scope link src 10.66.0.50\n' };
  const same = { ens10: address('ens10', '10.66.0.50/24'), ens11: address('ens11', '10.66.0.50/24') };
  assert.deepEqual(heal(guest(same, routes)).steps.slice(-1), ['ip -4 route replace default via 10.66.0.1 dev ens10']);
  const onlink = { ens11: 'default scope link\n' };
  assert.ok(!heal(guest(same, onlink)).steps.some((step) => step.includes('replace')), 'no gateway to take over');
});

test('DHCP clients of slaves are ended; one that serves the master too, or all links, is left to the user', () => {
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') },
    {},
    {
      '/proc/11/cmdline': cmdline(
        '/sbin/dhclient',
        '-4',
        '-v',
        '-i',
        '-pf',
        '/run/x.pid',
        '-lf',
        '/var/ens10',
        '-I',
        'ens11',
      ),
      '/proc/12/cmdline': cmdline('udhcpc', '-n', '-p', '/run/y.pid', '-i', 'ens10nsby'),
      '/proc/13/cmdline': cmdline('dhclient', 'ens10', 'ens11'),
      '/proc/14/cmdline': cmdline('dhcpcd: [manager] [ip4] [ip6]'),
      '/proc/15/cmdline': cmdline('dhcpcd: ens11 [ip4]'),
      '/proc/16/cmdline': cmdline('dhcpcd: [privileged proxy] ens11 [ip4]'),
      '/proc/17/cmdline': cmdline('dhclient', '-pf', 'ens11', 'ens110'),
      '/proc/18/cmdline': cmdline('vi', 'ens11'),
      '/proc/19/cmdline': '',
      '/proc/self/cmdline': cmdline('dhclient', 'ens11'),
    },
  );
  const { steps, problems } = heal(system);
  assert.deepEqual(steps, ['kill 11', 'kill 12', 'kill 15']);
  assert.deepEqual(problems, [
    'dhclient (process 13) serves ens10 and ens11 together; start it for the master alone',
    'dhcpcd (process 14) serves every link; tell it to leave ens10nsby and ens11 alone',
  ]);
});

test("ifupdown forgets the slaves, and the cloud helper's stanzas for them go", () => {
  const system = guest(
    { ens10: address('ens10', '10.66.0.50/24') },
    {},
    {
      '/run/network/ifstate': 'lo=lo\nens10=ens10\nens11=ens11\nens110=ens110\n',
      '/run/network/interfaces.d/ens10': 'x',
      '/run/network/interfaces.d/ens11': 'x',
    },
  );
  const topology = readTopology(system);
  assert.ok(!isFailure(topology));
  const seen = observe(system, topology);
  assert.ok(!isFailure(seen));
  for (const step of planHeal(seen, { manager: 'ifupdown', startedAs: new Map() }).steps)
    assert.equal(runStep(system, step), null);
  assert.equal(system.read('/run/network/ifstate'), 'lo=lo\nens10=ens10\nens110=ens110\n');
  assert.equal(system.files.has('/run/network/interfaces.d/ens11'), false);
  assert.equal(system.files.has('/run/network/interfaces.d/ens10'), true);
});

test("ifupdown is told the logical interface of a master: 'ifup enp1s0' does not know it where 'auto' maps it", () => {
  const topology = readTopology(guest({ ens10: linkLocal('ens10') }));
  assert.ok(!isFailure(topology));
  const seen = observe(guest({ ens10: linkLocal('ens10') }), topology);
  assert.ok(!isFailure(seen));
  const { steps } = planHeal(seen, { manager: 'ifupdown', startedAs: new Map([['ens10', 'wan']]) });
  assert.deepEqual(steps.map(printStep), ['ifup --force ens10=wan']);
});

test('a master without an address is started by its manager, unless its own client is at it', () => {
  const bare = guest({ ens10: linkLocal('ens10') });
  assert.deepEqual(heal(bare, 'networkd').steps, ['networkctl reconfigure ens10']);
  assert.deepEqual(heal(bare, 'ifupdown').steps, ['ifup --force ens10']);
  assert.deepEqual(heal(bare, 'networkmanager').steps, ['nmcli device connect ens10']);
  const busy = guest({}, {}, { '/proc/5/cmdline': cmdline('dhclient', 'ens10') });
  assert.deepEqual(heal(busy, 'ifupdown').steps, []);
});

test('a stack five deep whose uppers lead back to it: each link is looked at once', () => {
  const names = ['br0', 'br0.1', 'br0.2', 'br0.3', 'br0.4'];
  const links = names.flatMap((name, index): [string, MemoryEntry][] => {
    const upper = names[(index + 1) % names.length] ?? '';
    return [
      [`/sys/class/net/${name}`, { link: `../../devices/virtual/net/${name}` }],
      [`/sys/devices/virtual/net/${name}/upper_${upper}`, { link: `../${upper}` }],
      [`/sys/devices/virtual/net/${name}/address`, '52:54:00:00:12:53\n'],
    ];
  });
  const master = '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net/ens10';
  const system = guest(
    { 'br0.4': address('br0.4', '10.66.0.50/24') },
    {},
    { ...Object.fromEntries(links), [`${master}/upper_br0`]: { link: '../../../../virtual/net/br0' } },
  );
  const topology = readTopology(system);
  assert.ok(!isFailure(topology));
  const seen = observe(system, topology);
  assert.ok(!isFailure(seen));
  assert.deepEqual(
    seen.groups[0]?.above.map(({ name }) => name),
    names,
  );
  assert.deepEqual(heal(system).steps, [], 'the address on top of the stack counts');
});

test('dhcpcd as a service is no fault where every slave has a block of its own', () => {
  const files = { '/proc/14/cmdline': cmdline('dhcpcd: [manager] [ip4] [ip6]') };
  const ip = { ens10: address('ens10', '10.66.0.50/24') };
  const routes = { ens10: 'default via 10.66.0.1 proto dhcp src 10.66.0.50 metric 100\n' };
  const block = (name: string) => `# the slave ${name}\ninterface ${name}\nnoipv4\nnoipv6\n`;
  const problems = (composed: string) =>
    heal(guest(ip, routes, { ...files, '/run/net-failover/dhcpcd.conf': composed }), 'dhcpcd').problems;
  assert.deepEqual(problems(block('ens10nsby') + block('ens11')), []);
  for (const composed of ['', block('ens11'), block('ens10nsby') + block('ens110')])
    assert.match(problems(composed).join(), /dhcpcd \(process 14\) serves every link/);
});
