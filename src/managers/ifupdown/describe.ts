/** Debian's ifupdown, as the rest of the program knows it. */
import { isOfAnotherFamily, tellIfup } from '../ifup.ts';
import { isStanzaName } from '../link-names.ts';
import { isFailure } from '../../system/system.ts';
import type { Detection, ManagedState, ManagerDescription, Surroundings } from '../description.ts';
import type { Asker, Probe } from '../probe.ts';

export const description: ManagerDescription = {
  name: 'ifupdown',
  title: 'ifupdown',
  role: 'configures',
  order: { judging: 60, asking: 60 },
  formats: { ifupdown: '/etc/network/interfaces', interfaces: '/etc/network/interfaces' },
  load: async () => (await import('./manager.ts')).ifupdown,
  detection: {
    order: 30,
    find,
    firstFile: (probe, ours) =>
      [...probe.files(['/etc/network'], /^interfaces$/), ...probe.files(['/etc/network/interfaces.d'], /^[^.]/)].find(
        (path) => !ours.has(path),
      ) ?? null,
  },
  packages: ['ifupdown'],
  versionFact: 'ifupdownVersion',
  oldest: { version: '0.8', lacks: 'ifupdown before 0.8 is not tested' },
  loadRendering: async () => (await import('./render.ts')).rendering,
  stacks: true,
  canHold: isStanzaName,
  // 'auto mac/…=wan' brings up a link as another interface, which it must be told by hand
  startMaster: (link, startedAs) => ['ifup', '--force', startedAs === undefined ? link : `${link}=${startedAs}`],
  askLinks,
};

const helperPath = '/etc/network/cloud-ifupdown-helper';

function find(probe: Probe, { ours }: Surroundings): Detection {
  const { value: kind, evidence: program } = tellIfup(probe);
  if (kind !== 'ifupdown') {
    const evidence = kind === null ? 'not installed' : `not Debian's: ${program}`;
    const found = { present: false, inUse: false, configured: false, evidence };
    return isOfAnotherFamily(probe) ? { ...found, unguarded } : found;
  }
  const unit = probe.unit('networking.service');
  const stanza = findStanza(probe, ours);
  const helper = probe.first([helperPath]);
  const what = [...(stanza === null ? [] : [stanza.path]), ...(helper === null ? [] : [helper])];
  // udev's rule brings up allow-hotplug links even while networking.service is masked
  const [script] = unit.enabled ? [] : startedByInit(probe);
  const acts = (stanza !== null && (stanza.hotplug || unit.enabled || script !== undefined)) || helper !== null;
  const asleep = !acts && stanza !== null && unit.installed;
  const starter = script ?? unit.evidence;
  return {
    present: true,
    inUse: acts,
    configured: acts,
    ...(asleep ? { asleep } : {}),
    evidence: what.length === 0 ? `${program}, no stanza but for lo` : [...what, starter].join(', '),
  };
}

const unguarded =
  "the ifup of this distribution is not Debian's: ifupdown-ng and busybox's run no hook that keeps a slave down; name the master alone in /etc/network/interfaces";

/** Where systemd is not: sysvinit's links, and OpenRC's. */
function startedByInit(probe: Probe): readonly string[] {
  if (probe.first(['/usr/lib/systemd/systemd', '/lib/systemd/systemd']) !== null) return [];
  const levels = [
    '/etc/rcS.d',
    '/etc/rc2.d',
    '/etc/rc3.d',
    '/etc/rc5.d',
    '/etc/runlevels/boot',
    '/etc/runlevels/default',
  ];
  return levels.flatMap((directory) => probe.files([directory], /^(?:S\d\d)?networking$/));
}

/** A file with a stanza for anything but loopback. interfaces(5). */
function findStanza(
  probe: Probe,
  ours: ReadonlySet<string>,
): { readonly path: string; readonly hotplug: boolean } | null {
  const included = ['/etc/network/interfaces.d', '/run/network/interfaces.d'].flatMap((directory) =>
    probe.files([directory], /^[^.]/),
  );
  let found: string | null = null;
  let hotplug = false;
  for (const path of ['/etc/network/interfaces', ...included].filter((name) => !ours.has(name))) {
    const text = probe.read(path);
    if (text === null) continue;
    if (found === null && /^[ \t]*iface[ \t]+(?!lo[ \t])\S+[ \t]+\S/m.test(text)) found = path;
    if (/^[ \t]*allow-hotplug[ \t]+\S/m.test(text)) hotplug = true;
  }
  return found === null ? null : { path: found, hotplug };
}

/** LINK=STANZA lines; `ifquery --state` prints them. */
export const ifstatePath = '/run/network/ifstate';

function askLinks({ system }: Asker): (link: string) => ManagedState | null {
  const text = system.read(ifstatePath);
  const pairs = isFailure(text) ? [] : [...text.matchAll(/^([^=\n]+)=(.*)$/gm)];
  const stanzas = new Map(pairs.map(([, name = '', stanza = '']) => [name, stanza]));
  return (link) => {
    const stanza = stanzas.get(link);
    return stanza === undefined ? null : { state: 'up', by: `iface ${stanza}`, active: true };
  };
}
