/** What the machine, or an image of it, says of itself in files: no program is run. */
import { managers } from '../managers/all.ts';
import { tellIfcfgReaders } from '../managers/ifcfg-readers.ts';
import { tellIfup } from '../managers/ifup.ts';
import { isFailure, type System } from '../system/system.ts';
import type { HostFacts } from '../topology/guest.ts';
import { probeMachine } from './probe.ts';
import { readVersions } from './versions.ts';
import { isWholeSystem } from './whole-system.ts';

/** The packages whose versions count. */
export const packageNames: readonly string[] = managers.flatMap(({ packages }) => packages);

/** `live`: this kernel's facts are the guest's; those of an image are not known. */
export function readHostFacts(system: System, live: boolean): HostFacts {
  const probe = probeMachine(system);
  const versions = readVersions(probe);
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
    ifupdownVersion: versions.get('ifupdown'),
    ifup: tellIfup(probe).value ?? undefined,
    // a part of a system does not say
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
