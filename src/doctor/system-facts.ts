/** Which distribution this is and whose machine it runs on: systeminformation where programs can be run, else from files. */
import { isFailure, type System } from '../system/system.ts';
import { osReleaseField, osReleasePaths } from '../text/os-release.ts';
import { serveNodeModules } from './node-stand-ins.ts';

export interface SystemFacts {
  /** "Debian GNU/Linux 12 (bookworm)"; null: not known. */
  readonly distribution: string | null;
  /** "QEMU Standard PC (Q35 + ICH9, 2009)"; null: not known. */
  readonly machine: string | null;
  /** False: it is known to be no guest; null: not known. */
  readonly virtual: boolean | null;
}

export async function readSystemFacts(system: System, live: boolean): Promise<SystemFacts> {
  const files = readFiles(system);
  const asked = live ? await askSystemInformation(system) : null;
  return {
    distribution: asked?.distribution ?? files.distribution,
    machine: asked?.machine ?? files.machine,
    virtual: asked?.virtual ?? files.virtual,
  };
}

/** Null if no shell can be run. It is loaded here and nowhere else. */
async function askSystemInformation(machine: System): Promise<SystemFacts | null> {
  if (isFailure(machine.run(['sh', '-c', ':']))) return null;
  serveNodeModules(machine);
  const { default: hardwareOf } = await import('systeminformation/lib/system.js');
  const { default: systemOf } = await import('systeminformation/lib/osinfo.js');
  const hardware = await hardwareOf.system();
  const os = await systemOf.osInfo();
  const version = [os.release, os.codename === '' ? '' : `(${os.codename})`];
  const words = [os.distro, ...version].filter((word) => word !== '' && word !== 'unknown');
  const names = [hardware.manufacturer, hardware.model].filter((word) => word !== '' && word !== 'Computer');
  const host = hardware.virtualHost ?? '';
  if (host !== '' && !names.join(' ').toLowerCase().includes(host.toLowerCase())) names.push(`on ${host}`);
  return {
    distribution: words.length === 0 ? null : words.join(' '),
    machine: names.length === 0 ? null : names.join(' '),
    virtual: hardware.virtual ? true : null,
  };
}

/** os-release(5), and SMBIOS as the kernel shows it. */
function readFiles(system: System): SystemFacts {
  const release = readFirst(system, osReleasePaths) ?? '';
  const name = osReleaseField(release, 'PRETTY_NAME') ?? null;
  const [vendor = '', product = ''] = ['sys_vendor', 'product_name'].map(
    (file) => readFirst(system, [`/sys/class/dmi/id/${file}`])?.trim() ?? '',
  );
  const machine = [vendor, product].filter((word) => word !== '').join(' ');
  const known = /QEMU|KVM|VMware|VirtualBox|Xen|Bochs|Amazon EC2|Google|Virtual Machine|OpenStack/i.test(machine);
  return { distribution: name, machine: machine === '' ? null : machine, virtual: known ? true : null };
}

function readFirst(system: System, paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = system.read(path);
    if (!isFailure(text)) return text;
  }
  return null;
}
