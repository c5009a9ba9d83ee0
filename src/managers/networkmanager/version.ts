/** NetworkManager's version from the name of the directory of its plugins, NetworkManager/VERSION (nmplugindir in its meson.build). */
import { findPluginDirectories } from '../networkmanager-plugins.ts';
import type { Answer, Probe } from '../probe.ts';

export function readNetworkManagerVersion(probe: Probe): Answer<string> {
  const found = findPluginDirectories(probe).map(({ name, path }) => ({ version: name.replace(/-.*$/, ''), path }));
  const versions = new Set(found.map(({ version }) => version));
  const evidence = found.map(({ path }) => path).join(' and ');
  const [only] = versions;
  if (only === undefined) return { value: undefined, evidence: 'no directory of plugins' };
  return { value: versions.size === 1 ? only : undefined, evidence };
}
