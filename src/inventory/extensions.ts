/**
 * Configuration and system extensions that are directories: what lies in them is part of /etc and /usr once they are merged
 * (systemd-sysext(8)). Of disk images only the name is known.
 */
import { isFailure, type System } from '../system/system.ts';
import { osReleaseField, osReleasePaths } from '../text/os-release.ts';

export interface Extension {
  readonly hierarchy: '/etc' | '/usr';
  /** /var/lib/confexts/NAME. */
  readonly path: string;
}

export interface Extensions {
  /** The uppermost first: its files hide those below. */
  readonly layers: readonly Extension[];
  /** Images, which are not looked into. */
  readonly images: readonly string[];
}

const kinds = [
  {
    hierarchy: '/etc',
    directories: ['/run/confexts', '/var/lib/confexts', '/usr/local/lib/confexts', '/usr/lib/confexts'],
    release: 'etc/extension-release.d/extension-release.',
    level: 'CONFEXT_LEVEL',
  },
  {
    hierarchy: '/usr',
    directories: ['/etc/extensions', '/run/extensions', '/var/lib/extensions'],
    release: 'usr/lib/extension-release.d/extension-release.',
    level: 'SYSEXT_LEVEL',
  },
] as const;

export function findExtensions(system: System): Extensions {
  const layers: Extension[] = [];
  const images: string[] = [];
  for (const { hierarchy, directories, release, level } of kinds) {
    const byName = new Map<string, string>();
    for (const directory of directories) {
      const names = system.list(directory);
      if (isFailure(names)) continue;
      for (const name of names) if (!byName.has(name)) byName.set(name, `${directory}/${name}`);
    }
    const inOrder = [...byName].sort(([a], [b]) => (a < b ? 1 : -1));
    for (const [name, path] of inOrder) {
      if (name.endsWith('.raw')) images.push(path);
      else if (isFor(system, `${path}/${release}${name}`, level)) layers.push({ hierarchy, path });
    }
  }
  return { layers, images };
}

/** An extension says for which system it is: os-release(5). One without that file is not merged. */
function isFor(system: System, path: string, level: string): boolean {
  const release = system.read(path);
  if (isFailure(release)) return false;
  const id = osReleaseField(release, 'ID');
  if (id === '_any') return true;
  const texts = osReleasePaths.map((name) => system.read(name));
  const host = texts.find((text) => !isFailure(text));
  if (host === undefined || isFailure(host)) return true;
  if (id !== osReleaseField(host, 'ID')) return false;
  const own = osReleaseField(release, level);
  if (own !== undefined && osReleaseField(host, level) !== undefined) return own === osReleaseField(host, level);
  const version = osReleaseField(release, 'VERSION_ID');
  return version === undefined || version === osReleaseField(host, 'VERSION_ID');
}
