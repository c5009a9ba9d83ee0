/** Leases as real daemons note them: networkd of this machine, of Debian 13 and of unstable, which keeps no files. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { readLeases, type Lease } from '../../src/inventory/leases.ts';
import type { Address } from '../../src/inventory/network.ts';
import { readStatus } from '../../src/status/status.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { isFailure, type System } from '../../src/system/system.ts';
import { missingDaemons, sid, trixie } from '../managers/namespace.ts';
import { missingNamespaces, openNamespace } from '../status/namespace.ts';
import { said } from '../status/guest.ts';

const noNamespaces = missingNamespaces();
if (noNamespaces !== null && process.env['CI'] === 'true') throw new Error(noNamespaces);

const networkd = '/usr/lib/systemd/systemd-networkd';
const dnsmasq = '/usr/sbin/dnsmasq';

function leasesOfMaster(system: System): readonly Lease[] {
  const status = readStatus(system);
  if (isFailure(status)) throw new Error(`${status.path}: ${status.errno}`);
  return status.groups[0]?.links[0]?.leases ?? [];
}

for (const [root, lifetime] of [
  ['', '600s'],
  [trixie, '600s'],
  [sid, '600s'],
  [sid, 'infinite'],
] as const) {
  const daemon = `${root}${networkd}`;
  const missing = noNamespaces ?? missingDaemons(root) ?? (existsSync(dnsmasq) ? null : `${dnsmasq} is missing`);

  test(`a lease for ${lifetime} of ${daemon}, with its server`, { skip: missing ?? false }, async () => {
    const { system, sh, close } = await openNamespace(['ens10', 'ens10nsby', 'ens11'], root);
    try {
      sh(`
        ip address add 10.66.0.1/24 dev peer0
        printf '[Match]\\nName=ens10\\n\\n[Network]\\nDHCP=ipv4\\n\\n[DHCPv4]\\nClientIdentifier=mac\\n' > /run/systemd/network/50-master.network
        printf '[Match]\\nName=*\\n\\n[Link]\\nUnmanaged=yes\\n' > /run/systemd/network/90-rest.network
        chmod 644 /run/systemd/network/*
        ${dnsmasq} --conf-file=/dev/null --port=0 --interface=peer0 --bind-interfaces --leasefile-ro \\
          --dhcp-range=10.66.0.50,10.66.0.99,${lifetime} --no-ping --pid-file=/run/dnsmasq.pid
        printf 'I:1\\nV:1\\n' > /run/udev/data/n$(cat /sys/class/net/peer0/ifindex)
        ${root === '' ? '' : `chroot ${root}`} ${networkd} >/run/networkd.log 2>&1 &
      `);
      for (let tries = 0; leasesOfMaster(system).length === 0 && tries < 60; tries += 1) await wait(500);
      const [lease, ...more] = leasesOfMaster(system);
      assert.ok(lease !== undefined, sh('cat /run/networkd.log'));
      assert.deepEqual(more, []);
      const { address, server, from, validFor } = lease;
      assert.match(address, /^10\.66\.0\.\d+$/);
      assert.deepEqual({ server, from }, { server: '10.66.0.1', from: 'networkd' });
      assert.equal(validFor === null, lifetime === 'infinite');
      const files = sh('ls /run/systemd/netif/leases').trim();
      assert.equal(files === '', root === sid, `lease files: ${files}`);
    } finally {
      await close();
    }
  });
}

const address: Address = {
  family: 'inet',
  address: '10.66.0.50/24',
  scope: 'global',
  dynamic: false,
  duplicate: false,
  validFor: null,
};

/** What is told of a link that networkd has, by a networkctl that prints this. */
function answered(stdout: string, status = 0): { readonly leases: readonly Lease[]; readonly asked: number } {
  let asked = 0;
  const system = memorySystem({}, { run: () => ((asked += 1), said(stdout, status)) });
  const link = { name: 'ens10', ifindex: '2', addresses: [address], isNetworkds: true };
  return { leases: readLeases(system, link), asked };
}

test('an answer of networkctl that is none of those expected tells of no lease', () => {
  const entry = '{"AddressString":"10.66.0.50","ConfigSource":"DHCPv4","ConfigProviderString":"10.66.0.1"}';
  const lease = { address: '10.66.0.50', server: '10.66.0.1', from: 'networkd', validFor: null };
  assert.deepEqual(answered(`{"Addresses":[${entry}]}`), { leases: [lease], asked: 1 });
  for (const text of [
    '',
    'Failed to connect to system bus',
    '[]',
    'null',
    '{"Addresses":{}}',
    '{"Addresses":[null,7]}',
    `{"Addresses":[${entry.replace('DHCPv4', 'static')}]}`,
    `{"Addresses":[${entry.replace('10.66.0.50', '10.66.0.51')}]}`,
  ])
    assert.deepEqual(answered(text).leases, [], text);
  assert.deepEqual(answered(`{"Addresses":[${entry}]}`, 1).leases, []);
  assert.equal(answered(`{"Addresses":[${entry.replace('"10.66.0.1"', '7')}]}`).leases[0]?.server, null);
});

test('networkd is not asked of a link that it does not configure, that has no address, or whose lease is in a file', () => {
  const link = { name: 'ens10', ifindex: '2', addresses: [address], isNetworkds: true };
  const asked: (readonly string[])[] = [];
  const run = (argv: readonly string[]) => (asked.push(argv), said(''));
  const bare = memorySystem({}, { run });
  readLeases(bare, { ...link, isNetworkds: false });
  readLeases(bare, { ...link, addresses: [] });
  readLeases(bare, { ...link, ifindex: null });
  const kept = memorySystem(
    { '/run/systemd/netif/leases/2': 'ADDRESS=10.66.0.50\nSERVER_ADDRESS=10.66.0.1\n' },
    { run },
  );
  assert.equal(readLeases(kept, link)[0]?.server, '10.66.0.1');
  assert.deepEqual(asked, []);
  readLeases(bare, link);
  assert.deepEqual(asked, [['networkctl', '--json=short', '--no-pager', 'status', '2']]);
});
