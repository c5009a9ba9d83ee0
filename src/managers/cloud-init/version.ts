/**
 * cloud-init's version as it tells itself, in whichever directory Python has it: `__VERSION__` of cloudinit/version.py, from
 * 26.1 on `UPSTREAM_VERSION` of meson_versions.py beside it (commit 1934004c7).
 */
import type { Answer, Probe } from '../probe.ts';

export function readCloudInitVersion(probe: Probe): Answer<string> {
  const directories = ['/usr/lib', '/usr/local/lib', '/usr/lib64'].flatMap((place) =>
    probe
      .list(place)
      .flatMap((name) =>
        /^python3(?:\.\d+)?$/.test(name) ? [`${place}/${name}/dist-packages`, `${place}/${name}/site-packages`] : [],
      ),
  );
  for (const directory of directories) {
    const path = `${directory}/cloudinit/version.py`;
    const text = probe.read(path);
    if (text === null) continue;
    const built = `${directory}/cloudinit/meson_versions.py`;
    const upstream = /^UPSTREAM_VERSION = ["']([^"'@]+)["']/m.exec(probe.read(built) ?? '')?.[1];
    if (upstream !== undefined) return { value: upstream, evidence: built };
    const version = /^__VERSION__ = ["']([^"']+)["']/m.exec(text)?.[1];
    return { value: version, evidence: version === undefined ? `${path}, without __VERSION__` : path };
  }
  return { value: undefined, evidence: 'no cloudinit/version.py' };
}
