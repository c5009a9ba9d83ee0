/** NetworkManager's version from the name of the directory of its plugins, NetworkManager/VERSION (nmplugindir in its meson.build). */
import type { Answer, Probe } from '../probe.ts';

export function readNetworkManagerVersion(probe: Probe): Answer<string> {
  const places = ['/usr/lib', '/usr/lib64'].flatMap((place) => {
    const triplets = probe.list(place).filter((name) => /-linux-/.test(name));
    return [place].concat(triplets.map((triplet) => `${place}/${triplet}`));
  });
  const found = places.flatMap((place) =>
    probe
      .list(`${place}/NetworkManager`)
      .filter((name) => /^\d+\.\d+[\w.-]*$/.test(name))
      .map((name) => ({ version: name.replace(/-.*$/, ''), path: `${place}/NetworkManager/${name}` })),
  );
  const versions = new Set(found.map(({ version }) => version));
  const evidence = found.map(({ path }) => path).join(' and ');
  const [only] = versions;
  if (only === undefined) return { value: undefined, evidence: 'no directory of plugins' };
  return { value: versions.size === 1 ? only : undefined, evidence };
}
