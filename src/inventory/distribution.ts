/** What kind of system a tree is: whose, what starts its services, how /usr lies, and whether /usr comes with an image. */
import { osReleaseField, osReleaseNames, osReleasePaths } from '../text/os-release.ts';
import type { Answer, Probe } from '../managers/probe.ts';

export type Family = 'debian' | 'rhel' | 'suse' | 'alpine' | 'arch' | 'gentoo' | 'void';
export type Init = 'systemd' | 'openrc' | 'sysvinit' | 'runit' | 'none';
export type ImageKind = 'ostree' | 'bootc' | 'flatcar';

export interface Distribution {
  /** os-release(5), ID. */
  readonly id: Answer<string>;
  readonly family: Answer<Family>;
  readonly init: Answer<Init>;
  readonly usrMerged: Answer<boolean>;
  /** Null: packages are installed into it. */
  readonly image: Answer<ImageKind | null>;
}

export function readDistribution(probe: Probe): Distribution {
  const release = readRelease(probe);
  return {
    id: release.id,
    family: findFamily(release),
    init: findInit(probe),
    usrMerged: findMerge(probe),
    image: findImage(probe, release),
  };
}

interface Release {
  readonly id: Answer<string>;
  /** ID first, then those that it is like, the nearest first. */
  readonly words: readonly string[];
  readonly path: string;
}

/** The first that is there counts. */
function readRelease(probe: Probe): Release {
  const path = osReleasePaths.find((one) => probe.read(one) !== null);
  if (path === undefined) return { id: { value: undefined, evidence: 'no os-release' }, words: [], path: 'os-release' };
  const text = probe.read(path) ?? '';
  const id = osReleaseField(text, 'ID') ?? '';
  // without ID it is "linux", says the man page
  const evidence = id === '' ? `${path} has no ID` : `${path}: ID=${id}`;
  return { id: { value: id === '' ? undefined : id, evidence }, words: osReleaseNames(text), path };
}

/** IDs by the os-release files of the distributions themselves, and of their derivatives by ID_LIKE. */
const families: Readonly<Record<Family, RegExp>> = {
  debian: /^(?:debian|ubuntu|devuan)$/,
  rhel: /^(?:rhel|fedora|centos)$/,
  suse: /^(?:suse|sles|opensuse.*)$/,
  alpine: /^alpine$/,
  arch: /^arch$/,
  gentoo: /^gentoo$/,
  void: /^void$/,
};

function findFamily({ words, path, id }: Release): Answer<Family> {
  for (const word of words)
    for (const [family, pattern] of Object.entries(families) as readonly (readonly [Family, RegExp])[])
      if (pattern.test(word)) return { value: family, evidence: `${path}: ${word}` };
  return { value: undefined, evidence: words.length === 0 ? id.evidence : `${path}: ${words.join(' ')}` };
}

const inits: readonly (readonly [init: Init, paths: readonly string[]])[] = [
  ['systemd', ['/usr/lib/systemd/systemd', '/lib/systemd/systemd']],
  ['openrc', ['/sbin/openrc', '/usr/sbin/openrc', '/usr/bin/openrc', '/sbin/openrc-init']],
  ['runit', ['/usr/bin/runit-init', '/usr/sbin/runit-init', '/sbin/runit-init']],
  ['sysvinit', ['/etc/inittab']],
];

/** What /sbin/init is a link to counts before what is merely there: Debian has several side by side. */
function findInit(probe: Probe): Answer<Init> {
  const program = ['/sbin/init', '/usr/sbin/init', '/usr/bin/init'].find(
    (path) => probe.first([path]) !== null || probe.readlink(path) !== null,
  );
  const target = program === undefined ? null : probe.readlink(program);
  if (program !== undefined && target !== null) {
    const word = ['systemd', 'openrc', 'runit'].find((name) => target.includes(name));
    if (word !== undefined) return { value: word as Init, evidence: `${program} is a link to ${target}` };
  }
  const there = inits.flatMap(([init, paths]) => {
    const path = probe.first(paths);
    return path === null ? [] : [{ init, path }];
  });
  const [first] = there;
  if (first !== undefined) {
    // OpenRC and runit may be started by sysvinit's or busybox's init, which has /etc/inittab
    const rivals = there.filter(({ init }) => init !== 'sysvinit');
    const evidence = there.map(({ path }) => path).join(' and ');
    return { value: rivals.length > 1 ? undefined : first.init, evidence };
  }
  if (program !== undefined) return { value: undefined, evidence: `${program}, and nothing that tells which` };
  return { value: 'none', evidence: 'no init' };
}

function findMerge(probe: Probe): Answer<boolean> {
  const target = probe.readlink('/bin');
  if (target !== null) return { value: /^\/?usr\/bin$/.test(target), evidence: `/bin is a link to ${target}` };
  const isThere = probe.first(['/bin']) !== null;
  return isThere ? { value: false, evidence: '/bin is a directory' } : { value: undefined, evidence: 'no /bin' };
}

/** ostree's own layout, bootc's directory for arguments and its program, Flatcar's ID. */
function findImage(probe: Probe, { words, path }: Release): Answer<ImageKind | null> {
  if (words[0] === 'flatcar') return { value: 'flatcar', evidence: `${path}: ID=flatcar` };
  const bootc = probe.first(['/usr/lib/bootc', '/usr/bin/bootc']);
  const ostree = probe.first([
    '/run/ostree-booted',
    '/sysroot/ostree',
    '/ostree/repo',
    '/usr/lib/ostree/prepare-root.conf',
  ]);
  if (bootc !== null) return { value: 'bootc', evidence: bootc };
  if (ostree !== null) return { value: 'ostree', evidence: ostree };
  const isThere = probe.first(['/usr']) !== null;
  return { value: isThere ? null : undefined, evidence: isThere ? 'no sign of ostree, bootc or Flatcar' : 'no /usr' };
}
