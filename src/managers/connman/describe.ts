/** connman, as the rest of the program knows it. */
import type { Detection, ManagerDescription } from '../description.ts';
import type { Probe } from '../probe.ts';

export const description: ManagerDescription = {
  name: 'connman',
  title: 'ConnMan',
  role: 'configures',
  order: { judging: 70, asking: 70 },
  actsUnasked: true,
  formats: { connman: '/etc/connman/main.conf', 'connman-service': '/var/lib/connman/provisioned.config' },
  load: async () => (await import('./manager.ts')).connman,
  detection: { order: 60, find, firstFile, unit: 'connman.service' },
  packages: ['connman'],
  oldest: { version: '1.36', lacks: 'connman before 1.36 is not tested' },
  loadRendering: async () => (await import('./render.ts')).rendering,
  keptOffBy: 'failoverctl generate connman',
  canHold: (link) => /^[\w.-]+$/.test(link),
  reload: ({ changed, running }) =>
    changed(/\/connman\.service\.d\/|\/var\/lib\/connman\/[^/]+\.config$/) && running('connman.service')
      ? [{ why: 'start connman for the masters alone', run: ['systemctl', 'restart', 'connman.service'] }]
      : [],
};

const programs = ['/usr/sbin', '/sbin', '/usr/bin'].map((directory) => `${directory}/connmand`);
const ownFiles = (probe: Probe) => [
  ...probe.files(['/etc/connman'], /^main\.conf$/),
  ...probe.files(['/var/lib/connman'], /\.config$/),
];

function firstFile(probe: Probe, ours: ReadonlySet<string>): string | null {
  return ownFiles(probe).find((path) => !ours.has(path)) ?? null;
}

/** It acts without a line of configuration: what counts is whether something starts it. */
function find(probe: Probe): Detection {
  const program = probe.first(programs);
  if (program === null)
    return { present: false, inUse: false, configured: false, evidence: 'not installed', unguarded };
  const unit = probe.unit('connman.service');
  const levels = ['/etc/runlevels/boot', '/etc/runlevels/default', '/etc/rc2.d', '/etc/rc3.d', '/etc/rc5.d'];
  const isSystemd = unit.installed || probe.first(['/usr/lib/systemd/systemd', '/lib/systemd/systemd']) !== null;
  const [script] = isSystemd ? [] : levels.flatMap((level) => probe.files([level], /^(?:S\d\d)?connman$/));
  const inUse = unit.enabled || script !== undefined;
  return { present: true, inUse, configured: inUse, evidence: script ?? `${program}, ${unit.evidence}`, unguarded };
}

const unguarded = 'it tells links by their names alone, and that of a VF that comes is not known';
