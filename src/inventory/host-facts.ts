/** What the machine, or an image of it, says of itself in files: no program is run. */
import { managers } from '../managers/all.ts';
import { tellIfcfgReaders } from '../managers/ifcfg-readers.ts';
import { readSettingsPlugins } from '../managers/networkmanager-plugins.ts';
import { tellIfup } from '../managers/ifup.ts';
import { isFailure, type System } from '../system/system.ts';
import type { HostFacts } from '../topology/guest.ts';
import type { Probe } from '../managers/probe.ts';
import { probeMachine } from './probe.ts';
import { readDistribution } from './distribution.ts';
import { readVersions } from './versions.ts';
import { isWholeSystem } from './whole-system.ts';

/** The packages whose versions count. */
export const packageNames: readonly string[] = managers.flatMap(({ packages }) => packages);

/** `live`: this kernel's facts are the guest's; those of an image are not known. */
export function readHostFacts(system: System, live: boolean): HostFacts {
  const probe = probeMachine(system);
  const versions = readVersions(probe);
  const {
    id: { value: id },
    family,
  } = readDistribution(probe);
  const major = Number.parseInt(versions.get('networkd') ?? '', 10);
  return {
    hostname: firstLine(system, '/etc/hostname'),
    architecture: undefined,
    virtualization: undefined,
    kernelVersion: live ? firstLine(system, '/proc/sys/kernel/osrelease') : undefined,
    kernelCommandLine: live ? firstLine(system, '/proc/cmdline') : undefined,
    systemdVersion: Number.isNaN(major) ? undefined : major,
    netplanVersion: versions.get('netplan'),
    networkManagerVersion: versions.get('networkmanager'),
    networkManagerPlugins: readSettingsPlugins(probe, family.value).value,
    ifupdownVersion: versions.get('ifupdown'),
    ifup: tellIfup(probe).value ?? undefined,
    // a part of a system does not say
    distribution: id === undefined ? undefined : { id, family: family.value },
    hasSysconfig: hasSysconfig(probe, versions.get('cloud-init')),
    ifcfgReaders: isWholeSystem(probe) ? tellIfcfgReaders(probe) : undefined,
    cloudInitVersion: versions.get('cloud-init'),
    // Where there is no netplan either, nobody knows what the guest will have.
    hasOpenVSwitch: versions.has('netplan') ? !isFailure(system.stat('/usr/bin/ovs-vsctl')) : undefined,
  };
}

function firstLine(system: System, path: string): string | undefined {
  const text = system.read(path);
  if (isFailure(text)) return undefined;
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line === '' ? undefined : line;
}

/** available() of cloud-init's sysconfig.py: the scripts' ifup and ifdown or, since 23.2, NetworkManager's ifcfg-rh. */
function hasSysconfig(probe: Probe, version: string | undefined): boolean {
  const hasPrograms = ['ifup', 'ifdown'].every((name) => probe.first([`/sbin/${name}`, `/usr/sbin/${name}`]) !== null);
  const files = ['/etc/sysconfig/network-scripts/network-functions', '/etc/sysconfig/config'];
  if (hasPrograms && probe.first(files) !== null) return true;
  return Number.parseFloat(version ?? '99') >= 23.2 && tellIfcfgReaders(probe).networkManager;
}
