/**
 * Hooks for the initramfs, where it is asked to configure links: it would take any, slaves too, before anything else of ours
 * acts. Where it is not asked there is nothing to guard.
 */
import { text as dracutRules } from 'hook:initramfs/93-net-failover-dracut.rules';
import { text as dracutModule } from 'hook:initramfs/dracut-module-setup.sh';
import { text as toolsHook } from 'hook:initramfs/initramfs-tools-hook';
import { text as toolsScript } from 'hook:initramfs/initramfs-tools-script';
import { shippedFile, type GeneratedFile } from '../managers/generated-file.ts';
import { isFailure, type System } from '../system/system.ts';
import type { MasterConfig } from '../managers/master-config.ts';

type Render = (config: Pick<MasterConfig, 'command'>) => readonly GeneratedFile[];

const makers: readonly { readonly program: string; readonly rebuild: string; readonly render: Render }[] = [
  {
    program: '/usr/sbin/update-initramfs',
    rebuild: 'update-initramfs -u',
    render: (config) => [
      shippedFile('/etc/initramfs-tools/hooks/net-failover', 0o755, config, toolsHook),
      shippedFile('/etc/initramfs-tools/scripts/init-top/net-failover', 0o755, config, toolsScript),
    ],
  },
  {
    // dracut reads modules from no other place (dracut_module_path() in dracut-functions.sh)
    program: '/usr/bin/dracut',
    rebuild: 'dracut --force',
    render: (config) => [
      shippedFile('/usr/lib/dracut/modules.d/96net-failover/module-setup.sh', 0o755, config, dracutModule),
      shippedFile('/usr/lib/dracut/modules.d/96net-failover/93-net-failover-dracut.rules', 0o644, config, dracutRules),
    ],
  },
];

export interface InitramfsWish {
  readonly files: readonly GeneratedFile[];
  /** What is left to the user: it takes minutes, and writes to /boot. */
  readonly notes: readonly string[];
}

export function wantInitramfsHooks(system: System, config: Pick<MasterConfig, 'command'>): InitramfsWish {
  const asked = findInitramfsNetwork(system);
  const maker = makers.find(({ program }) => !isFailure(system.stat(program)));
  if (asked === null || maker === undefined) return { files: [], notes: [] };
  const note = `${asked} has the initramfs configure links: '${maker.rebuild}' puts the hooks for it in`;
  return { files: maker.render(config), notes: [note] };
}

const wish = /(?:^|[\s"'=])(ip=(?:dhcp|on|any|auto6|dhcp6|[^\s"']*:(?:dhcp|on|any))|rd\.neednet=1)(?=$|[\s"'])/;

/** The word that asks, and where it stands: as FO403 of lint finds it. ip=…:LINK:dhcp with a link is somebody's decision. */
export function findInitramfsNetwork(system: System): string | null {
  for (const path of ['/proc/cmdline', '/etc/kernel/cmdline', '/etc/default/grub']) {
    const text = system.read(path);
    const word = isFailure(text) ? undefined : wish.exec(text.replace(/^#.*$/gm, ''))?.[1];
    if (word !== undefined && !/^ip=(?:[^:]*:){5}[^:]+:/.test(word)) return `'${word}' in ${path}`;
  }
  const text = system.read('/etc/initramfs-tools/initramfs.conf');
  const line = isFailure(text) ? undefined : /^IP=(?!off|none)\S*:(?:dhcp|on|any)\b/m.exec(text)?.[0];
  return line === undefined ? null : `'${line}' in /etc/initramfs-tools/initramfs.conf`;
}
