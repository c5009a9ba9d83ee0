import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDhcpClients } from '../../src/inventory/dhcp-clients.ts';
import { memorySystem } from '../../src/system/memory.ts';

/** The links of the only client. */
function linksOf(...argv: readonly string[]): readonly string[] | undefined {
  return findDhcpClients(memorySystem({ '/proc/7/cmdline': `${argv.join('\0')}\0` }))[0]?.links;
}

test("a word that is an option's value is no link", () => {
  assert.deepEqual(linksOf('/sbin/dhclient', '-v', '-pf', '/run/x.pid', 'eth0'), ['eth0']);
  assert.deepEqual(linksOf('udhcpc', '-b', '-ieth0'), ['eth0']);
  assert.deepEqual(linksOf('/bin/busybox', 'udhcpc', '--interface=eth0'), ['eth0']);
  assert.deepEqual(linksOf('udhcpc', '--interface', 'eth0', '-q'), ['eth0']);
  assert.deepEqual(linksOf('dhclient', '-6', '-nw', '-cf', '/etc/eth9', 'eth0'), ['eth0']);
  assert.deepEqual(linksOf('dhclient'), []);
  assert.deepEqual(linksOf('dhcpcd', '-t', '30', 'eth0'), ['eth0']);
});

test("dhcpcd's flags take no value", () => {
  for (const flag of ['-q', '-n', '-x', '-E', '-P', '-w', '-b'])
    assert.deepEqual(linksOf('dhcpcd', flag, 'eth0'), ['eth0'], flag);
  for (const option of ['-j', '-C', '-Z', '-f'])
    assert.deepEqual(linksOf('dhcpcd', option, 'x', 'eth0'), ['eth0'], option);
});

test('dhcpcd by its title: all links, one, or none of its helpers', () => {
  assert.deepEqual(linksOf('dhcpcd: [manager] [ip4] [ip6]'), []);
  assert.deepEqual(linksOf('dhcpcd: ens11 [ip4]'), ['ens11']);
  assert.equal(linksOf('dhcpcd: [privileged proxy]'), undefined);
});

test('other programs are none', () => {
  assert.equal(linksOf('sh', '-c', 'dhclient eth0'), undefined);
  assert.equal(linksOf('constructor'), undefined);
});
