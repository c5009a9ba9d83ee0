/**
 * NetworkManager as oracle, of this machine or of a tree that test/setup-oracles.mjs unpacks: it runs in namespaces of its own,
 * on ten links e0 to e9, with these files alone.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

const script = `
set -u
mount --make-rprivate /
at=
if [ -n "$3" ]; then
  # written to nowhere: the tree may be another test's too. dbus-daemon wants to know its users
  at=$1/root; mkdir $at; mount -t tmpfs tmpfs $at; mkdir $at/upper $at/work $at/tree
  mount -t overlay overlay -o lowerdir=$3,upperdir=$at/upper,workdir=$at/work $at/tree
  at=$at/tree
  cp /etc/passwd /etc/group /etc/nsswitch.conf $at/etc/; [ -s $at/etc/machine-id ] || cp /etc/machine-id $at/etc/
  mount -t proc proc $at/proc; mount --bind /dev $at/dev
  dbus-daemon() { chroot $at dbus-daemon "$@"; }
  NetworkManager() { exec chroot $at NetworkManager "$@"; }
  nmcli() { chroot $at nmcli "$@"; }
fi
for folder in run etc/NetworkManager etc/network var/lib/NetworkManager; do
  mkdir -p $at/$folder; mount -t tmpfs tmpfs $at/$folder
done
mkdir -p $at/run/dbus $at/run/NetworkManager
cp /etc/resolv.conf $1/resolv; : >> $at/etc/resolv.conf; mount --bind $1/resolv $at/etc/resolv.conf
mount -t sysfs -o ro sysfs $at/sys
for folder in etc var; do [ ! -e $1/$folder ] || cp -a $1/$folder/. $at/$folder/; done
for number in 0 1 2 3 4 5 6 7 8 9; do
  ip link add e$number type veth peer name p$number; ip link set e$number up; ip link set p$number up
done
dbus-daemon --system --fork --nopidfile
NetworkManager --no-daemon > $1/log 2>&1 &
try=0
while [ $try -lt 60 ]; do
  sleep 0.4; try=$((try+1))
  state=$(nmcli -t -f DEVICE,STATE device 2> /dev/null)
  case $state in *e?:unavailable*) ;; *e9:*) break ;; esac
done
eval "$2"
`;

/**
 * The standard output of `command`, in the shell, once NetworkManager knows the links; null: it cannot be asked here. `root`: the
 * tree that it is taken from, by its path; '': this machine.
 */
export function askNetworkManager(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  command: string,
  root = '',
): string | null {
  const programs = ['/usr/sbin/NetworkManager', '/usr/bin/nmcli', '/usr/bin/dbus-daemon'].map((path) => root + path);
  const missing = programs.find((path) => !existsSync(path)) ?? (process.geteuid?.() === 0 ? null : 'root');
  if (missing !== null) {
    if (process.env['CI'] === 'true') assert.fail(`${missing} is missing`);
    context.diagnostic(`${missing} is missing: NetworkManager was not asked`);
    return null;
  }
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-nm-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      writeFileSync(join(work, path), text);
    }
    const namespaces = ['-n', '-m', '-u', '-p', '--fork', '--kill-child', '--mount-proc'];
    const { stdout, stderr } = spawnSync('unshare', [...namespaces, 'bash', '-c', script, 'ask', work, command, root], {
      encoding: 'utf8',
      timeout: 180_000,
    });
    assert.notEqual(stdout, '', stderr);
    return stdout;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
