/**
 * Which network configuration cloud-init takes (stages.py, _find_networking_config): kernel command line, system
 * configuration (cloud.cfg, cloud.cfg.d, /run/cloud-init/cloud.cfg, merged), then the datasource's. User data is none of
 * them.
 */
import { entryOf, parseYamlTree, valueOf, type YamlMap, type YamlNode } from '../../text/yaml-tree.ts';
import type { ConfigFile, Problem } from '../claim.ts';

export interface Selection {
  readonly from: 'kernel-command-line' | 'system' | 'datasource' | 'none';
  /** cloud-init is told to leave the network alone; where, in words. */
  readonly disabled: string | null;
  /** The mapping with `version`; null: none is known, so the datasource's or a fallback. */
  readonly config: YamlMap | null;
  /** Names of renderers from system_info.network.renderers, in their order; null: cloud-init's default. */
  readonly renderers: readonly string[] | null;
  /** system_info.distro; null: it is not said. */
  readonly distribution: string | null;
  readonly problems: readonly Problem[];
  readonly ignored: readonly { readonly file: ConfigFile; readonly why: string }[];
}

export const upgradedMarker = '/var/lib/cloud/data/upgraded-network';
export const seedDirectories = ['/var/lib/cloud/seed/nocloud', '/var/lib/cloud/seed/nocloud-net'];
const mainConfig = '/etc/cloud/cloud.cfg';
const configDirectory = '/etc/cloud/cloud.cfg.d/';
const runtimeConfig = '/run/cloud-init/cloud.cfg';
const appliedConfig = '/var/lib/cloud/instance/network-config.json';

export function selectConfig(files: readonly ConfigFile[], commandLine: string | undefined): Selection {
  const problems: Problem[] = [];
  const system = readSystem(files, problems);
  const datasource = readDatasource(files, problems);
  const ignored = files.filter(isUserData).flatMap((file) => {
    const entry = entryOf(parseYamlTree(file.source).root, 'network');
    if (entry === undefined || !/^#cloud-config\s*$/m.test(file.source.text.slice(0, 200))) return [];
    problems.push({
      kind: 'ignored',
      place: entry.keyPlace,
      message: '"network" in user data; expected it in network-config of the seed, or in /etc/cloud/cloud.cfg.d',
      consequence: 'cloud-init takes no network configuration from user data',
    });
    return [{ file, why: 'user data cannot configure the network' }];
  });
  const renderers = listOf(valueOf(valueOf(valueOf(system, 'system_info'), 'network'), 'renderers'));
  const distribution = textOf(valueOf(valueOf(system, 'system_info'), 'distro'));
  const common = { renderers, distribution, problems, ignored };
  const none = { ...common, from: 'none', disabled: null, config: null } as const;
  if (files.some(({ path }) => path === upgradedMarker)) return { ...none, disabled: upgradedMarker };
  if (/(?:^|\s)network-config=disabled(?:\s|$)/.test(commandLine ?? '')) {
    return { ...none, from: 'kernel-command-line', disabled: 'network-config=disabled on the kernel command line' };
  }
  for (const [from, found] of [['system', networkOf(system)] as const, ['datasource', datasource] as const]) {
    if (found === null || found.entries.length === 0) continue;
    const entry = entryOf(found, 'config');
    if (entry !== undefined && textOf(entry.value) === 'disabled')
      return { ...common, from, disabled: `"config: disabled" in ${entry.keyPlace.source.path}`, config: null };
    return { ...common, from, disabled: null, config: found };
  }
  return none;
}

/** By its name, or by its first line (user_data.py, TYPE_PREFIXES); the installer's `autoinstall:` is user data too. */
function isUserData({ path, source }: ConfigFile): boolean {
  if (isSeed(path) || isSystemPath(path)) return /\/(?:user|vendor)-data$/.test(path);
  if (/(?:^|\/)(?:user-data|user-data\.txt|vendor-data|vendor-data\.txt|cloud-config\.txt)$/.test(path)) return true;
  if (/(?:^|\/)network-config(?:\.ya?ml|\.json)?$/.test(path)) return false;
  return /^(?:#cloud-|#!|#include|#part-handler|## template: *jinja|Content-Type: *multipart|autoinstall:)/im.test(
    source.text.slice(0, 200),
  );
}

/** Later files win key by key; mappings in them are merged, lists are not (util.mergemanydict). */
function readSystem(files: readonly ConfigFile[], problems: Problem[]): YamlMap | null {
  const fragments = files
    .filter(({ path }) => path.startsWith(configDirectory) && path.endsWith('.cfg'))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const ordered = [
    ...files.filter(({ path }) => path === mainConfig),
    ...fragments,
    ...files.filter(({ path }) => path === runtimeConfig),
  ];
  const maps = ordered.flatMap((file) => {
    const root = readRoot(file, problems, 'cloud-init ignores the whole file');
    return root?.kind === 'map' ? [root] : [];
  });
  return maps.reduce<YamlMap | null>((merged, map) => (merged === null ? map : mergeMaps(merged, map)), null);
}

function mergeMaps(lower: YamlMap, upper: YamlMap): YamlMap {
  const kept = lower.entries.filter(({ key }) => entryOf(upper, key) === undefined);
  const over = upper.entries.map((entry) => {
    const under = valueOf(lower, entry.key);
    if (entry.value.kind !== 'map' || under?.kind !== 'map') return entry;
    return { key: entry.key, keyPlace: entry.keyPlace, value: mergeMaps(under, entry.value) };
  });
  return { kind: 'map', entries: [...kept, ...over], place: upper.place };
}

/** The seed's network-config, one named on the command line, or what an instance has applied. */
function readDatasource(files: readonly ConfigFile[], problems: Problem[]): YamlMap | null {
  const seeds = files.filter(({ path }) => isSeed(path));
  const applied = files.filter(({ path }) => path === appliedConfig);
  const loose = files.filter(
    (file) => !isUserData(file) && !isSystemPath(file.path) && !seeds.includes(file) && !applied.includes(file),
  );
  for (const file of [...seeds, ...loose, ...applied]) {
    const root = readRoot(file, problems, 'cloud-init has no network configuration from it');
    if (root?.kind === 'map') return networkOf(root) ?? root;
  }
  return null;
}

function isSeed(path: string): boolean {
  return seedDirectories.some((directory) => path === `${directory}/network-config`);
}

function isSystemPath(path: string): boolean {
  return (
    [mainConfig, runtimeConfig, upgradedMarker].includes(path) ||
    path.startsWith(configDirectory) ||
    path.startsWith('/var/lib/cloud/seed/')
  );
}

function readRoot(file: ConfigFile, problems: Problem[], consequence: string): YamlNode | null {
  const { root, faults } = parseYamlTree(file.source);
  problems.push(
    ...faults.map(({ place, message }): Problem => ({
      kind: 'syntax',
      place,
      message: lowerFirst(message),
      consequence,
    })),
  );
  return faults.length > 0 ? null : root;
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** The `network` key may stand around it (_remove_top_level_network_key). */
function networkOf(root: YamlMap | null): YamlMap | null {
  const network = valueOf(root, 'network');
  return network?.kind === 'map' ? network : null;
}

function listOf(node: YamlNode | undefined): readonly string[] | null {
  if (node?.kind !== 'sequence') return null;
  return node.items.flatMap((item) => textOf(item) ?? []);
}

export function textOf(node: YamlNode | undefined): string | null {
  return node?.kind === 'scalar' && node.value !== null ? node.text : null;
}
