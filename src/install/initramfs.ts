/**
 * Hooks for the initramfs, where it is asked to configure links: it would take any, slaves too, before anything else of ours
 * acts. Where it is not asked there is nothing to guard.
 */
import { baseName } from '../text/base-name.ts';
import { text as dracutRules } from 'hook:initramfs/93-net-failover-dracut.rules';
import { text as dracutModule } from 'hook:initramfs/dracut-module-setup.sh';
import { text as toolsHook } from 'hook:initramfs/initramfs-tools-hook';
import { text as toolsScript } from 'hook:initramfs/initramfs-tools-script';
import { findInitramfsMaker, findInitramfsNetwork, type InitramfsMaker } from '../inventory/initramfs.ts';
import { shippedFile, type GeneratedFile } from '../managers/generated-file.ts';
import { renderNetworkdGuard } from '../managers/networkd/render.ts';
import type { MasterConfig } from '../managers/master-config.ts';
import type { System } from '../system/system.ts';

type Config = Pick<MasterConfig, 'command'>;

// dracut reads modules from no other place (dracut_module_path() in dracut-functions.sh)
const dracutPlace = '/usr/lib/dracut/modules.d/96net-failover';

const hooks: Readonly<Record<InitramfsMaker['name'], (config: Config) => readonly GeneratedFile[]>> = {
  'initramfs-tools': (config) => [
    shippedFile('/etc/initramfs-tools/hooks/net-failover', 0o755, config, toolsHook),
    shippedFile('/etc/initramfs-tools/scripts/init-top/net-failover', 0o755, config, toolsScript),
  ],
  dracut: (config) => [
    shippedFile(`${dracutPlace}/module-setup.sh`, 0o755, config, dracutModule),
    shippedFile(`${dracutPlace}/93-net-failover-dracut.rules`, 0o644, config, dracutRules),
    // dracut takes networkd where systemd is, whatever the system itself uses, which may have no such guard
    ...renderNetworkdGuard({ ...config, masters: null }).map((file) =>
      Object.assign({}, file, { path: `${dracutPlace}/${baseName(file.path)}` }),
    ),
  ],
};

/** For every program that makes one. */
export function initramfsHooks(config: Config): readonly GeneratedFile[] {
  return Object.values(hooks).flatMap((render) => render(config));
}

export interface InitramfsWish {
  readonly files: readonly GeneratedFile[];
  /** What is left to the user: it takes minutes, and writes to /boot. */
  readonly notes: readonly string[];
}

export function wantInitramfsHooks(system: System, config: Config): InitramfsWish {
  const asked = findInitramfsNetwork(system);
  const maker = findInitramfsMaker(system);
  if (asked === null || maker === null) return { files: [], notes: [] };
  const note = `${asked} has the initramfs configure links: '${maker.rebuild}' puts the hooks for it in`;
  return { files: hooks[maker.name](config), notes: [note] };
}
