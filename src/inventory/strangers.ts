/**
 * Programs that configure links and that nothing here reads, judges or guards yet. They are found all the same: an
 * installation beside them would say that a guest is ready that is not. A folder of src/managers with the same name takes over.
 */
import { findManager } from '../managers/all.ts';
import { tellIfup, type IfupKind } from '../managers/ifup.ts';
import type { Detection } from '../managers/description.ts';
import type { Answer, Probe } from '../managers/probe.ts';
import { versionOf } from './versions.ts';

export interface Stranger extends Detection {
  readonly manager: string;
  /** What people call it. */
  readonly title: string;
  readonly version: string | undefined;
}

interface StrangerDescription {
  readonly name: string;
  readonly title: string;
  readonly find: (probe: Probe) => Detection;
  readonly readVersion?: (probe: Probe) => Answer<string>;
}

const absent: Detection = { present: false, inUse: false, configured: false, evidence: 'not installed' };

/** An ifup of interfaces(5) that is not Debian's: it reads the same file otherwise, and runs no hook of ours. */
function byIfup(kind: IfupKind) {
  return (probe: Probe): Detection => {
    const { value, evidence } = tellIfup(probe);
    if (value !== kind) return absent;
    const text = probe.read('/etc/network/interfaces') ?? '';
    const inUse = /^[ \t]*(?:auto|allow-\S+)[ \t]+(?!lo\s*$)\S/m.test(text) || probe.unit('networking.service').enabled;
    return { present: true, inUse, configured: inUse, evidence };
  };
}

/** `__version__` of its own package: ifupdown2 3.0.0 as Debian packages it. */
function readIfupdown2Version(probe: Probe): Answer<string> {
  const path = '/usr/share/ifupdown2/__init__.py';
  const version = /^__version__ = '([^']+)'$/m.exec(probe.read(path) ?? '')?.[1];
  return { value: version, evidence: version === undefined ? `${path} tells no version` : path };
}

/** Gentoo's: a link net.NAME to net.lo for each interface, in a runlevel. */
function findNetifrc(probe: Probe): Detection {
  if (probe.first(['/etc/init.d/net.lo']) === null) return absent;
  const [link] = ['boot', 'default'].flatMap((level) => probe.files([`/etc/runlevels/${level}`], /^net\.(?!lo$)./));
  const inUse = link !== undefined;
  return { present: true, inUse, configured: inUse, evidence: link ?? '/etc/init.d/net.lo, for lo alone' };
}

const descriptions: readonly StrangerDescription[] = [
  { name: 'ifupdown2', title: 'ifupdown2', find: byIfup('ifupdown2'), readVersion: readIfupdown2Version },
  { name: 'ifupdown-ng', title: 'ifupdown-ng', find: byIfup('ifupdown-ng') },
  { name: 'busybox', title: "busybox's ifup", find: byIfup('busybox') },
  { name: 'netifrc', title: 'netifrc', find: findNetifrc },
];

/** Those that are there. */
export function findStrangers(probe: Probe): readonly Stranger[] {
  return descriptions
    .filter(({ name }) => findManager(name) === undefined)
    .flatMap(({ name, title, find, readVersion }): readonly Stranger[] => {
      const found = find(probe);
      if (!found.present) return [];
      const { value: version } = versionOf({ packages: [name], ...(readVersion && { readVersion }) }, probe);
      return [{ manager: name, title, version, ...found }];
    });
}
