/** Where an image has what others have in /etc and /var: ostree keeps /usr/etc, and a manifest in /var would stay behind at an upgrade. */
import { isFailure, type System } from '../system/system.ts';
import { relocatedSystem } from '../system/relocated.ts';

/** The manifest of an installation that came with the image. */
export const vendorManifestPath = '/usr/share/failoverctl/manifest.json';

/** Our directory and what is above it, and the names that they have while they are made (src/install/leftovers.ts). */
const state =
  /^\/var(?:$|\/\.lib\.failoverctl-\w+(?:\/|$)|\/lib(?:$|\/(?:failoverctl|\.failoverctl\.failoverctl-\w+)(?:\/|$)))/;

/** The manifest lies beside what the image ships. */
export function vendorLayout(system: System): System {
  return relocatedSystem(system, (path) => (state.test(path) ? toShare(path) : path));
}

/** Apart from the scripts in /usr/lib: an installation makes the manifest's directory before all others. */
function toShare(path: string): string {
  return path === '/var' ? '/usr' : path.replace(/^\/var\/(\.?)lib/, '/usr/$1share');
}

/** The layout of what is installed there: an image brings a manifest of its own where a machine has none. */
export function installedLayout(system: System): System {
  return is(system, '/var/lib/failoverctl/manifest.json', 'file') || !is(system, vendorManifestPath, 'file')
    ? system
    : vendorLayout(system);
}

function is(system: System, path: string, kind: 'file' | 'directory'): boolean {
  const status = system.stat(path);
  return !isFailure(status) && status.kind === kind;
}

/** A tree as it will be: /usr/etc is its /etc where it has none. Looked for when it is first asked for. */
export function layeredTree(system: System): System {
  let hasEtc: boolean | null = null;
  return relocatedSystem(system, (path) => {
    if (!/^\/etc(?:\/|$)/.test(path)) return path;
    hasEtc ??= !is(system, '/usr/etc', 'directory') || is(system, '/etc', 'directory');
    return hasEtc ? path : `/usr${path}`;
  });
}
