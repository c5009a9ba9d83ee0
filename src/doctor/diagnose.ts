/** Is a guest, or an image of one, able and ready? Every check, in the order in which it matters. */
import { findManagers } from '../inventory/managers-in-use.ts';
import { probeMachine } from '../inventory/probe.ts';
import { readManifest, type Manifest } from '../inventory/manifest.ts';
import { ownPaths } from '../inventory/supplied.ts';
import type { Probe } from '../managers/probe.ts';
import { isFailure, type System } from '../system/system.ts';
import { readTopology } from '../topology/failover-group.ts';
import { readDistribution } from '../inventory/distribution.ts';
import { readHostFacts } from '../inventory/host-facts.ts';
import { check, type Check } from './check.ts';
import { checkCloudInit } from './cloud-init.ts';
import { checkInitramfs } from './initramfs.ts';
import { checkInstallation, checkPackage, type PlannedAgain } from './installation.ts';
import { checkKernel } from './kernel.ts';
import { checkManagers } from './managers.ts';
import { readSystemFacts, type SystemFacts } from './system-facts.ts';

export async function diagnose(
  system: System,
  live: boolean,
  planAgain: (installed: Manifest) => PlannedAgain | string,
  findOtherwise: (supplied: Manifest) => readonly string[],
): Promise<readonly Check[]> {
  const read = readTopology(system);
  const topology = isFailure(read) ? null : read;
  const host = readHostFacts(system, live);
  const manifest = readManifest(system);
  const installed = manifest !== null && typeof manifest === 'object' && 'files' in manifest ? manifest : null;
  const managers = findManagers(system, ownPaths(system, installed));
  return [
    ...describeSystem(await readSystemFacts(system, live)),
    describeLayout(probeMachine(system)),
    ...checkKernel(system, live, topology),
    ...checkManagers(managers, probeMachine(system)),
    ...checkPackage(system, findOtherwise),
    ...checkInstallation(system, live, planAgain),
    checkInitramfs(system, topology),
    ...checkCloudInit(system, host),
  ];
}

function describeSystem({ distribution, machine, virtual }: SystemFacts): readonly Check[] {
  return [
    distribution === null
      ? check('distribution', 'unknown', 'no os-release')
      : check('distribution', 'ok', distribution),
    machine === null
      ? check('hypervisor', 'unknown', 'the machine does not say what it is')
      : check(
          'hypervisor',
          virtual === true ? 'ok' : 'note',
          virtual === true ? machine : `${machine}, perhaps no guest`,
        ),
  ];
}

/** What decides how files of ours reach a machine: who starts services, and what is part of the system's image. */
function describeLayout(probe: Probe): Check {
  const { family, init, usrMerged, image } = readDistribution(probe);
  const words = [
    family.value === undefined ? `family not known (${family.evidence})` : `of ${family.value}'s family`,
    init.value === undefined ? `init not known (${init.evidence})` : `init: ${init.value}`,
    ...(usrMerged.value === false ? ['/usr not merged'] : []),
    ...(image.value === null || image.value === undefined ? [] : [`a system of ${image.value} (${image.evidence})`]),
  ];
  return check('system', init.value === undefined ? 'unknown' : 'ok', words.join(', '));
}
