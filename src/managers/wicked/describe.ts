/** wicked, SUSE's manager (SLES 12 and 15, openSUSE Leap), as the rest of the program knows it. */
import type { Detection, ManagerDescription } from '../description.ts';
import type { Probe } from '../probe.ts';

export const description: ManagerDescription = {
  name: 'wicked',
  title: 'wicked',
  role: 'configures',
  order: { judging: 60, asking: 46 },
  formats: { wicked: '/etc/sysconfig/network/ifcfg-stdin' },
  load: async () => (await import('./manager.ts')).wicked,
  detection: { order: 45, find, firstFile, unit: 'wicked.service' },
  packages: ['wicked'],
};

const directory = '/etc/sysconfig/network';
const wanted = /^ifcfg-(?!lo$)[^~]+$/;

function firstFile(probe: Probe, ours: ReadonlySet<string>): string | null {
  return probe.files([directory], wanted).find((path) => !ours.has(path)) ?? null;
}

/** The alias network.service says which manager SUSE starts; a masked wicked acts on nothing. */
function find(probe: Probe): Detection {
  const program = probe.first(['/usr/sbin/wicked', '/sbin/wicked']);
  if (program === null)
    return { present: false, inUse: false, configured: false, evidence: 'not installed', unguarded };
  const unit = probe.unit('wicked.service');
  const alias = probe.readlink('/etc/systemd/system/network.service');
  const [file] = probe.files([directory], wanted);
  const isOther = alias !== null && !alias.endsWith('/wicked.service');
  const inUse = !unit.masked && !isOther && (unit.enabled || alias !== null || file !== undefined);
  const evidence = [program, isOther ? `network.service is ${alias}` : (file ?? unit.evidence)].join(', ');
  return { present: true, inUse, configured: inUse && file !== undefined, evidence, unguarded };
}

const unguarded =
  'wicked has no list of links to leave alone; it touches only links that an ifcfg file names: take away those of the slaves, or say STARTMODE=off in them';
