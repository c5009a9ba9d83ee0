/** The cloud-init of a guest or an image: will it write the network's configuration at the next boot, and for whom? */
import { isFailure, type System } from '../system/system.ts';
import type { HostFacts } from '../topology/guest.ts';
import type { ConfigFile } from '../managers/claim.ts';
import { chooseRenderer, cloudInit, type RendererName } from '../managers/cloud-init/manager.ts';
import { readUnitState } from './unit.ts';
import { selectConfig, type Selection } from '../managers/cloud-init/sources.ts';

export interface InstalledCloudInit {
  readonly selection: Selection;
  /** Null: it leaves the network alone. */
  readonly renderer: RendererName | null;
  /** What tells it to leave the network alone, in words; null: nothing does. */
  readonly disabled: string | null;
}

const disabledFile = '/etc/cloud/cloud-init.disabled';

/** What a whole system has, and what a part of one has that goes into a system with cloud-init. */
const marks = {
  whole: ['/usr/bin/cloud-init', '/etc/cloud/cloud.cfg'],
  part: ['/usr/bin/cloud-init', '/etc/cloud/cloud.cfg', '/etc/cloud/cloud.cfg.d'],
} as const;

export function isCloudInitThere(system: System, tree: keyof typeof marks = 'whole'): boolean {
  return marks[tree].some((path) => !isFailure(system.stat(path)));
}

/** Null: there is none. `host`: of the tools that are there, which decide about the renderer. */
export function readInstalledCloudInit(
  system: System,
  host: HostFacts,
  tree: keyof typeof marks = 'whole',
): InstalledCloudInit | null {
  if (!isCloudInitThere(system, tree)) return null;
  const selection = selectConfig(readFiles(system), host.kernelCommandLine);
  // cloud-init(1) and its ds-identify look at both before anything runs
  const off = /(?:^|\s)cloud-init=disabled(?:\s|$)/.test(host.kernelCommandLine ?? '')
    ? 'cloud-init=disabled on the kernel command line'
    : isFailure(system.stat(disabledFile))
      ? (findUnitOff(system) ?? selection.disabled)
      : `disabled by ${disabledFile}`;
  return { selection, renderer: off === null ? chooseRenderer(selection, host) : null, disabled: off };
}

/** The first stage renders the network; since 24.3 a service runs all stages. Null: both run, or no unit of its is here. */
function findUnitOff(system: System): string | null {
  for (const unit of ['cloud-init-local.service', 'cloud-init-main.service']) {
    const { installed, enabled, masked, evidence } = readUnitState(system, unit);
    if (installed && !enabled) return masked ? evidence : `disabled: ${evidence}`;
  }
  return null;
}

function readFiles(system: System): readonly ConfigFile[] {
  const paths = cloudInit.locations.flatMap(({ path, pattern }) => {
    if (pattern === undefined) return path;
    const names = system.list(path);
    return isFailure(names) ? [] : names.filter((name) => pattern.test(name)).map((name) => `${path}/${name}`);
  });
  return paths.sort().flatMap((path) => {
    const text = system.read(path);
    return isFailure(text)
      ? []
      : { source: { path, text }, path, mode: undefined, uid: undefined, linkTarget: undefined };
  });
}
