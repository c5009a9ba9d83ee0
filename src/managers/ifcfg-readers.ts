/**
 * Who reads /etc/sysconfig/network-scripts: NetworkManager by its plugin ifcfg-rh, RHEL's network-scripts, both (RHEL 7 and 8: the
 * scripts then leave to NetworkManager all that does not say NM_CONTROLLED=no), or nobody (RHEL 10, Fedora 41, Debian).
 */
import { osReleaseField, osReleaseNames, readOsRelease } from '../text/os-release.ts';
import { findPluginDirectories } from './networkmanager-plugins.ts';
import type { Probe } from './probe.ts';

export interface IfcfgReaders {
  readonly networkManager: boolean;
  readonly scripts: boolean;
  readonly evidence: string;
}

export const ifcfgDirectory = '/etc/sysconfig/network-scripts';

export function tellIfcfgReaders(probe: Probe): IfcfgReaders {
  const plugin = findPlugin(probe);
  const unit = probe.unit('NetworkManager.service');
  const isOn = plugin.value && unit.enabled && !unit.masked;
  const scripts = findScripts(probe, isOn);
  const evidence = [
    ...(isOn ? [plugin.evidence] : []),
    ...(scripts === null ? [] : [scripts.evidence]),
    ...(isOn || scripts !== null ? [] : [plugin.value ? unit.evidence : plugin.evidence]),
  ];
  return { networkManager: isOn, scripts: scripts !== null, evidence: evidence.join(', ') };
}

/** In the order in which they are read; NetworkManager.conf comes before the last. */
const directoriesOfConfig = [
  '/usr/lib/NetworkManager/conf.d',
  '/run/NetworkManager/conf.d',
  '/etc/NetworkManager/conf.d',
] as const;

interface PluginList {
  readonly path: string;
  readonly names: readonly string[];
}

/** `plugins+=` and `plugins-=` change what earlier files say (nm_config_keyfile_get_value); without one, what is built in. */
function followPlugins(before: PluginList | null, { path, text }: { readonly path: string; readonly text: string }) {
  const lines = [...text.matchAll(/^[ \t]*plugins[ \t]*([-+]?)=(.*)$/gm)];
  return lines.reduce<PluginList | null>((list, [, sign = '', value = '']) => {
    const words = value.split(/[\s,;]+/).filter((word) => word !== '');
    if (sign === '') return { path, names: words };
    // added to what is built in, or taken from it
    if (list === null && words.includes('ifcfg-rh')) return { path, names: sign === '+' ? words : [] };
    if (list === null) return null;
    return {
      path,
      names: sign === '+' ? [...list.names, ...words] : list.names.filter((name) => !words.includes(name)),
    };
  }, before);
}

/** Is there a NetworkManager that has the plugin and uses it? */
function findPlugin(probe: Probe): { readonly value: boolean; readonly evidence: string } {
  const program = probe.first(['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager']);
  if (program === null) return { value: false, evidence: 'no NetworkManager' };
  const left = probe.files([...directoriesOfConfig].reverse(), /\.conf$/);
  const of = (directory: string) => left.filter((path) => path.startsWith(`${directory}/`));
  const [vendor, run, own] = directoriesOfConfig;
  const paths = [...of(vendor), ...of(run), '/etc/NetworkManager/NetworkManager.conf', ...of(own)];
  const texts = paths.map((path) => ({ path, text: probe.read(path) ?? '' }));
  const last = texts.reduce<PluginList | null>(followPlugins, null);
  if (last !== null && !last.names.includes('ifcfg-rh'))
    return { value: false, evidence: `${last.path}: plugins=${last.names.join(',')}` };
  const directories = findPluginDirectories(probe).map(({ path }) => path);
  const found = probe.first(directories.map((directory) => `${directory}/libnm-settings-plugin-ifcfg-rh.so`));
  if (found !== null) return { value: true, evidence: found };
  const [directory] = directories;
  if (directory !== undefined) return { value: false, evidence: `${directory} has no ifcfg-rh` };
  return byRelease(probe, program);
}

/** A tree without a directory of plugins: RHEL up to 9 has it in NetworkManager's package, Fedora up to 35. */
function byRelease(probe: Probe, program: string): { readonly value: boolean; readonly evidence: string } {
  const text = readOsRelease(probe.read);
  const words = osReleaseNames(text);
  const version = osReleaseField(text, 'VERSION_ID') ?? '';
  const newest = words[0] === 'fedora' ? 35 : words.some((word) => /^(?:rhel|centos|fedora)$/.test(word)) ? 9 : 0;
  const value = Number.parseInt(version, 10) <= newest;
  const id = osReleaseField(text, 'ID') ?? '';
  return { value, evidence: `${program} of ${id === '' ? 'an unknown system' : id} ${version}`.trim() };
}

/** Beside a NetworkManager that reads the files, only if the service is on. */
function findScripts(probe: Probe, hasOther: boolean): { readonly evidence: string } | null {
  const script = probe.first(['/etc/rc.d/init.d/network', '/etc/init.d/network', `${ifcfgDirectory}/ifup-eth`]);
  if (script === null || probe.unit('network.service').masked) return null;
  const level = ['3', '5'].flatMap((number) => {
    const found = ['/etc/rc.d', '/etc'].map((at) => `${at}/rc${number}.d`);
    return probe.files(found, /^S\d\dnetwork$/);
  })[0];
  if (level !== undefined) return { evidence: `${script}, ${level}` };
  const [file] = hasOther ? [] : probe.files([ifcfgDirectory], /^ifcfg-(?!lo$)[^~]+$/);
  return file === undefined ? null : { evidence: `${script}, ${file}` };
}
