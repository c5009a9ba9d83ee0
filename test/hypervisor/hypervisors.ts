/**
 * QEMU and libvirt in three releases: this machine's (Debian 12: 7.2 and 9.0), and those of the trees that
 * `node test/setup-oracles.mjs hypervisor hypervisor-sid` makes (Debian 13: 10.0 and 11.3; sid: 11 and 12).
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Hypervisor {
  readonly name: string;
  /** Its tree; null: this machine. */
  readonly root: string | null;
}

/** Those that are here. `skip` is told which trees are missing. */
export function findHypervisors(skip: (line: string) => void): readonly Hypervisor[] {
  const place = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');
  const trees = ['hypervisor', 'hypervisor-sid'].filter((name) => {
    const isThere = existsSync(join(place, name, 'usr/sbin/libvirtd'));
    if (!isThere) skip(`no ${join(place, name)}: 'node test/setup-oracles.mjs ${name}' makes it`);
    return isThere;
  });
  return [
    { name: 'this machine', root: null },
    ...trees.map((name): Hypervisor => ({ name, root: join(place, name) })),
  ];
}

/** QEMU's command: of a tree by its own loader and libraries. */
export function emulatorOf({ root }: Hypervisor): readonly string[] {
  if (root === null) return ['qemu-system-x86_64'];
  const usr = join(root, 'usr');
  return [
    [join(usr, 'lib64/ld-linux-x86-64.so.2'), '--library-path', join(usr, 'lib/x86_64-linux-gnu')],
    [join(usr, 'bin/qemu-system-x86_64'), '-L', join(usr, 'share/qemu'), '-L', join(usr, 'share/seabios')],
  ].flat();
}

export function versionOf(hypervisor: Hypervisor): string {
  const [program = '', ...words] = [...emulatorOf(hypervisor), '--version'];
  const { stdout } = spawnSync(program, words, { encoding: 'utf8' });
  return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

/**
 * Does QEMU start a q35 machine with these devices? Null: it does (it is ended after a moment, before the guest runs), else
 * its complaint.
 */
export function startDevices(hypervisor: Hypervisor, devices: readonly string[]): string | null {
  const [program = '', ...words] = [
    ...emulatorOf(hypervisor),
    '-M',
    'q35,accel=tcg',
    '-m',
    '64',
    '-nodefaults',
    '-display',
    'none',
    '-S',
    ...devices.flatMap((device) => ['-device', device]),
    // It answers and ends when it has made its devices.
    '-qmp',
    'stdio',
  ];
  const input = '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n';
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8', input, timeout: 60_000 });
  return status === 0 ? null : stderr.trim();
}

/** What the QEMU driver of a libvirt says of each domain when it is defined: null where it accepts it. */
export function defineDomains({ root }: Hypervisor, domains: readonly string[]): readonly (string | null)[] {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-libvirt-'));
  try {
    domains.forEach((text, index) => writeFileSync(join(directory, `${index}.xml`), text));
    const inside = `
virtlogd --daemon >/dev/null 2>&1
libvirtd --daemon >/dev/null 2>&1
tries=0
until virsh -c qemu:///system version >/dev/null 2>&1; do
  tries=$((tries + 1)); [ "$tries" -lt 300 ] || { echo "libvirtd did not start" >&2; exit 9; }
  sleep 0.2
done
for index in $(seq 0 ${domains.length - 1}); do
  printf '%s ' "$index"
  virsh -c qemu:///system define "/mnt/$index.xml" 2>&1 | tr '\\n' ' '
  virsh -c qemu:///system undefine vm-01 >/dev/null 2>&1
  echo
done`;
    const at = root ?? '';
    const outside = `
set -e
${root === null ? '' : `mount --rbind /dev ${at}/dev`}
mount -t proc proc ${at}/proc
for place in run var/lib/libvirt etc/libvirt/qemu var/log/libvirt; do
  [ -d "${at}/$place" ] || continue
  mount -t tmpfs none "${at}/$place"
done
mkdir -p ${at}/run/libvirt ${at}/run/lock ${at}/var/lib/libvirt/qemu
mount --bind ${directory} ${at}/mnt
ip link set lo up
exec ${root === null ? '' : `chroot ${at}`} /bin/sh -c '${inside.replaceAll("'", "'\\''")}'`;
    const args = ['-n', '-m', '-p', '--fork', '--kill-child', 'bash', '-c', outside];
    const { status, stdout, stderr } = spawnSync('unshare', args, {
      encoding: 'utf8',
      timeout: 180_000,
      env: { ...process.env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    });
    assert.equal(status, 0, stderr);
    const answers = new Map(
      [...stdout.matchAll(/^(\d+) (.*)$/gm)].map(([, index, text = '']) => [Number(index), text.trim()]),
    );
    return domains.map((_, index) => {
      const answer = answers.get(index) ?? 'no answer';
      return /^Domain .* defined/.test(answer) ? null : answer;
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
