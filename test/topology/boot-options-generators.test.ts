/**
 * What reads the kernel's command line in an initramfs is asked what it makes of each form: systemd-network-generator of 252, 257 and
 * 262, nm-initrd-generator of 1.42, 1.52 and 1.58. It writes files that name a link, a MAC, or neither.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findNetworkOption } from '../../src/topology/boot-options.ts';
import { sid, trixie } from '../managers/namespace.ts';

const mac = '52-54-00-00-12-53';

const lines = [
  'quiet',
  'ip=dhcp',
  'ip=any',
  'ip=link-local',
  'ip=auto6',
  'ip=off',
  'ip=dhcp,dhcp6',
  'ip=single-dhcp',
  'ip=::::guest::dhcp',
  'ip=192.0.2.10::192.0.2.1:255.255.255.0:guest::none',
  'ip=192.0.2.10::192.0.2.1:255.255.255.0:guest:lan0:none',
  'ip=lan0:dhcp',
  'ip=:::::lan0:dhcp',
  `ip=${mac}:dhcp`,
  `ip=BOOTIF:dhcp BOOTIF=01-${mac}`,
  `BOOTIF=01-${mac}`,
  `ip=lan0:dhcp ifname=lan0:${mac.replaceAll('-', ':')}`,
  'bridge=br0:lan0 ip=br0:dhcp',
  'vlan=lan0.5:lan0 ip=lan0.5:dhcp',
];

type Takes = 'any' | 'mac' | 'named' | 'ra';

/** By the sections that tell which link a file or profile is for. */
function readUnits(text: string): ReadonlySet<Takes> {
  const taken = new Set<Takes>();
  for (const unit of text.split(/^== /m).slice(1)) {
    if (/^MACAddress=/m.test(unit)) taken.add('mac');
    else if (/^Name=(?!\S+\n\[Link\]\n)/m.test(unit)) taken.add('named');
    else if (/^Kind=!\*$/m.test(unit) && /^(?:DHCP=(?:yes|ipv[46])|Address=|LinkLocalAddressing=yes)/m.test(unit))
      taken.add('any');
    // router advertisements; 252 leaves them on with ip=off too, as the kernel does without any file
    else if (/^Kind=!\*$/m.test(unit) && !/^IPv6AcceptRA=no/m.test(unit)) taken.add('ra');
  }
  return taken;
}

function readProfiles(text: string): ReadonlySet<Takes> {
  const taken = new Set<Takes>();
  for (const profile of text.split(/^\*\*\* Connection /m).slice(1)) {
    const isIdle =
      /^\[ipv4\]\n(?:(?!\[)[^\n]*\n)*method=disabled/m.test(profile) &&
      /^\[ipv6\]\n(?:(?!\[)[^\n]*\n)*method=disabled/m.test(profile);
    if (/^mac-address=/m.test(profile)) taken.add('mac');
    else if (/^interface-name=/m.test(profile)) taken.add('named');
    else if (!isIdle) taken.add('any');
  }
  return taken;
}

interface Generator {
  readonly root: string;
  readonly program: string;
  readonly read: (text: string) => ReadonlySet<Takes>;
  readonly script: string;
}

const trees = ['', trixie, sid];
const systemd = '/usr/lib/systemd/systemd-network-generator';
const script = `mount --make-rprivate /; mount -t tmpfs tmpfs "$1/run"; program=$2; root=$1; shift 2
if [ -n "$root" ]; then chroot "$root" "$program" -- "$@"; else "$program" -- "$@"; fi
cd "$root/run/systemd/network" 2>/dev/null || exit 0
for file in *; do [ -f "$file" ] || continue; echo "== $file"; cat "$file"; done`;
const networkManager = (tree: string) =>
  ['/usr/lib/NetworkManager/nm-initrd-generator', '/usr/libexec/nm-initrd-generator'].find((path) =>
    existsSync(tree + path),
  ) ?? '';

const generators: readonly Generator[] = [
  ...trees.map((root) => ({ root, program: existsSync(root + systemd) ? systemd : '', read: readUnits, script })),
  ...['', `${trixie}-network`, `${sid}-network`].map((root) => ({
    root,
    program: networkManager(root),
    read: readProfiles,
    script: `program=$2; root=$1; shift 2
if [ -n "$root" ]; then chroot "$root" "$program" -s -- "$@"; else "$program" -s -- "$@"; fi`,
  })),
];

/** Forms that are one program's own, which the other family does not know. */
const unknownTo = (line: string, isSystemd: boolean) =>
  isSystemd ? /BOOTIF|,dhcp6|single-dhcp|ip=52-|bridge=|vlan=/.test(line) : false;

const skip =
  process.geteuid?.() !== 0
    ? 'not root: no namespaces can be made'
    : generators.every(({ program }) => program !== '')
      ? false
      : 'generators are missing (node test/setup-oracles.mjs makes their trees)';

test('what takes any link, or one by its MAC, is found; a link that is named is left alone', { skip }, () => {
  for (const { root, program, script: run, read } of generators) {
    const isSystemd = program === systemd;
    for (const line of lines.filter((one) => !unknownTo(one, isSystemd))) {
      if (isSystemd && root === '' && line === 'ip=link-local') continue; // not known to 252
      const words = line.split(' ');
      const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', run, 'sh', root, program, ...words], {
        encoding: 'utf8',
      });
      const taken = read(stdout);
      const found = findNetworkOption(line)?.takes ?? null;
      const which = `${join(root, program)}: ${line}\n${stdout}`;
      if (found === null) assert.ok(!taken.has('any') && !taken.has('mac'), which);
      // 1.58 takes BOOTIF in ip= for a name; what a MAC is for before is told all the same
      else if (!/ip=BOOTIF|ifname=/.test(line))
        assert.ok(found === 'any' ? taken.has('any') || taken.has('ra') : taken.has('mac'), which);
    }
  }
});

test('BOOTIF alone: 257 and before write nothing, 262 a file by MAC', { skip }, () => {
  const counts = trees.map((root) => {
    const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', root, systemd, `BOOTIF=01-${mac}`], {
      encoding: 'utf8',
    });
    return readUnits(stdout).has('mac');
  });
  assert.deepEqual(counts, [false, false, true]);
});
