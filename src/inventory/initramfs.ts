/** What makes this machine's initramfs, and whether that is asked to configure links. */
import { isFailure, type System } from '../system/system.ts';
import { fnmatch } from '../text/fnmatch.ts';
import { bootGlobs, findNetworkOption } from '../topology/boot-options.ts';

export interface InitramfsMaker {
  readonly name: 'initramfs-tools' | 'dracut';
  readonly program: string;
  /** The command that makes the image anew. */
  readonly rebuild: string;
  /** One of our files for it, where `install` puts it and where a package does: all are installed or none. */
  readonly hooks: readonly string[];
}

const makers: readonly InitramfsMaker[] = [
  {
    name: 'initramfs-tools',
    program: '/usr/sbin/update-initramfs',
    rebuild: 'update-initramfs -u',
    hooks: ['/etc/initramfs-tools/hooks/net-failover', '/usr/share/initramfs-tools/hooks/net-failover'],
  },
  {
    name: 'dracut',
    program: '/usr/bin/dracut',
    rebuild: 'dracut --force',
    hooks: ['/usr/lib/dracut/modules.d/96net-failover/module-setup.sh'],
  },
];

/** Null: nothing that is known. Debian's dracut has an update-initramfs of its own (112, seen), which runs dracut. */
export function findInitramfsMaker(system: System): InitramfsMaker | null {
  const isOfDracut = (path: string) => {
    const text = system.read(path);
    return !isFailure(text) && /\bdracut\b/.test(text);
  };
  return (
    makers.find(
      ({ name, program }) => !isFailure(system.stat(program)) && (name !== 'initramfs-tools' || !isOfDracut(program)),
    ) ?? null
  );
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
