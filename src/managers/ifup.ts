/**
 * Whose `ifup` is it? Seven programs have that name, and each reads other files. Told by their own files: ifupdown 0.8.41,
 * ifupdown2 3.0.0 and ifupdown-ng 0.11.4 as Debian packages them; RHEL's and SUSE's from initscripts' and wicked's own build files.
 */
import { osReleaseNames, readOsRelease } from '../text/os-release.ts';
import type { Answer, Probe } from './probe.ts';

export type IfupKind =
  | 'ifupdown' // Debian's
  | 'ifupdown2'
  | 'ifupdown-ng'
  | 'busybox'
  | 'network-scripts' // RHEL's, of initscripts
  | 'wicked'
  | 'networkmanager'; // a wrapper around nmcli, of NetworkManager-initscripts-updown

const programs = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'].map((directory) => `${directory}/ifup`);

/** By the link that it is; the first that fits. */
const byTarget: readonly (readonly [pattern: RegExp, kind: IfupKind])[] = [
  [/ifupdown2/, 'ifupdown2'],
  [/(?:^|\/)ifupdown$/, 'ifupdown-ng'],
  [/(?:^|\/)busybox$/, 'busybox'],
  [/(?:^|\/)nm-ifup$/, 'networkmanager'],
  [/wicked/, 'wicked'],
  [/network-scripts/, 'network-scripts'],
];

/** By what it comes with. */
const byFile: readonly (readonly [path: string, kind: IfupKind])[] = [
  ['/usr/share/ifupdown2/ifupdown2', 'ifupdown2'],
  ['/usr/share/ifupdown2/__main__.py', 'ifupdown2'],
  ['/usr/libexec/ifupdown-ng', 'ifupdown-ng'],
  ['/usr/sbin/wicked', 'wicked'],
  ['/sbin/wicked', 'wicked'],
  ['/etc/rc.d/init.d/network', 'network-scripts'],
  ['/etc/sysconfig/network-scripts', 'network-scripts'],
  ['/usr/lib/ifupdown', 'ifupdown'],
  ['/lib/ifupdown', 'ifupdown'],
];

/** Null: there is none. Undefined: there is one, and nothing tells whose. */
export function tellIfup(probe: Probe): Answer<IfupKind | null> {
  const program = probe.first(programs);
  if (program === null) return { value: null, evidence: 'no ifup' };
  const target = probe.readlink(program);
  const linked = target === null ? undefined : byTarget.find(([pattern]) => pattern.test(target));
  if (linked !== undefined) return { value: linked[1], evidence: `${program} is a link to ${target}` };
  const file = byFile.find(([path]) => probe.first([path]) !== null);
  if (file !== undefined) return { value: file[1], evidence: `${program}, with ${file[0]}` };
  // a small Debian image may have lost the rest; elsewhere nothing says that it is Debian's
  if (!isOfAnotherFamily(probe)) return { value: 'ifupdown', evidence: program };
  return { value: undefined, evidence: `${program}, and nothing that tells whose it is` };
}

/** os-release(5) names a distribution, and none of Debian's family. */
export function isOfAnotherFamily(probe: Probe): boolean {
  const names = osReleaseNames(readOsRelease(probe.read));
  return names.length > 0 && !names.some((name) => /debian|ubuntu|devuan/.test(name));
}
