/** The stock configurations that broke a guest in the lab: each is found as an error, and mended by --fix. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { triple } from '../topology/sysfs.ts';

const networkd: Readonly<Record<string, MemoryEntry>> = {
  '/usr/lib/systemd/systemd-networkd': '',
  '/usr/lib/systemd/system/systemd-networkd.service': '[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service': {
    link: '/usr/lib/systemd/system/systemd-networkd.service',
  },
};
const ifupdown: Readonly<Record<string, MemoryEntry>> = {
  '/usr/sbin/ifup': '',
  '/usr/lib/systemd/system/networking.service': '[Install]\nWantedBy=multi-user.target\n',
  '/etc/systemd/system/multi-user.target.wants/networking.service': {
    link: '/usr/lib/systemd/system/networking.service',
  },
};
const netplan: Readonly<Record<string, MemoryEntry>> = {
  ...networkd,
  '/usr/sbin/netplan': '',
  '/usr/libexec/netplan/generate': '',
};
/** Debian's cloud images call it 90-default.yaml, cloud-init 50-cloud-init.yaml. */
const netplanPath = '/etc/netplan/90-default.yaml';
const writeNetplan = (...lines: readonly string[]): Readonly<Record<string, MemoryEntry>> => ({
  ...netplan,
  [netplanPath]: {
    text: ['network:', '  version: 2', '  ethernets:', '    wan: # the way out', ...lines, ''].join('\n'),
    mode: 0o600,
  },
});
const mac = '52:54:00:00:12:53';
const guest: Readonly<Record<string, MemoryEntry>> = {
  ...triple('ens10', 'ens10nsby', 'ens11', mac),
  '/sys/devices/pci0000:00/0000:01:00.0/virtio1/driver': { link: '/sys/bus/virtio/drivers/virtio_net' },
};
const stanzas = ['enp1s0', 'enp1s0nsby', 'enp2s0', 'enp3s0'].map((name) => `iface ${name} inet dhcp\n`).join('');

const stock: Readonly<Record<string, { files: Readonly<Record<string, MemoryEntry>>; rule: string; place: string }>> = {
  'networkd, Name=en* eth*, DHCP=yes': {
    files: { ...networkd, '/etc/systemd/network/80-all.network': '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n' },
    rule: 'FO101',
    place: '/etc/systemd/network/80-all.network:5',
  },
  'ifupdown, allow-hotplug /en* and DHCP for each': {
    files: {
      ...ifupdown,
      '/etc/network/interfaces': `auto lo\niface lo inet loopback\nallow-hotplug /en*\n${stanzas}`,
    },
    rule: 'FO101',
    place: '/etc/network/interfaces:5',
  },
  'netplan, match name en*': {
    files: writeNetplan('      match: {name: "en*"}', '      dhcp4: true', '      dhcp6: true'),
    rule: 'FO101',
    place: `${netplanPath}:6`,
  },
  'netplan, match macaddress': {
    files: writeNetplan('      match:', `        macaddress: "${mac}"`, '      dhcp4: true'),
    rule: 'FO101',
    place: `${netplanPath}:7`,
  },
  'netplan, match macaddress and set-name, in a guest with the triple': {
    files: {
      ...guest,
      ...writeNetplan('      match:', `        macaddress: "${mac}"`, '      set-name: wan0', '      dhcp4: true'),
    },
    rule: 'FO301',
    place: `${netplanPath}:7`,
  },
  'netplan, match driver virtio_net, in a guest with the triple': {
    files: {
      ...guest,
      ...writeNetplan('      match: {driver: virtio_net}', '      dhcp4: true'),
    },
    rule: 'FO108',
    place: `${netplanPath}:5`,
  },
  "Debian's cloud-ifupdown-helper": {
    files: {
      ...ifupdown,
      '/etc/network/interfaces':
        'auto lo\niface lo inet loopback\nsource-directory /etc/network/interfaces.d\nsource-directory /run/network/interfaces.d\n',
      '/etc/network/cloud-ifupdown-helper': { text: '#!/bin/sh\nset -e\nifup "$INTERFACE"\n', mode: 0o755 },
      '/etc/network/cloud-interfaces-template':
        'auto $INTERFACE\nallow-hotplug $INTERFACE\n\niface $INTERFACE inet dhcp\n',
      '/etc/udev/rules.d/75-cloud-ifupdown.rules':
        'ACTION=="add", SUBSYSTEM=="net", ENV{INTERFACE}=="eth*|en*", RUN+="/etc/network/cloud-ifupdown-helper"\n',
    },
    rule: 'FO402',
    place: '/etc/network/cloud-ifupdown-helper:1',
  },
};

for (const [title, { files, rule, place }] of Object.entries(stock))
  test(`${title}: the error is found and mended`, async () => {
    const system = memorySystem(files);
    assert.equal(await main(['lint', '--json'], system), 1);
    const { findings } = JSON.parse(system.stdout) as {
      findings: readonly { rule: string; severity: string; file: string; start: { line: number } }[];
    };
    const errors = findings.filter(({ severity }) => severity === 'error');
    const places = errors.map(({ rule: id, file, start }) => `${id} ${file}:${start.line}`);
    assert.ok(places.includes(`${rule} ${place}`), places.join('\n'));

    await main(['lint', '--fix'], system);
    const before = system.stdout.length;
    const status = await main(['lint'], system);
    assert.equal(status, 0, system.stdout.slice(before));
    const once = new Map(system.files);
    await main(['lint', '--fix'], system);
    assert.deepEqual(new Map(system.files), once, 'a fix made twice is the same as once');
  });

test('netplan, match driver net_failover: nothing is wrong', async () => {
  const system = memorySystem(
    writeNetplan('      match: {driver: net_failover}', '      dhcp4: true', '      dhcp-identifier: mac'),
  );
  assert.equal(await main(['lint'], system), 0, system.stdout);
  assert.equal(
    system.stdout,
    'judged: networkd (1 generated file), netplan (1 file) of this system; assumed: a guest with one net_failover triple (see --assume)\n',
  );
});

test('netplan, match macaddress and set-name: the master alone gets the name, and comments stay', async () => {
  const files = writeNetplan('      match:', `        macaddress: "${mac}" # ours`, '      set-name: wan0');
  const before = (files[netplanPath] as { text: string }).text;
  const system = memorySystem({ ...guest, ...files });
  await main(['lint', '--fix'], system);
  assert.equal(system.read(netplanPath), before.replace('# ours\n', '# ours\n        driver: net_failover\n'));
});

test('netplan, match macaddress and set-name, and no guest to see: it may be any NIC, and --fix leaves the file', async () => {
  const files = writeNetplan('      match:', `        macaddress: "${mac}"`, '      set-name: wan0');
  const system = memorySystem(files);
  await main(['lint', '--fix'], system);
  assert.equal(system.read(netplanPath), (files[netplanPath] as { text: string }).text);
  await main(['lint', '--unsafe-fixes'], system);
  assert.match(String(system.read(netplanPath)), /^ {8}driver: net_failover$/m);
});
