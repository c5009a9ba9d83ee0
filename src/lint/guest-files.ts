/**
 * Files of many hosts, sorted by host. A folder that holds etc/netplan and the like is the root of a guest; outside of one, the
 * files of a folder belong together if a daemon would read the folder as one, and else each is judged alone.
 */
import type { NamedFile } from './read-configuration.ts';

export interface GuestFiles {
  /** The root, the folder or the file. */
  readonly name: string;
  readonly files: readonly NamedFile[];
}

/** A path in a guest: where its root is, and where a daemon of the guest would find the file. */
export interface Placement {
  /** "" for this system's own. Null: it is in no root. */
  readonly root: string | null;
  readonly place: string;
}

const known =
  /(?:^|\/)((?:etc|run|usr\/(?:local\/)?lib|lib|var\/lib)\/(?:systemd|netplan|network|NetworkManager|cloud|cloud-init|udev|default|dracut|dracut\.conf|cmdline|initramfs-tools|kernel|sysconfig|dhcp)(?:[./].*)?)$/;
const anywhere = /^(.*?)(?:^|\/)((?:etc|run|usr\/lib|var\/lib\/cloud)\/.+)$/;

/** The innermost root: images/web/etc/netplan/x.yaml is /etc/netplan/x.yaml of images/web. */
export function placeFile(path: string): Placement {
  for (let at = path.lastIndexOf('/'); at >= -1; at = at <= 0 ? -2 : path.lastIndexOf('/', at - 1)) {
    const inner = path.slice(at + 1);
    const match = known.exec(inner);
    if (match !== null && match[1] === inner && (at >= 0 || !path.startsWith('/')))
      return { root: at < 0 ? '.' : path.slice(0, at), place: `/${inner}` };
  }
  const [, root, place] = anywhere.exec(path) ?? [];
  if (root === undefined || place === undefined) return { root: null, place: path };
  return { root: root === '' && !path.startsWith('/') ? '.' : root, place: `/${place}` };
}

/** By guest, sorted by name. */
export function sortByGuest(files: readonly NamedFile[]): readonly GuestFiles[] {
  const guests = new Map<string, NamedFile[]>();
  const numbered = new Set<string>();
  for (const { file } of files) {
    const { path } = file.source;
    if (/\.ya?ml$/.test(path) && !/(?:^|\/)\d\d+[-_][^/]*$/.test(path)) numbered.add(folderOf(path));
  }
  for (const named of files) {
    const name = guestOf(named, numbered);
    guests.set(name, [...(guests.get(name) ?? []), named]);
  }
  return [...guests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => ({ name, files: own }));
}

function guestOf({ file, manager, carrier }: NamedFile, unnumbered: ReadonlySet<string>): string {
  if (carrier !== undefined)
    return carrier.isGuest ? carrier.named.file.source.path : guestOf(carrier.named, unnumbered);
  const { path } = file.source;
  const { root } = placeFile(path);
  if (root !== null) return root === '' ? '/' : root;
  if (manager !== undefined) return path; // it was said what it is, of each alone
  const dropIn = /^(?:(.*)\/)?[^/]+\.(?:network|netdev|link)\.d\/[^/]+$/.exec(path);
  if (dropIn !== null) return dropIn[1] ?? '.';
  const folder = folderOf(path);
  if (/\.(?:network|netdev|link|rules|nmconnection)$/.test(path)) return folder;
  if (/\.ya?ml$/.test(path)) return isNetplanFolder(folder) || !unnumbered.has(folder) ? folder : path;
  if (/(?:^|\/)(?:network-config|user-data|meta-data|vendor-data)$/.test(path)) return folder; // a seed
  const part = /^(?:(.*)\/)?interfaces\.d\/[^/]+$/.exec(path);
  if (part !== null) return part[1] ?? '.';
  return /(?:^|\/)interfaces$/.test(path) ? folder : path;
}

function isNetplanFolder(folder: string): boolean {
  return /(?:^|\/)netplan$/.test(folder);
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at) || '/';
}
