/** NetworkManager, as the rest of the program knows it. */
import { readNetworkManagerVersion } from './version.ts';
import { isProfileName } from '../link-names.ts';
import { isFailure } from '../../system/system.ts';
import type { Detection, ManagedState, ManagerDescription, ReloadContext, Surroundings } from '../description.ts';
import type { Asker, Probe } from '../probe.ts';
import type { Step } from '../step.ts';

export const description: ManagerDescription = {
  name: 'networkmanager',
  title: 'NetworkManager',
  role: 'configures',
  order: { judging: 50, asking: 50 },
  actsUnasked: true,
  formats: {
    networkmanager: '/etc/NetworkManager/NetworkManager.conf',
    keyfile: '/etc/NetworkManager/system-connections/stdin.nmconnection',
  },
  load: async () => (await import('./manager.ts')).networkmanager,
  detection: { order: 40, find, firstFile, unit: 'NetworkManager.service' },
  packages: ['network-manager', 'networkmanager', 'NetworkManager'],
  versionFact: 'networkManagerVersion',
  readVersion: readNetworkManagerVersion,
  oldest: { version: '1.30', lacks: 'NetworkManager before 1.30 is not tested' },
  loadRendering: async () => (await import('./render.ts')).rendering,
  stacks: true,
  canHold: isProfileName,
  reload,
  giveBack: (link) => ['nmcli', 'device', 'set', link, 'managed', 'yes'],
  startMaster: (link) => ['nmcli', 'device', 'connect', link],
  askLinks,
};

const roots = ['/etc', '/run', '/usr/lib'].map((root) => `${root}/NetworkManager`);
const profileDirectories = roots.map((root) => `${root}/system-connections`);

function firstFile(probe: Probe, ours: ReadonlySet<string>): string | null {
  const confDirectories = roots.map((root) => `${root}/conf.d`);
  const files = [
    ...probe.files(profileDirectories, /./),
    ...probe.files(confDirectories, /\.conf$/),
    ...probe.files(['/etc/NetworkManager'], /^NetworkManager\.conf$/),
  ];
  return files.find((path) => !ours.has(path)) ?? null;
}

function find(probe: Probe, { ours, writtenForBy }: Surroundings): Detection {
  const program = probe.first(['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager']);
  if (program === null) return { present: false, inUse: false, configured: false, evidence: 'not installed' };
  const unit = probe.unit('NetworkManager.service');
  const files = probe.files(profileDirectories, /\.nmconnection$/).filter((path) => !ours.has(path));
  const rendered = writtenForBy !== null;
  const inUse = !unit.masked && (unit.enabled || rendered);
  // netplan's generator starts networkd, but not this one
  const renderer = `it is ${writtenForBy}'s renderer${unit.enabled ? '' : `, but ${unit.evidence}`}`;
  const evidence = rendered && inUse ? renderer : [unit.evidence, ...files.slice(0, 1)].join(', ');
  const asleep = !inUse && unit.installed && !unit.masked;
  return { present: true, inUse, configured: inUse && files.length > 0, evidence, ...(asleep ? { asleep } : {}) };
}

function reload({ changed, rewritten, running }: ReloadContext): readonly Step[] {
  if (!running('NetworkManager.service')) return [];
  const steps: Step[] = [];
  if (changed(/^\/etc\/NetworkManager\/.*\.conf$/)) {
    steps.push({ why: 'let NetworkManager read its configuration', run: ['nmcli', 'general', 'reload', 'conf'] });
  }
  if (rewritten || changed(/\.nmconnection$/)) {
    steps.push({ why: 'let NetworkManager read its profiles', run: ['nmcli', 'connection', 'reload'] });
  }
  return steps;
}

/**
 * `nmcli device status`, terse: fields with `:` and `\` escaped. It answers 8 where NetworkManager does not run, but that takes
 * longer than all else here: it is asked only where NetworkManager has made its directory in this boot.
 */
function askLinks({ system }: Asker): (link: string) => ManagedState | null {
  if (isFailure(system.stat('/run/NetworkManager'))) return () => null;
  const argv = ['nmcli', '-t', '-e', 'yes', '-f', 'DEVICE,STATE,CONNECTION', 'device', 'status'];
  const result = system.run(argv, { timeoutMs: 10_000 });
  if (isFailure(result) || result.status !== 0) return () => null;
  const devices = new Map<string, ManagedState>();
  for (const line of result.stdout.split('\n').filter(Boolean)) {
    const fields = [...line.matchAll(/(?:^|:)((?:[^:\\]|\\.)*)/g)].map(([, field = '']) =>
      field.replace(/\\(.)/g, '$1'),
    );
    const [name = '', state = '', connection = ''] = fields;
    // "connected (externally)": it only mirrors what somebody else has set
    const active = !['unmanaged', 'unavailable', 'connected (externally)'].includes(state);
    devices.set(name, { state, by: connection === '' ? null : connection, active });
  }
  return (link) => devices.get(link) ?? null;
}
