/**
 * Which network managers a guest has and which of them will configure links, told from its files alone, so that a mounted
 * image can be asked like a running guest. Each answer comes with its evidence.
 */
import { readInstalledCloudInit } from './cloud-init.ts';
import { isFailure, type System } from '../system/system.ts';
import { readHostFacts } from './host-facts.ts';
import { parseYamlTree, plainValue } from '../text/yaml-tree.ts';
import { readUnitState } from './unit.ts';
import { isMaskedIn, isWholeSystem } from './whole-system.ts';

export const managerNames = ['netplan', 'networkd', 'ifupdown', 'networkmanager'] as const;
export type InstallManager = (typeof managerNames)[number];

export interface ManagerUse {
  readonly manager: InstallManager;
  /** Its programs are there. */
  readonly present: boolean;
  /** It will act on links. */
  readonly inUse: boolean;
  /** It has configuration of its own for some link; else it is there, and would do what it does by default. */
  readonly configured: boolean;
  readonly evidence: string;
}

export interface ManagerUses {
  readonly uses: readonly ManagerUse[];
  /** What netplan renders to. */
  readonly renderers: readonly ('networkd' | 'networkmanager')[];
  /** The manager that cloud-init writes configuration for at the next boot, or null. */
  readonly cloudInitFor: InstallManager | null;
}

/** `ours`: paths that an installation wrote. They are no evidence: a tree must be read the same at the second run. */
export function findManagers(system: System, ours: ReadonlySet<string>): ManagerUses {
  const found = lookForManagers(system, ours, null);
  if (!isWholeSystem(system)) return findConfigured(system, ours, found.renderers);
  const cloudInitFor = findCloudInitTarget(system, found.uses);
  // What it writes in this boot is there once it has begun: before the network, and before anything of ours.
  const pending = cloudInitFor !== null && isFailure(system.stat('/run/cloud-init'));
  const { uses, renderers } = pending ? lookForManagers(system, ours, cloudInitFor) : found;
  return { uses: uses.some(({ inUse }) => inUse) ? uses : uses.map(orOnlyOne), renderers, cloudInitFor };

  /** Nothing is configured yet: a manager that is there alone is the one that will be. */
  function orOnlyOne(use: ManagerUse): ManagerUse {
    const alone = use.present && uses.every(({ present, manager }) => manager === use.manager || !present);
    return alone ? { ...use, inUse: true, evidence: `${use.evidence}; it is the only manager here` } : use;
  }
}

/** A tree without programs is a part of a system: each manager that it has files for is taken to be there, and on. */
function findConfigured(system: System, ours: ReadonlySet<string>, renderers: ManagerUses['renderers']): ManagerUses {
  const fileOf = (directories: readonly string[], wanted: RegExp): string | undefined =>
    findFiles(system, directories, wanted).find((path) => !ours.has(path));
  const roots = ['/etc', '/run', '/usr/lib'].map((root) => `${root}/NetworkManager`);
  const configuration: Readonly<Record<InstallManager, string | undefined>> = {
    netplan: fileOf(netplanDirectories, /\.yaml$/),
    networkd: fileOf([...networkDirectories, '/usr/lib/systemd/network'], /\.(?:network|netdev)$/),
    ifupdown: fileOf(['/etc/network'], /^interfaces$/) ?? fileOf(['/etc/network/interfaces.d'], /^[^.]/),
    networkmanager:
      fileOf(inDirectories(roots, 'system-connections'), /./) ??
      fileOf(inDirectories(roots, 'conf.d'), /\.conf$/) ??
      fileOf(['/etc/NetworkManager'], /^NetworkManager\.conf$/),
  };
  const uses = managerNames.map((manager): ManagerUse => {
    const file = configuration[manager];
    const rendered = configuration.netplan !== undefined && renderers.some((name) => name === manager);
    if (isMaskedIn(system, manager)) return { ...absentManager(manager, 'masked'), present: true };
    if (file === undefined && !rendered) return absentManager(manager, 'no file of its own');
    const evidence = file === undefined ? "it is netplan's renderer" : `${file}; no program is in this tree`;
    return { manager, present: true, inUse: true, configured: file !== undefined, evidence };
  });
  return { uses, renderers, cloudInitFor: null };
}

function lookForManagers(
  system: System,
  ours: ReadonlySet<string>,
  cloudInitFor: InstallManager | null,
): Omit<ManagerUses, 'cloudInitFor'> {
  const { use, renderers } = findNetplan(system, ours);
  const netplan = orOfCloudInit(use);
  const rendered = (renderer: 'networkd' | 'networkmanager') => netplan.inUse && renderers.includes(renderer);
  const others = [
    findNetworkd(system, ours, rendered('networkd')),
    findIfupdown(system, ours),
    findNetworkManager(system, ours, rendered('networkmanager')),
  ];
  return { uses: [netplan, ...others.map(orOfCloudInit)], renderers };

  function orOfCloudInit(one: ManagerUse): ManagerUse {
    if (one.manager !== cloudInitFor || one.inUse) return one;
    return { ...one, inUse: true, evidence: `cloud-init will write for it; ${one.evidence}` };
  }
}

const targets = {
  netplan: 'netplan',
  eni: 'ifupdown',
  networkd: 'networkd',
  'network-manager': 'networkmanager',
} as const;

/** By the programs that are there, as cloud-init itself looks for them: an image need not have Debian's list of packages. */
function findCloudInitTarget(system: System, uses: readonly ManagerUse[]): InstallManager | null {
  const host = readHostFacts(system, true);
  const version = (name: InstallManager, known: string | undefined) =>
    uses.some(({ manager, present }) => manager === name && present) ? (known ?? '') : undefined;
  const { renderer } = readInstalledCloudInit(system, {
    ...host,
    netplanVersion: version('netplan', host.netplanVersion),
    ifupdownVersion: version('ifupdown', host.ifupdownVersion),
    networkManagerVersion: version('networkmanager', host.networkManagerVersion),
    systemdVersion: version('networkd', '') === undefined ? undefined : (host.systemdVersion ?? 0),
  }) ?? { renderer: null };
  const target = renderer === null ? null : targets[renderer];
  return target !== null && uses.some(({ manager, present }) => manager === target && present) ? target : null;
}

/**
 * The one manager that shall configure the master: two would ask for two leases. netplan owns what it renders to; then
 * whoever has configuration, or will have it from cloud-init, before one that would only do what it does by default.
 */
export function chooseManager({ uses, cloudInitFor }: ManagerUses): ManagerUse | null {
  const used = uses.filter(({ inUse }) => inUse);
  const written = used.find(({ manager }) => manager === cloudInitFor);
  return used.find(({ configured }) => configured) ?? written ?? used[0] ?? null;
}

function firstOf(system: System, paths: readonly string[]): string | null {
  return paths.find((path) => !isFailure(system.stat(path))) ?? null;
}

function inDirectories(directories: readonly string[], name: string): readonly string[] {
  return directories.map((directory) => `${directory}/${name}`);
}

/** The files that a daemon reads of its directories, by precedence: a name in an earlier one hides later ones. */
function findFiles(system: System, directories: readonly string[], wanted: RegExp): readonly string[] {
  const byName = new Map<string, string>();
  for (const directory of directories) {
    const names = system.list(directory);
    if (isFailure(names)) continue;
    for (const name of names) if (wanted.test(name) && !byName.has(name)) byName.set(name, `${directory}/${name}`);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

const netplanDirectories = ['/run/netplan', '/etc/netplan', '/usr/lib/netplan', '/lib/netplan'];

function findNetplan(
  system: System,
  ours: ReadonlySet<string>,
): Pick<ManagerUses, 'renderers'> & { readonly use: ManagerUse } {
  const program = firstOf(system, [
    ...inDirectories(['/usr/sbin', '/sbin', '/usr/bin'], 'netplan'),
    ...inDirectories(['/usr/libexec', '/usr/lib', '/lib'], 'netplan/generate'),
  ]);
  const files = findNetplanFiles(system).filter((path) => !ours.has(path));
  const inUse = program !== null && files.length > 0;
  const evidence = program === null ? 'not installed' : (files[0] ?? `${program}, no configuration`);
  const renderers = readRenderers(system, files);
  const how = inUse ? `, renderer ${renderers.join(' and ')}` : '';
  return {
    use: { manager: 'netplan', present: program !== null, inUse, configured: inUse, evidence: evidence + how },
    renderers,
  };
}

export function findNetplanFiles(system: System): readonly string[] {
  return findFiles(system, netplanDirectories, /\.yaml$/);
}

/** `renderer:` may stand at the top, at a type or at a device; without it it is networkd. netplan(5). */
function readRenderers(system: System, files: readonly string[]): ManagerUses['renderers'] {
  let top = 'networkd';
  const named = new Set<string>();
  for (const path of files) {
    const text = system.read(path);
    if (isFailure(text)) continue;
    const network = asMap(asMap(plainValue(parseYamlTree({ path, text }).root))['network']);
    if (typeof network['renderer'] === 'string') top = network['renderer'];
    for (const type of Object.values(network).map(asMap)) {
      for (const value of [type, ...Object.values(type).map(asMap)]) {
        if (typeof value['renderer'] === 'string') named.add(value['renderer']);
      }
    }
  }
  const all = [...new Set([top, ...named])];
  const known = all.flatMap((name) =>
    name === 'networkd' ? ['networkd' as const] : name === 'NetworkManager' ? ['networkmanager' as const] : [],
  );
  return known.length > 0 ? known : ['networkd'];
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

const networkDirectories = inDirectories(['/etc', '/run', '/usr/local/lib'], 'systemd/network');

function findNetworkd(system: System, ours: ReadonlySet<string>, rendered: boolean): ManagerUse {
  const unit = readUnitState(system, 'systemd-networkd.service');
  const program = firstOf(system, inDirectories(['/usr/lib/systemd', '/lib/systemd'], 'systemd-networkd'));
  const files = findFiles(system, networkDirectories, /\.network$/).filter(
    (path) => !ours.has(path) && !path.includes('/10-netplan-'),
  );
  const present = program !== null || unit.installed;
  const inUse = present && !unit.masked && (unit.enabled || rendered);
  const evidence = !present
    ? 'not installed'
    : rendered && !unit.masked
      ? "it is netplan's renderer"
      : [unit.evidence, ...files.slice(0, 1)].join(', ');
  return { manager: 'networkd', present, inUse, configured: inUse && files.length > 0, evidence };
}

const helperPath = '/etc/network/cloud-ifupdown-helper';

function findIfupdown(system: System, ours: ReadonlySet<string>): ManagerUse {
  const program = firstOf(system, inDirectories(['/usr/sbin', '/sbin', '/usr/bin', '/bin'], 'ifup'));
  if (program === null) return absentManager('ifupdown', 'not installed');
  const unit = readUnitState(system, 'networking.service');
  const stanza = findStanza(system, ours);
  const helper = firstOf(system, [helperPath]);
  const what = [...(stanza === null ? [] : [stanza.path]), ...(helper === null ? [] : [helper])];
  // udev's rule brings up allow-hotplug links even while networking.service is masked
  const acts = (stanza !== null && (stanza.hotplug || unit.enabled)) || helper !== null;
  return {
    manager: 'ifupdown',
    present: true,
    inUse: acts,
    configured: acts,
    evidence: what.length === 0 ? `${program}, no stanza but for lo` : [...what, unit.evidence].join(', '),
  };
}

/** A file with a stanza for anything but loopback. interfaces(5). */
function findStanza(
  system: System,
  ours: ReadonlySet<string>,
): { readonly path: string; readonly hotplug: boolean } | null {
  const included = ['/etc/network/interfaces.d', '/run/network/interfaces.d'].flatMap((directory) =>
    findFiles(system, [directory], /^[^.]/),
  );
  let found: string | null = null;
  let hotplug = false;
  for (const path of ['/etc/network/interfaces', ...included].filter((name) => !ours.has(name))) {
    const text = system.read(path);
    if (isFailure(text)) continue;
    if (found === null && /^[ \t]*iface[ \t]+(?!lo[ \t])\S+[ \t]+\S/m.test(text)) found = path;
    if (/^[ \t]*allow-hotplug[ \t]+\S/m.test(text)) hotplug = true;
  }
  return found === null ? null : { path: found, hotplug };
}

function findNetworkManager(system: System, ours: ReadonlySet<string>, rendered: boolean): ManagerUse {
  const program = firstOf(system, inDirectories(['/usr/sbin', '/usr/bin'], 'NetworkManager'));
  if (program === null) return absentManager('networkmanager', 'not installed');
  const unit = readUnitState(system, 'NetworkManager.service');
  const files = findFiles(
    system,
    ['/etc', '/run', '/usr/lib'].map((root) => `${root}/NetworkManager/system-connections`),
    /\.nmconnection$/,
  ).filter((path) => !ours.has(path));
  const inUse = !unit.masked && (unit.enabled || rendered);
  // netplan's generator starts networkd, but not this one
  const renderer = `it is netplan's renderer${unit.enabled ? '' : `, but ${unit.evidence}`}`;
  const evidence = rendered && inUse ? renderer : [unit.evidence, ...files.slice(0, 1)].join(', ');
  return { manager: 'networkmanager', present: true, inUse, configured: inUse && files.length > 0, evidence };
}

function absentManager(manager: InstallManager, evidence: string): ManagerUse {
  return { manager, present: false, inUse: false, configured: false, evidence };
}
