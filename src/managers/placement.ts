/**
 * Where generated files go. Ordinarily to /etc, and scripts to /usr/local/lib. In an ostree or bootc image /usr/local is a link into
 * /var, and what an image has in /var never reaches a machine that is upgraded: there all of it goes where a package would put it.
 * What only /etc can hold (a confext, a file of Ignition on a read-only /usr) has its scripts there too.
 */
import type { GeneratedFile } from './generated-file.ts';

export type Placement = 'vendor' | 'etc';

const scripts = '/usr/local/lib/failoverctl/';

/** hier(7); udev(7), systemd.unit(5), systemd.network(5), NetworkManager.conf(5), nm-settings-keyfile(5), netplan(5), dracut.conf(5), initramfs-tools(7). */
const vendorDirectories: readonly (readonly [from: string, to: string])[] = [
  [scripts, '/usr/lib/failoverctl/'],
  ['/etc/udev/rules.d/', '/usr/lib/udev/rules.d/'],
  ['/etc/systemd/network/', '/usr/lib/systemd/network/'],
  ['/etc/systemd/system/', '/usr/lib/systemd/system/'],
  ['/etc/NetworkManager/conf.d/', '/usr/lib/NetworkManager/conf.d/'],
  ['/etc/NetworkManager/system-connections/', '/usr/lib/NetworkManager/system-connections/'],
  ['/etc/netplan/', '/usr/lib/netplan/'],
  ['/etc/dracut.conf.d/', '/usr/lib/dracut/dracut.conf.d/'],
  ['/etc/initramfs-tools/', '/usr/share/initramfs-tools/'],
];

export function placeFile(file: GeneratedFile, placement: Placement): GeneratedFile {
  const { path, text, mode } = file;
  if (placement === 'vendor') {
    const [from, to] = vendorDirectories.find(([directory]) => path.startsWith(directory)) ?? ['', ''];
    return { path: to + path.slice(from.length), mode, text: text.replaceAll(scripts, '/usr/lib/failoverctl/') };
  }
  const own = '/etc/failoverctl/';
  return {
    path: path.startsWith(scripts) ? own + path.slice(scripts.length) : path,
    mode,
    // SELinux lets few programs run what lies in /etc; a shell may read it
    text: text
      .replaceAll(new RegExp(`^(Exec\\w+=[-+!@:]*)${scripts}`, 'gm'), `$1/bin/sh ${own}`)
      .replaceAll(`PROGRAM="${scripts}`, `PROGRAM="/bin/sh ${own}`)
      .replaceAll(`RUN+="${scripts}`, `RUN+="/bin/sh ${own}`)
      .replaceAll(scripts, own),
  };
}
