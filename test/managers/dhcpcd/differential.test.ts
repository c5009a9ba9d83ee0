/**
 * dhcpcd 10.1 of Debian 13 as the judge: for each configuration it is started on links of a namespace of its own, and its log
 * says on which it asks by DHCP and on which it does IPv6. Then with the guard: a link that comes later, as udev lets it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeDhcpcd } from '../../../src/managers/dhcpcd/manager.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master } from '../guest.ts';
import { trixie } from '../namespace.ts';

const skip =
  process.geteuid?.() !== 0
    ? 'not root: no namespaces can be made'
    : existsSync(`${trixie}/usr/sbin/dhcpcd`)
      ? false
      : `${trixie}/usr/sbin/dhcpcd is missing (node test/setup-oracles.mjs makes it)`;

const names = ['ens10', 'ens10nsby', 'ens11', 'eth0'];

const questions: readonly { readonly config: string; readonly args?: readonly string[] }[] = [
  { config: 'hostname\n' },
  { config: 'denyinterfaces *nsby, ens11\n' },
  { config: 'allowinterfaces ens1?\n' },
  { config: 'allowinterfaces ens1*\ndenyinterfaces ens10\n' },
  { config: 'interface ens10\ndenyinterfaces ens11\n' },
  { config: 'hostname\n', args: ['ens10', 'eth0'] },
  { config: 'hostname\n', args: ['-Z', 'ens11', '--allowinterfaces=ens1*'] },
  { config: 'interface ens11\nnoipv4\nnoipv6\ninterface ens10nsby\nnodhcp\ninterface eth0\nipv6only\n' },
  { config: 'ipv4only\ninterface ens10\nipv6\ninterface ens11\nnodhcp\n' },
  { config: 'interface ens11 # x\nstatic ip_address=192.0.2.5/24\n; y\ninterface ens10\n  noipv4 # z\n' },
];

/** Each dhcpcd in namespaces of its own, all at once, until its log stands still. Without the plugin for udev, which is not there. */
const script = `
work=$1 root=$2
for directory in $work/*/; do
  unshare -n -m -p --fork --kill-child sh -c '
    work=$1 root=$2
    mount --make-rprivate /
    mount -t tmpfs tmpfs $root/run; mkdir -p $root/run/dhcpcd
    mount -t tmpfs tmpfs $root/var/lib/dhcpcd
    mount -t proc proc $root/proc; mount -t sysfs sysfs $root/sys; mount --bind /dev $root/dev
    for name in $3; do ip link add $name type veth peer name p-$name; ip link set p-$name up; done
    cp $work/config $root/run/c.conf
    chroot $root /usr/sbin/dhcpcd -d -B --nodev -f /run/c.conf $(cat $work/args) >$work/log 2>&1 &
    tries=0
    while [ $tries -lt 300 ]; do
      missing=
      for name in $(cat $work/active); do grep -q "^$name: carrier acquired" $work/log || missing=1; done
      [ -n "$missing" ] || break
      sleep 0.1; tries=$((tries+1))
    done
    before= now=$(wc -c <$work/log)
    while [ "$now" != "$before" ]; do before=$now; sleep 2; now=$(wc -c <$work/log); done
  ' sh "$directory" "$root" "${names.join(' ')}" </dev/null &
done
wait
`;

function askDhcpcd(): readonly string[] {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-dhcpcd-'));
  try {
    questions.forEach(({ config, args = [] }, index) => {
      const directory = join(work, String(index));
      mkdirSync(directory);
      writeFileSync(join(directory, 'config'), `nodelay\n${config}`);
      writeFileSync(join(directory, 'args'), args.join(' '));
      const active = expectedOf(index).filter((one) => one.active);
      writeFileSync(join(directory, 'active'), active.map(({ name }) => name).join(' '));
      writeFileSync(join(directory, 'log'), '');
    });
    const { stderr } = spawnSync('sh', ['-c', script, 'sh', work, trixie], { encoding: 'utf8', timeout: 300_000 });
    return questions.map((_, index) => readFileSync(join(work, String(index), 'log'), 'utf8') || stderr);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Expected {
  readonly name: string;
  /** It is not excluded, whatever is done to it. */
  readonly active: boolean;
  readonly four: 'dhcp' | 'static' | null;
  readonly six: boolean;
}

function expectedOf(index: number): readonly Expected[] {
  const { config, args } = questions[index] ?? { config: '' };
  const unit = `[Service]\nExecStart=/usr/sbin/dhcpcd ${args?.join(' ') ?? ''}\n`;
  const files = [configFile('/etc/dhcpcd.conf', config), configFile('/usr/lib/systemd/system/dhcpcd.service', unit)];
  const guest = assumedGuest(
    257,
    names.map((name) => ({ ...master, name })),
  );
  return judgeDhcpcd(files, guest).decisions.map(({ link, winners }) => {
    const kinds = new Set(winners.flatMap(({ effects }) => effects.map(({ kind }) => kind)));
    const isLeft = winners.some(({ reason }) => reason.startsWith('its options'));
    return {
      name: link.name,
      active: !kinds.has('unmanaged') || isLeft,
      four: kinds.has('dhcp4') ? 'dhcp' : kinds.has('address') ? 'static' : null,
      six: kinds.has('link-local6'),
    };
  });
}

test('dhcpcd does to each link what is said of it', { skip }, () => {
  askDhcpcd().forEach((log, index) => {
    const seen = names.map((name) => {
      const has = (text: string) => log.includes(`\n${name}: ${text}`);
      const asks = has('soliciting a DHCP lease');
      const fixed =
        has('probing address') ||
        has('probing for an IPv4LL address') ||
        has('using static address') ||
        has('adding IP address 192.0.2.5');
      return {
        name,
        active: has('carrier acquired'),
        four: asks ? 'dhcp' : fixed ? 'static' : null,
        six: has('adding address fe80'),
      };
    });
    assert.deepEqual(seen, expectedOf(index), `${questions[index]?.config ?? ''}\n${log}`);
  });
});

/** udevd with the rules that are shipped, but for who is a slave: that is said by name here. No device is made in this /dev. */
const later = `
set -u
work=$1 root=$2
mount --make-rprivate /
for directory in run var/lib/dhcpcd dev usr/local/lib usr/lib/udev/rules.d etc/udev/rules.d; do
  mkdir -p $root/$directory; mount -t tmpfs tmpfs $root/$directory
done
mkdir -p $root/run/dhcpcd $root/run/udev $root/usr/local/lib/failoverctl
mount -t proc proc $root/proc; mount -t sysfs sysfs $root/sys
mknod $root/dev/null c 1 3; mknod $root/dev/random c 1 8; mknod $root/dev/urandom c 1 9; chmod 666 $root/dev/*
cp $work/dhcpcd-slaves $root/usr/local/lib/failoverctl/
cp $work/*.rules $root/etc/udev/rules.d/
mount --bind $work/config $root/etc/dhcpcd.conf
chroot $root /usr/lib/systemd/systemd-udevd >$work/udev 2>&1 &
tries=0
while [ ! -e $root/run/udev/control ] && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries+1)); done
add() { ip link add $1 type veth peer name p-$1; ip link set p-$1 up; }
add ens12
chroot $root udevadm settle
chroot $root /usr/local/lib/failoverctl/dhcpcd-slaves compose
chroot $root /usr/sbin/dhcpcd -d -B -f /run/net-failover/dhcpcd.conf >$work/log 2>&1 &
wait_for() {
  tries=0
  while ! grep -q "$1" $work/log && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries+1)); done
}
wait_for 'ens12: carrier acquired'
# One after the other: a link that reads the file while the other's block is written would find another time later.
add ens11
wait_for 'ens11: carrier acquired'
add eth0
wait_for 'eth0: soliciting a DHCP'
sleep 2
chroot $root /usr/local/lib/failoverctl/dhcpcd-slaves forget ens11
wait_for 'ens11: soliciting a DHCP'
`;

test('slaves are left alone, also one that comes later, until they are none any more', { skip }, () => {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-dhcpcd-'));
  try {
    writeFileSync(join(work, 'config'), 'nodelay\ndenyinterfaces p-*\nnodev\n');
    writeFileSync(join(work, '92-roles.rules'), 'KERNEL=="ens11|ens12", ENV{ID_NET_FAILOVER}="primary"\n');
    for (const name of ['dhcpcd-slaves', '93-net-failover-dhcpcd.rules'])
      copyFileSync(`hooks/dhcpcd/${name}`, join(work, name));
    const namespaces = ['-n', '-m', '-p', '--fork', '--kill-child'];
    const { stderr } = spawnSync('unshare', [...namespaces, 'sh', '-c', later, 'sh', work, trixie], {
      encoding: 'utf8',
      timeout: 300_000,
    });
    const log = readFileSync(join(work, 'log'), 'utf8');
    const [guarded = '', forgotten = ''] = log.split('control command: dhcpcd -n');
    assert.match(guarded, /eth0: soliciting a DHCP lease/, log + stderr);
    for (const slave of ['ens11', 'ens12']) {
      assert.match(guarded, new RegExp(`${slave}: carrier acquired`), log);
      assert.doesNotMatch(guarded, new RegExp(`${slave}: (?:soliciting|sending|adding|IAID)`), log);
    }
    assert.match(forgotten, /ens11: soliciting a DHCP lease/, log);
    assert.doesNotMatch(log, /expiring leases/);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
