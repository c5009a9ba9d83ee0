/** NetworkManager of this machine as oracle: it runs in namespaces of its own, on ten links e0 to e9, with these files alone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

const script = `
set -u
mount --make-rprivate /
for at in /run /etc/NetworkManager /etc/network /var/lib/NetworkManager; do mkdir -p $at; mount -t tmpfs tmpfs $at; done
mkdir -p /run/dbus /run/NetworkManager
cp /etc/resolv.conf $1/resolv; mount --bind $1/resolv /etc/resolv.conf
mount -t sysfs -o ro sysfs /sys
cp -a $1/etc/. /etc/
for at in 0 1 2 3 4 5 6 7 8 9; do
  ip link add e$at type veth peer name p$at; ip link set e$at up; ip link set p$at up
done
dbus-daemon --system --fork --nopidfile
NetworkManager --no-daemon > $1/log 2>&1 &
try=0
while [ $try -lt 20 ]; do
  sleep 0.4; try=$((try+1))
  state=$(nmcli -t -f DEVICE,STATE device 2> /dev/null)
  case $state in *e?:unavailable*) ;; *e9:*) break ;; esac
done
eval "$2"
`;

/** The standard output of `command`, in the shell, once NetworkManager knows the links; null: it cannot be asked here. */
export function askNetworkManager(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  command: string,
): string | null {
  const programs = ['/usr/sbin/NetworkManager', '/usr/bin/nmcli', '/usr/bin/dbus-daemon'];
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
    const { stdout, stderr } = spawnSync('unshare', [...namespaces, 'bash', '-c', script, 'ask', work, command], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.notEqual(stdout, '', stderr);
    return stdout;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
