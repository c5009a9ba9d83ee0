/** FO112 for images, which have no links: whether a file that names a NIC means the master cannot be told, and is no alarm. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { triple } from '../topology/sysfs.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const enabled = (service: string): Tree => ({
  '/etc/machine-id': 'x\n',
  [`/usr/lib/systemd/system/${service}`]: '[Service]\n[Install]\nWantedBy=multi-user.target\n',
  [`/etc/systemd/system/multi-user.target.wants/${service}`]: { link: `/usr/lib/systemd/system/${service}` },
});
const ifupdown = (text: string): Tree => ({
  ...enabled('networking.service'),
  '/usr/sbin/ifup': '',
  '/etc/network/interfaces': text,
});
const networkd = (text: string): Tree => ({
  ...enabled('systemd-networkd.service'),
  '/usr/lib/systemd/systemd-networkd': '',
  '/etc/systemd/network/20-lan.network': text,
});

async function lint(tree: Tree) {
  const system = memorySystem(tree);
  const status = await main(['lint', '--json'], system);
  const { findings } = JSON.parse(system.stdout) as {
    findings: readonly { rule: string; message: string; file: string }[];
  };
  return { status, findings, rules: findings.map(({ rule }) => rule) };
}

const fixed = (name: string) => ({
  ifupdown: ifupdown(`auto ${name}\niface ${name} inet static\n  address 192.0.2.2/24\n  gateway 192.0.2.1\n`),
  networkd: networkd(`[Match]\nName=${name}\n\n[Network]\nAddress=192.0.2.2/24\n`),
});

test('an image with static addresses under a literal name is no alarm, whatever the name', async () => {
  for (const name of ['enp1s0', 'enp2s0', 'eth0', 'lan7'])
    for (const [manager, tree] of Object.entries(fixed(name)))
      assert.deepEqual((await lint(tree)).rules, [], `${manager} ${name}`);
});

test('with the links there, the name of another NIC leaves the master without an address', async () => {
  for (const [manager, tree] of Object.entries(fixed('ens10')))
    assert.ok(!(await lint({ ...triple(), ...tree })).rules.includes('FO112'), manager);
  for (const [manager, tree] of Object.entries(fixed('lan7'))) {
    const { findings, status } = await lint({ ...triple(), ...tree });
    assert.equal(status, 1, manager);
    const found = findings.find(({ rule }) => rule === 'FO112');
    assert.match(found?.message ?? '', /^ens10: no network manager configures this master/, manager);
  }
});

test('an image that configures nothing but the loopback is an alarm', async () => {
  for (const text of ['auto lo\niface lo inet loopback\n', '# nothing\n']) {
    const { findings } = await lint(ifupdown(text));
    assert.deepEqual(
      findings.map(({ rule, file }) => `${rule} ${file}`),
      ['FO112 /etc/network/interfaces'],
      text,
    );
  }
  assert.deepEqual((await lint(networkd('[Match]\nName=lo\n\n[Network]\nAddress=192.0.2.2/32\n'))).rules, ['FO112']);
});

test('beside cloud-init, which writes the configuration at boot, the loopback alone is no alarm', async () => {
  const cloud = {
    '/usr/bin/cloud-init': '',
    '/etc/cloud/cloud.cfg': 'datasource_list: [NoCloud]\n',
    '/usr/lib/systemd/system/cloud-init-local.service': '[Service]\n[Install]\nWantedBy=cloud-init.target\n',
  };
  assert.deepEqual((await lint({ ...ifupdown('auto lo\niface lo inet loopback\n'), ...cloud })).rules, []);
});

test('the finding is on the file with the claim, also where that is the seed of a datasource', async () => {
  const seed = '/var/lib/cloud/seed/nocloud/network-config';
  const tree = {
    ...enabled('systemd-networkd.service'),
    '/usr/lib/systemd/systemd-networkd': '',
    ...triple(),
    '/usr/bin/cloud-init': '',
    '/etc/cloud/cloud.cfg': 'datasource_list: [NoCloud]\nsystem_info: {network: {renderers: [networkd]}}\n',
    '/usr/lib/systemd/system/cloud-init-local.service': '[Service]\n[Install]\nWantedBy=cloud-init.target\n',
    [seed]: 'version: 2\nethernets:\n  lan7: {dhcp4: true}\n',
  };
  const { findings } = await lint(tree);
  assert.equal(findings.find(({ rule }) => rule === 'FO112')?.file, seed, JSON.stringify(findings));
});
