/** What the machine, or an image of it, says of itself in files: no program is run. */
import { isFailure, type System } from '../system/system.ts';
import type { HostFacts } from '../topology/guest.ts';

const packages = {
  systemd: 'systemd',
  netplan: 'netplan.io',
  networkManager: 'network-manager',
  ifupdown: 'ifupdown',
  cloudInit: 'cloud-init',
} as const;

/** The Debian packages whose versions count. */
export const packageNames: readonly string[] = Object.values(packages);

/** `live`: this kernel's facts are the guest's; those of an image are not known. */
export function readHostFacts(system: System, live: boolean): HostFacts {
  const versions = readPackageVersions(system);
  const of = (name: keyof typeof packages) => versions.get(packages[name]);
  const major = Number.parseInt(of('systemd') ?? '', 10);
  return {
    hostname: firstLine(system, '/etc/hostname'),
    architecture: undefined,
    virtualization: undefined,
    kernelVersion: live ? firstLine(system, '/proc/sys/kernel/osrelease') : undefined,
    kernelCommandLine: live ? firstLine(system, '/proc/cmdline') : undefined,
    systemdVersion: Number.isNaN(major) ? undefined : major,
    netplanVersion: of('netplan'),
    networkManagerVersion: of('networkManager'),
    ifupdownVersion: of('ifupdown'),
    cloudInitVersion: of('cloudInit'),
  };
}

function firstLine(system: System, path: string): string | undefined {
  const text = system.read(path);
  if (isFailure(text)) return undefined;
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line === '' ? undefined : line;
}

/** Upstream versions of installed Debian packages: without epoch and Debian revision (deb-version(7)). */
function readPackageVersions(system: System): ReadonlyMap<string, string> {
  const status = system.read('/var/lib/dpkg/status');
  const versions = new Map<string, string>();
  if (isFailure(status)) return versions;
  for (const name of Object.values(packages)) {
    const start = status.startsWith(`Package: ${name}\n`) ? 0 : status.indexOf(`\nPackage: ${name}\n`);
    if (start < 0) continue;
    const end = status.indexOf('\n\n', start + 1);
    const stanza = status.slice(start, end < 0 ? undefined : end);
    const version = /^Version: (?:\d+:)?(.*?)(?:-[^-\n]*)?$/m.exec(stanza)?.[1];
    if (version !== undefined && /^Status: .* installed$/m.test(stanza)) versions.set(name, version);
  }
  return versions;
}
