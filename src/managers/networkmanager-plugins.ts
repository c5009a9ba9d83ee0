/** Where NetworkManager has its plugins, and which of them read settings (nmplugindir in its meson.build; nm-settings.c). */
import type { Answer, Probe } from './probe.ts';

/** /usr/lib/x86_64-linux-gnu/NetworkManager/1.42.4 … */
export function findPluginDirectories(probe: Probe): readonly { readonly name: string; readonly path: string }[] {
  const places = ['/usr/lib', '/usr/lib64'].flatMap((place) => {
    const triplets = probe.list(place).filter((name) => /-linux-/.test(name));
    return [place].concat(triplets.map((triplet) => `${place}/${triplet}`));
  });
  return places.flatMap((place) =>
    probe
      .list(`${place}/NetworkManager`)
      .filter((name) => /^\d+\.\d+[\w.-]*$/.test(name))
      .map((name) => ({ name, path: `${place}/NetworkManager/${name}` })),
  );
}

/** The plugins for settings that are there beside keyfile, which is built in: ifupdown, ifcfg-rh. `family`: the distribution's. */
export function readSettingsPlugins(probe: Probe, family: string | undefined): Answer<readonly string[]> {
  const directories = findPluginDirectories(probe);
  const names = directories.flatMap(({ path }) => probe.list(path));
  const evidence = directories.map(({ path }) => path).join(' and ');
  // a directory that a snapshot only names says nothing
  if (names.length > 0) {
    const value = names.flatMap((name) => /^libnm-settings-plugin-(.+)\.so$/.exec(name)?.[1] ?? []);
    return { value, evidence };
  }
  const program = probe.first(['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager']);
  if (program === null || family !== 'debian') return { value: undefined, evidence: 'no directory of plugins' };
  return { value: ['ifupdown'], evidence: `${program}: Debian's package of it has the plugin ifupdown` };
}
