/** ifcfg files of the RHEL family, as the rest of the program knows them: NetworkManager's, or network-scripts'. */
import { isProfileName } from '../link-names.ts';
import { ifcfgDirectory, tellIfcfgReaders } from '../ifcfg-readers.ts';
import type { Detection, ManagerDescription, Surroundings } from '../description.ts';
import type { Probe } from '../probe.ts';

export const description: ManagerDescription = {
  name: 'ifcfg',
  title: 'ifcfg files',
  role: 'configures',
  order: { judging: 45, asking: 45 },
  lowersTo: ['networkmanager'],
  formats: { ifcfg: `${ifcfgDirectory}/ifcfg-stdin` },
  load: async () => (await import('./manager.ts')).ifcfg,
  detection: { order: 35, find, firstFile },
  packages: ['network-scripts', 'NetworkManager-initscripts-ifcfg-rh', 'initscripts'],
  loadRendering: async () => (await import('./render.ts')).rendering,
  canHold: isProfileName,
  reload: ({ changed, running }) =>
    changed(/\/network-scripts\/ifcfg-/) && running('NetworkManager.service')
      ? [{ why: 'let NetworkManager read its profiles', run: ['nmcli', 'connection', 'reload'] }]
      : [],
};

const wanted = /^ifcfg-(?!lo$)[^~]+$/;

function firstFile(probe: Probe, ours: ReadonlySet<string>): string | null {
  return probe.files([ifcfgDirectory], wanted).find((path) => !ours.has(path)) ?? null;
}

/** Without a file NetworkManager's keyfiles say the same, and its own program writes those first. */
function find(probe: Probe, { ours }: Surroundings): Detection {
  const readers = tellIfcfgReaders(probe);
  const file = firstFile(probe, ours);
  const isRead = readers.networkManager || readers.scripts;
  const inUse = isRead && file !== null;
  const evidence = [readers.evidence, ...(file === null ? [] : [file])].join(', ');
  return {
    present: isRead,
    inUse,
    configured: inUse,
    evidence,
    // in a part of a system, without any of its readers, it is taken to be NetworkManager's
    writesFor: readers.networkManager || !isRead ? ['networkmanager'] : [],
    ...(readers.scripts && !readers.networkManager ? { unguarded } : {}),
  };
}

const unguarded =
  "network-scripts runs no hook that could keep it off a slave; it brings up only links that a file names: take away each slave's file, or say ONBOOT=no in it";
