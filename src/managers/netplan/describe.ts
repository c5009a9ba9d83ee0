/** netplan, as the rest of the program knows it. */
import { readNetplanVersion } from './version.ts';
import { isProfileName } from '../link-names.ts';
import type { Detection, ManagerDescription, Surroundings } from '../description.ts';
import type { ManagerName } from '../claim.ts';
import type { Probe } from '../probe.ts';

export const description: ManagerDescription = {
  name: 'netplan',
  title: 'netplan',
  role: 'writes',
  order: { judging: 20, asking: 40 },
  lowersTo: ['networkd', 'networkmanager', 'udev'],
  overridesCatchAll: true,
  formats: { netplan: '/etc/netplan/stdin.yaml' },
  load: async () => (await import('./manager.ts')).netplan,
  detection: {
    order: 10,
    find,
    firstFile: (probe, ours) => probe.files(directories, /\.yaml$/).find((path) => !ours.has(path)) ?? null,
  },
  packages: ['netplan.io', 'netplan'],
  versionFact: 'netplanVersion',
  readVersion: readNetplanVersion,
  oldest: { version: '0.101', lacks: 'netplan before 0.101 is not tested' },
  loadRendering: async () => (await import('./rendering.ts')).rendering,
  stacks: true,
  canHold: (link, { netplanRenderer }) => netplanRenderer === 'networkd' || isProfileName(link),
  reload: ({ changed, inUse }) =>
    changed(/^\/etc\/netplan\//) && inUse
      ? [{ why: 'render netplan for its backends', run: ['netplan', 'generate'] }]
      : [],
};

const directories = ['/run/netplan', '/etc/netplan', '/usr/lib/netplan', '/lib/netplan'];

function find(probe: Probe, { ours }: Surroundings): Detection {
  const program = probe.first([
    ...['/usr/sbin', '/sbin', '/usr/bin'].map((directory) => `${directory}/netplan`),
    ...['/usr/libexec', '/usr/lib', '/lib'].map((directory) => `${directory}/netplan/generate`),
  ]);
  const files = probe.files(directories, /\.yaml$/).filter((path) => !ours.has(path));
  const inUse = program !== null && files.length > 0;
  const writesFor = readRenderers(probe, files);
  const evidence = program === null ? 'not installed' : (files[0] ?? `${program}, no configuration`);
  const how = inUse ? `, renderer ${writesFor.join(' and ')}` : '';
  return { present: program !== null, inUse, configured: inUse, evidence: evidence + how, writesFor };
}

const managerOf: Readonly<Record<string, ManagerName>> = { networkd: 'networkd', NetworkManager: 'networkmanager' };

/** `renderer:` may stand at the top, at a type or at a device; without it it is networkd. netplan(5). */
function readRenderers(probe: Probe, files: readonly string[]): readonly ManagerName[] {
  let top = 'networkd';
  const named = new Set<string>();
  for (const path of files) {
    const network = asMap(asMap(probe.yaml(path))['network']);
    if (typeof network['renderer'] === 'string') top = network['renderer'];
    for (const type of Object.values(network).map(asMap)) {
      for (const value of [type, ...Object.values(type).map(asMap)]) {
        if (typeof value['renderer'] === 'string') named.add(value['renderer']);
      }
    }
  }
  const known = [...new Set([top, ...named])].flatMap((name) =>
    Object.hasOwn(managerOf, name) ? (managerOf[name] ?? []) : [],
  );
  return known.length > 0 ? known : ['networkd'];
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
