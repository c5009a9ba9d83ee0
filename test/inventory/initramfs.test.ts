import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInitramfsMaker, findInitramfsNetwork } from '../../src/inventory/initramfs.ts';
import { memorySystem } from '../../src/system/memory.ts';

test('what makes the image', () => {
  const maker = (path: string) => findInitramfsMaker(memorySystem({ [path]: '' }))?.name;
  assert.equal(maker('/usr/sbin/update-initramfs'), 'initramfs-tools');
  assert.equal(maker('/usr/bin/dracut'), 'dracut');
  assert.equal(maker('/usr/bin/mkinitcpio'), undefined);
  const both = (text: string) =>
    findInitramfsMaker(memorySystem({ '/usr/sbin/update-initramfs': text, '/usr/bin/dracut': '' }))?.name;
  assert.equal(both('#!/bin/sh\nmkinitramfs -o "$1"\n'), 'initramfs-tools');
  assert.equal(
    both('#!/bin/sh\n# Taken from initramfs-tools.\ndracut --force "$1"\n'),
    'dracut',
    "Debian's dracut has one of its own",
  );
});

test('an ip= that asks for the network, and where it stands', () => {
  const found = (path: string, text: string) => findInitramfsNetwork(memorySystem({ [path]: text }));
  assert.match(found('/etc/default/grub', 'GRUB_CMDLINE_LINUX="ip=dhcp"\n') ?? '', /'ip=dhcp' in \/etc\/default\/grub/);
  assert.match(found('/etc/default/grub.d/50-x.cfg', 'GRUB_CMDLINE_LINUX="ip=dhcp"\n') ?? '', /50-x\.cfg/);
  assert.equal(found('/etc/default/grub', 'GRUB_CMDLINE_LINUX="quiet ipv6.disable=1"\n'), null);
  assert.equal(found('/etc/default/other', 'GRUB_CMDLINE_LINUX="ip=dhcp"\n'), null);
});
