/** The stock configurations that broke a guest in the lab: each is found as an error, and mended by --fix. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';

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
