import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNetworkOption } from '../../src/topology/boot-options.ts';

const mac = '52:54:00:00:12:53';

/** The word that is found and what it takes; null: none is. */
const cases: readonly (readonly [text: string, expected: string | null])[] = [
  ['ro quiet', null],
  ['ip=dhcp', 'any ip=dhcp'],
  ['ip=dhcp,dhcp6', 'any ip=dhcp,dhcp6'],
  ['ip=enp1s0:dhcp', null],
  ['ip=:::::enp1s0:dhcp', null],
  ['ip=off', null],
  ['ip=none', null],
  ['ip=192.0.2.10::192.0.2.1:255.255.255.0:guest::none', 'any ip=192.0.2.10::192.0.2.1:255.255.255.0:guest::none'],
  ['ip=192.0.2.10::192.0.2.1:255.255.255.0:guest:enp1s0:none', null],
  ['ip=[2001:db8::10]::[2001:db8::1]:64:guest::none', 'any ip=[2001:db8::10]::[2001:db8::1]:64:guest::none'],
  [`ip=${mac}:dhcp`, `mac ip=${mac}:dhcp`],
  ['ip=BOOTIF:dhcp', 'mac ip=BOOTIF:dhcp'],
  [`ip=lan0:dhcp ifname=lan0:${mac}`, `mac ifname=lan0:${mac}`],
  ['ip=enp1s0:dhcp ip=dhcp', 'any ip=dhcp'],
  ['rd.neednet=1', 'any rd.neednet=1'],
  ['rd.neednet', 'any rd.neednet'],
  ['rd.neednet=yes quiet', 'any rd.neednet=yes'],
  ['rd.neednet=0', null],
  ['rd.neednet=no', null],
  ['GRUB_CMDLINE_LINUX="root=/dev/nfs"', 'root root=/dev/nfs'],
  ['root=/dev/nfs nfsroot=192.0.2.1:/srv', 'root root=/dev/nfs'],
  ['root=192.0.2.1:/srv', 'root root=192.0.2.1:/srv'],
  ['root=dhcp', 'root root=dhcp'],
  ['root=UUID=1234 netroot=iscsi:@192.0.2.1::3260::iqn.x', 'root netroot=iscsi:@192.0.2.1::3260::iqn.x'],
  ['root=live:http://192.0.2.1/x.img', 'root root=live:http://192.0.2.1/x.img'],
  ['root=live:CDLABEL=x', null],
  ['boot=nfs', 'root boot=nfs'],
  ['boot=live', null],
  ['root=nfs:192.0.2.1:/srv ip=enp1s0:dhcp', null],
  ['root=nfs:192.0.2.1:/srv ip=dhcp', 'any ip=dhcp'],
  ['root=nfs:192.0.2.1:/srv bond=bond0:enp1s0,eth7', null],
  ['BOOT=nfs\nDEVICE=\n', 'root BOOT=nfs'],
  ['BOOT=local\nDEVICE=""\nIP=dhcp\n', 'any IP=dhcp'],
  ['IP=dhcp\nDEVICE=enp1s0\n', null],
  ['IP=dhcp\nDEVICE=enp9s0\n', 'slave DEVICE=enp9s0'],
  ['rd.neednet=1 ip=enp1s0:dhcp', null],
  ['kargs = ["ip=dhcp", "quiet"]', 'any ip=dhcp'],
  ['kernelopts=root=/dev/vda1 ro ip=dhcp', 'any ip=dhcp'],
  ['# ip=dhcp', null],
  ['ip=52-54-00-00-12-53:dhcp', 'mac ip=52-54-00-00-12-53:dhcp'],
  [
    'ip=192.0.2.10::192.0.2.1:255.255.255.0:guest:52-54-00-00-12-53:none',
    'mac ip=192.0.2.10::192.0.2.1:255.255.255.0:guest:52-54-00-00-12-53:none',
  ],
  ['ip=enp9s0:dhcp', 'slave ip=enp9s0:dhcp'],
  ['ip=:::::enp1s0nsby:dhcp', 'slave ip=:::::enp1s0nsby:dhcp'],
  ['bond=bond0:enp1s0,enp9s0:mode=active-backup ip=bond0:dhcp', 'slave bond=bond0:enp1s0,enp9s0:mode=active-backup'],
  ['bridge=br0:enp1s0 ip=br0:dhcp', null],
  ['vlan=enp9s0.5:enp9s0 ip=enp9s0.5:dhcp', 'slave vlan=enp9s0.5:enp9s0'],
  ['rd.route=192.0.2.0/24:198.51.100.1:enp9s0', 'slave rd.route=192.0.2.0/24:198.51.100.1:enp9s0'],
  ['BOOTIF=01-52-54-00-00-12-53', 'boot-mac BOOTIF=01-52-54-00-00-12-53'],
  ['BOOTIF=01-52-54-00-00-12-53 rd.bootif=0', null],
  ['BOOTIF=eth0', null],
];

for (const [text, expected] of cases) {
  test(text, () => {
    const found = findNetworkOption(text, ['enp9s0']);
    assert.equal(found === null ? null : `${found.takes} ${found.word}`, expected);
    if (found !== null) assert.equal(text.slice(found.start, found.start + found.word.length), found.word);
  });
}
