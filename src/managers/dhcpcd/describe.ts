/** dhcpcd as a service, as the rest of the program knows it. As ifupdown's client it is ifupdown's. */
import type { Detection, ManagerDescription } from '../description.ts';
import type { Probe } from '../probe.ts';

export const description: ManagerDescription = {
  name: 'dhcpcd',
  title: 'dhcpcd',
  role: 'configures',
  order: { judging: 65, asking: 65 },
  actsUnasked: true,
  formats: { dhcpcd: '/etc/dhcpcd.conf' },
  load: async () => (await import('./manager.ts')).dhcpcd,
  detection: { order: 50, find, firstFile, unit: 'dhcpcd.service' },
  packages: ['dhcpcd-base', 'dhcpcd', 'dhcpcd5'],
  oldest: { version: '9.4', lacks: 'dhcpcd before 9.4 is not tested' },
  loadRendering: async () => (await import('./render.ts')).rendering,
  reload: ({ changed, running }) =>
    changed(/\/dhcpcd@?\.service\.d\/|\/etc\/dhcpcd-failover\.conf$/) && running('dhcpcd.service')
      ? [{ why: 'start dhcpcd with the guarded configuration', run: ['systemctl', 'restart', 'dhcpcd.service'] }]
      : [],
  startMaster: (link) => ['dhcpcd', '-n', link],
};

const configPath = '/etc/dhcpcd.conf';
const programs = ['/usr/sbin', '/sbin', '/usr/bin', '/usr/lib/dhcpcd5'].map((directory) => `${directory}/dhcpcd`);

const wantedDirectory = '/etc/systemd/system/multi-user.target.wants';

/** Debian has the file as ifupdown's client has: without a unit it counts where it has lines that only a service needs. */
function firstFile(probe: Probe, ours: ReadonlySet<string>): string | null {
  const [unit] = probe.files([wantedDirectory], /^dhcpcd(?:@.+)?\.service$/);
  const text = ours.has(configPath) ? null : probe.read(configPath);
  if (unit !== undefined) return text === null ? unit : configPath;
  return text !== null && /^[ \t]*(?:allowinterfaces|denyinterfaces|interface)[ \t]/m.test(text) ? configPath : null;
}

/** It acts without a line of configuration: what counts is whether something starts it. */
function find(probe: Probe): Detection {
  const program = probe.first(programs);
  const unit = probe.unit('dhcpcd.service');
  const [single] = probe.files([wantedDirectory], /^dhcpcd@.+\.service$/);
  const [script] = startedByInit(probe);
  const isService = unit.installed || single !== undefined || script !== undefined;
  if (program === null || !isService) {
    const evidence = program === null ? 'not installed' : `${program}, and nothing that starts it as a service`;
    return { present: false, inUse: false, configured: false, evidence };
  }
  const bySystemd = unit.enabled || (single !== undefined && !unit.masked);
  const isSystemd = probe.first(['/usr/lib/systemd/systemd', '/lib/systemd/systemd']) !== null || unit.installed;
  const byInit = !isSystemd && script !== undefined;
  const inUse = bySystemd || byInit;
  const started = byInit ? script : unit.enabled ? unit.evidence : (single ?? unit.evidence);
  const asleep = !inUse && unit.installed && !unit.masked;
  const evidence = `${program}, ${started}`;
  const found = { present: true, inUse, configured: inUse, evidence, ...(asleep ? { asleep } : {}) };
  return byInit ? { ...found, unguarded: 'its guard needs systemd and udev' } : found;
}

/** OpenRC's runlevels, and sysvinit's. */
function startedByInit(probe: Probe): readonly string[] {
  const levels = ['/etc/runlevels/boot', '/etc/runlevels/default', '/etc/rc2.d', '/etc/rc3.d', '/etc/rc5.d'];
  return levels.flatMap((directory) => probe.files([directory], /^(?:S\d\d)?dhcpcd$/));
}
