/**
 * Hooks for the initramfs, where it is asked to configure links: it would take any, slaves too, before anything else of ours
 * acts. Where it is not asked there is nothing to guard.
 */
import { text as dracutRules } from 'hook:initramfs/93-net-failover-dracut.rules';
import { text as dracutModule } from 'hook:initramfs/dracut-module-setup.sh';
import { text as toolsHook } from 'hook:initramfs/initramfs-tools-hook';
import { text as toolsScript } from 'hook:initramfs/initramfs-tools-script';
import { shippedFile, type GeneratedFile } from '../managers/generated-file.ts';
import { renderNetworkdGuard } from '../managers/networkd/render.ts';
import { isFailure, type System } from '../system/system.ts';
import { fnmatch } from '../text/fnmatch.ts';
import { bootGlobs, findNetworkOption } from '../topology/boot-options.ts';
import type { MasterConfig } from '../managers/master-config.ts';

type Render = (config: Pick<MasterConfig, 'command'>) => readonly GeneratedFile[];

const dracutPlace = '/usr/lib/dracut/modules.d/96net-failover';

const makers: readonly {
  readonly name: string;
  readonly program: string;
  readonly rebuild: string;
  readonly render: Render;
}[] = [
  {
    name: 'initramfs-tools',
    program: '/usr/sbin/update-initramfs',
    rebuild: 'update-initramfs -u',
    render: (config) => [
      shippedFile('/etc/initramfs-tools/hooks/net-failover', 0o755, config, toolsHook),
      shippedFile('/etc/initramfs-tools/scripts/init-top/net-failover', 0o755, config, toolsScript),
    ],
  },
  {
    name: 'dracut',
    // dracut reads modules from no other place (dracut_module_path() in dracut-functions.sh)
    program: '/usr/bin/dracut',
    rebuild: 'dracut --force',
    render: (config) => [
      shippedFile(`${dracutPlace}/module-setup.sh`, 0o755, config, dracutModule),
      shippedFile(`${dracutPlace}/93-net-failover-dracut.rules`, 0o644, config, dracutRules),
      // dracut takes networkd where systemd is, whatever the system itself uses, which may have no such guard
      ...renderNetworkdGuard({ ...config, masters: null }).map((file) =>
        Object.assign({}, file, { path: `${dracutPlace}/${file.path.slice(file.path.lastIndexOf('/') + 1)}` }),
      ),
    ],
  },
];

export interface InitramfsMaker {
  readonly name: string;
  /** The command that makes the image anew. */
  readonly rebuild: string;
  readonly hooks: readonly GeneratedFile[];
}

export interface InitramfsWish {
  readonly files: readonly GeneratedFile[];
  /** What is left to the user: it takes minutes, and writes to /boot. */
  readonly notes: readonly string[];
}

/** What makes the initramfs here, and its hooks; null: nothing that is known. */
export function findInitramfsMaker(system: System, config: Pick<MasterConfig, 'command'>): InitramfsMaker | null {
  const maker = makers.find(({ program }) => !isFailure(system.stat(program)));
  return maker === undefined ? null : { name: maker.name, rebuild: maker.rebuild, hooks: maker.render(config) };
}

export function wantInitramfsHooks(system: System, config: Pick<MasterConfig, 'command'>): InitramfsWish {
  const asked = findInitramfsNetwork(system);
  const maker = findInitramfsMaker(system, config);
  if (asked === null || maker === null) return { files: [], notes: [] };
  const note = `${asked} has the initramfs configure links: '${maker.rebuild}' puts the hooks for it in`;
  return { files: maker.hooks, notes: [note] };
}

/** The word that asks, and where it stands, as FO403 of lint finds it. */
export function findInitramfsNetwork(system: System): string | null {
  for (const path of bootGlobs.flatMap((glob) => expand(system, glob))) {
    const text = system.read(path);
    const option = isFailure(text) ? null : findNetworkOption(text);
    if (option !== null) return `'${option.word}' in ${path}`;
  }
  return null;
}

/** A pattern of file names has its * behind the last slash. */
function expand(system: System, glob: string): readonly string[] {
  if (!glob.includes('*')) return [glob];
  const directory = glob.slice(0, glob.lastIndexOf('/'));
  const names = system.list(directory);
  return isFailure(names)
    ? []
    : [...names]
        .sort()
        .map((name) => `${directory}/${name}`)
        .filter((path) => fnmatch(glob, path));
}
