import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMisfiled } from '../../src/judgement/misfiled.ts';
import { createFileReader } from '../../src/judgement/file-reader.ts';
import { loadManagers } from '../../src/managers/all.ts';
import type { Manager } from '../../src/managers/claim.ts';
import { memorySystem } from '../../src/system/memory.ts';

async function misfiled(
  paths: readonly string[],
  wanted: (manager: Manager) => boolean = () => true,
): Promise<Readonly<Record<string, string>>> {
  const managers = [...(await loadManagers()).values()].filter(wanted);

  const reader = createFileReader(memorySystem(Object.fromEntries(paths.map((path) => [path, 'x\n']))));
  const found = findMisfiled(managers, { include: reader.include });
  return Object.fromEntries(found.map(({ file, manager, why }) => [file.path, `${manager}: ${why}`]));
}

test('a guard where no daemon looks is found, with the place where it belongs', async () => {
  assert.deepEqual(
    await misfiled([
      '/etc/systemd/05-guard.network',
      '/etc/systemd/network/guard.conf',
      '/etc/systemd/network/network.d/x.conf',
      '/etc/netplan/10-fo.yml',
      '/etc/NetworkManager/conf.d/guard.cfg',
      '/etc/NetworkManager/lan.nmconnection',
      '/etc/udev/70-x.rules',
      '/etc/udev/rules.d/70-x.rule',
      '/etc/network/lan.nmconnection',
      '/etc/interfaces.d/wan',
    ]),
    {
      '/etc/systemd/05-guard.network': 'networkd: expected /etc/systemd/network/NAME.network',
      '/etc/systemd/network/guard.conf': 'networkd: expected /etc/systemd/network/NAME.network',
      '/etc/systemd/network/network.d/x.conf': 'networkd: expected /etc/systemd/network/NAME.network.d/NAME.conf',
      '/etc/netplan/10-fo.yml': 'netplan: expected /etc/netplan/NAME.yaml',
      '/etc/NetworkManager/conf.d/guard.cfg': 'networkmanager: expected /etc/NetworkManager/conf.d/NAME.conf',
      '/etc/NetworkManager/lan.nmconnection':
        'networkmanager: expected /etc/NetworkManager/system-connections/NAME.nmconnection',
      '/etc/network/lan.nmconnection':
        'networkmanager: expected /etc/NetworkManager/system-connections/NAME.nmconnection',
      '/etc/interfaces.d/wan': 'ifupdown: expected /etc/network/interfaces, or a file that it sources',
      '/etc/udev/70-x.rules': 'udev: expected /etc/udev/rules.d/NAME.rules',
      '/etc/udev/rules.d/70-x.rule': 'udev: expected /etc/udev/rules.d/NAME.rules',
    },
  );
});

test("files in their places, backups and other managers' files are left alone", async () => {
  const fine = [
    '/etc/systemd/network/10-a.network',
    '/etc/systemd/network/10-a.network.d/b.conf',
    '/etc/systemd/network/10-a.link',
    '/etc/systemd/network/10-a.network.bak',
    '/etc/systemd/network/README',
    '/etc/systemd/networkd.conf',
    '/etc/udev/udev.conf',
    '/etc/udev/rules.d/70-x.rules',
    '/etc/udev/rules.d/70-x.rules.dpkg-old',
    '/etc/netplan/10-a.yaml',
    '/etc/NetworkManager/NetworkManager.conf',
    '/etc/NetworkManager/conf.d/a.conf',
    '/etc/NetworkManager/system-connections/lan',
    '/etc/cloud/cloud.cfg',
  ];
  assert.deepEqual(await misfiled(fine), {});
  assert.deepEqual(await misfiled(['/etc/netplan/a.yml'], ({ name }) => name === 'networkd'), {});
});
