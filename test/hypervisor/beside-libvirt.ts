/** A libvirtd of the tests' own, in namespaces that end with it, as a judge of domains and for scripts that talk to it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const missing = ['virsh', 'virt-xml-validate', 'libvirtd'].filter(
  (program) => !['/usr/bin', '/usr/sbin'].some((directory) => existsSync(join(directory, program))),
);

/** Else the test is skipped, or fails in CI. */
export function needsLibvirt(t: TestContext): boolean {
  if (missing.length === 0 && process.geteuid?.() === 0) return true;
  const why = missing.length === 0 ? 'needs root for namespaces' : `not installed: ${missing.join(', ')}`;
  if (process.env['CI'] === 'true') assert.fail(why);
  t.skip(why);
  return false;
}

const setUp = `
set -e
mount -t proc proc /proc
mount -t tmpfs none /run
mkdir -p /run/libvirt /run/lock
mount -t tmpfs none /var/lib/libvirt
mkdir -p /var/lib/libvirt/qemu
mount -t tmpfs none /etc/libvirt/qemu
ip link set lo up
/usr/sbin/virtlogd >/dev/null 2>&1 &
/usr/sbin/libvirtd >/dev/null 2>&1 &
tries=0
until virsh -c qemu:///system version >/dev/null 2>&1; do
  tries=$((tries + 1)); [ "$tries" -lt 150 ] || { echo "libvirtd did not start" >&2; exit 9; }
  sleep 0.2
done
set +e
`;

/** Runs a script beside a libvirtd, in process, mount and network namespaces that end with it. */
export function besideLibvirt(script: string): string {
  const args = ['-n', '-m', '-p', '--fork', '--kill-child', 'bash', '-c', `${setUp}\n${script}`];
  const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 120_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

export interface Verdicts {
  readonly schema: boolean;
  readonly common: boolean;
  readonly qemu: boolean;
}

/** What each layer says of each domain. */
export function judge(domains: readonly string[]): readonly Verdicts[] {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-libvirt-'));
  try {
    const script = domains.map((text, index) => {
      const file = join(directory, `${index}.xml`);
      writeFileSync(file, text);
      // The test driver reads domains of type test only.
      writeFileSync(join(directory, `${index}.test.xml`), text.replace(/<domain type='\w+'/, "<domain type='test'"));
      return `
virt-xml-validate ${file} domain >/dev/null 2>&1; a=$?
virsh -c test:///default define ${directory}/${index}.test.xml >/dev/null 2>&1; b=$?
virsh -c qemu:///system define ${file} >/dev/null 2>&1; c=$?
virsh -c qemu:///system undefine vm-01 >/dev/null 2>&1
echo "$a $b $c"`;
    });
    const lines = besideLibvirt(`${script.join('\n')}\nexit 0`)
      .trim()
      .split('\n');
    assert.equal(lines.length, domains.length);
    return lines.map((line) => {
      const [schema, common, qemu] = line.split(' ').map((status) => status === '0');
      return { schema: schema === true, common: common === true, qemu: qemu === true };
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
