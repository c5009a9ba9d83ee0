/**
 * Which versions the releases of distributions have, as far as somebody has looked. Debian: the
 * lists of packages of its mirrors, November 2026; systemd also what `udevadm --version` says in the trees of
 * test/setup-oracles.mjs. Ubuntu: packages.ubuntu.com, netplan.io and network-manager of jammy-updates, noble and noble-updates;
 * systemd 249 in 22.04: root.cz's article on the release; 255 in 24.04: launchpad.net, systemd 255-1ubuntu1 of noble. RHEL 9: systemd 252 since 9.2 (systemd/systemd-centos-ci#588); its
 * NetworkManager differs from one minor release to the next.
 */
import { nearestWord } from '../text/nearest.ts';
import type { HostFacts } from '../topology/guest.ts';

/** The facts of a host that a release decides. */
export type TargetFacts = Partial<
  Pick<
    HostFacts,
    'systemdVersion' | 'netplanVersion' | 'networkManagerVersion' | 'ifupdownVersion' | 'cloudInitVersion'
  >
>;

/** systemd, netplan, NetworkManager, ifupdown, cloud-init; `-`: not known, or not of the distribution. */
const releases: Readonly<Record<string, string>> = {
  debian11: '247 0.101 1.30.6 0.8.36 20.4.1',
  debian12: '252 0.106 1.42.4 0.8.41 22.4.2',
  debian13: '257 1.1.2 1.52.1 0.8.44 25.1.4',
  'debian-sid': '262 1.2.2 1.58.1 0.8.45 26.2',
  'ubuntu22.04': '249 0.107.1 - - -',
  'ubuntu24.04': '255 1.1.2 1.46.0 - -',
  rhel9: '252 - - - -',
};

/** What `--target` calls the programs. */
const programs = {
  systemd: 'systemdVersion',
  netplan: 'netplanVersion',
  networkmanager: 'networkManagerVersion',
  ifupdown: 'ifupdownVersion',
  'cloud-init': 'cloudInitVersion',
} as const;

export const releaseNames: readonly string[] = Object.keys(releases);

/** `debian12`, or `systemd=262,netplan=1.1`, which may follow a release. A message for what is neither. */
export function parseTarget(text: string): TargetFacts | { readonly problem: string } {
  const facts: TargetFacts = {};
  for (const part of text.split(',')) {
    const [name = '', version] = part.split(/=(.*)/s);
    const release = Object.hasOwn(releases, part) ? releases[part] : undefined;
    const field = Object.hasOwn(programs, name) ? programs[name as keyof typeof programs] : undefined;
    if (release !== undefined) Object.assign(facts, factsOf(release));
    else if (version === undefined) return { problem: `'${part}' is no release${suggest(part)}` };
    else if (field === undefined)
      return { problem: `'${name}' is no program: expected one of ${Object.keys(programs).join(', ')}` };
    else if (!/^\d+(?:\.[\w.~+-]+)?$/.test(version))
      return { problem: `'${version}' is no version of ${name}: expected a number` };
    else Object.assign(facts, factOf(field, version));
  }
  return facts;
}

/** What is not known of the release is unknown, and not what the tree has now. */
function factsOf(release: string): TargetFacts {
  const versions = release.split(' ');
  return Object.values(programs).reduce<TargetFacts>((facts, field, index) => {
    const version = versions[index];
    return Object.assign(
      facts,
      version === undefined || version === '-' ? { [field]: undefined } : factOf(field, version),
    );
  }, {});
}

function factOf(field: keyof TargetFacts, version: string): TargetFacts {
  return field === 'systemdVersion' ? { systemdVersion: Number.parseInt(version, 10) } : { [field]: version };
}

function suggest(name: string): string {
  const meant = nearestWord(name, releaseNames);
  if (meant !== null) return `: did you mean '${meant}'?`;
  return `: expected one of ${releaseNames.join(', ')}, or systemd=262`;
}
