import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isStanzaName } from '../../../src/managers/link-names.ts';
import { renderIfupdown, stanzaPath } from '../../../src/managers/ifupdown/render.ts';
import { topOf } from '../../../src/managers/master-config.ts';
import { allConfigs, dhcp, ens10, ens12, fileAt, fixed, settings, stackConfigs } from '../master-configs.ts';
import type { MasterConfig } from '../../../src/managers/master-config.ts';

const missing = existsSync('/usr/sbin/ifquery') || existsSync('/sbin/ifquery') ? false : 'ifupdown is not installed';
const stanzasOf = (config: MasterConfig): string => settings(fileAt(renderIfupdown(config), stanzaPath));

/** Runs a program of ifupdown on stanzas. */
function ask(
  stanzas: string,
  program: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly out: string } {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-ifupdown-'));
  try {
    const file = join(directory, 'interfaces');
    writeFileSync(file, `${stanzas}\n`);
    const { status, stdout, stderr } = spawnSync(program, ['-i', file, `--state-dir=${directory}`, ...args], {
      encoding: 'utf8',
    });
    return { status, out: stdout + stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const noRa =
  'pre-up [ ! -e "/proc/sys/net/ipv6/conf/$IFACE/accept_ra" ] || echo 0 >"/proc/sys/net/ipv6/conf/$IFACE/accept_ra"';

test('DHCP on the master, brought up at boot and when it comes', () => {
  assert.equal(stanzasOf(dhcp), `auto ens10\nallow-hotplug ens10\n\niface ens10 inet dhcp\n    ${noRa}`);
});

test('static addresses, a stanza for each', () => {
  assert.equal(
    stanzasOf(fixed),
    `auto ens10
allow-hotplug ens10

iface ens10 inet static
    address 192.0.2.5/24
    gateway 192.0.2.1
    metric 50
    dns-nameservers 192.0.2.53 2001:db8::53
    pre-up ip link set dev "$IFACE" mtu 1400

iface ens10 inet static
    address 198.51.100.5/24

iface ens10 inet6 static
    address 2001:db8::5/64
    gateway 2001:db8::1
    metric 50
    accept_ra 0`,
  );
});

test('any guest has one logical interface, and what starts it for each master', () => {
  const files = renderIfupdown({ ...dhcp, masters: null });
  assert.equal(settings(fileAt(files, stanzaPath)), `iface net-failover inet dhcp\n    ${noRa}`);
  const unit = fileAt(files, '/etc/systemd/system/net-failover-ifup@.service').text;
  assert.match(unit, /^ExecStart=\/sbin\/ifup %i=net-failover$/m);
  assert.match(fileAt(files, '/etc/udev/rules.d/93-net-failover-ifup.rules').text, /net-failover-ifup@\$name\.service/);
  assert.ok(!renderIfupdown(dhcp).some(({ path }) => path.includes('net-failover-ifup')));
});

test('the hook has a name that run-parts takes, and can be run', () => {
  const hook = fileAt(renderIfupdown(dhcp), '/etc/network/if-pre-up.d/net-failover');
  assert.equal(hook.mode, 0o755);
  assert.match(hook.path.split('/').at(-1) ?? '', /^[A-Za-z0-9_-]+$/);
  assert.match(hook.text, /^#!\/bin\/sh\n#[^]*?\n# From: failoverctl generate something\n\n/);
});

test('a name that interfaces(5) would read as something else is told', () => {
  for (const name of ['ens10', 'eth0', 'enp1s0', 'a.b', 'x-y']) assert.ok(isStanzaName(name), name);
  for (const name of ['a=b', '/x', '#a', 'a\\', '$(id)', 'a b', '', '-a']) assert.ok(!isStanzaName(name), name);
});

test('ifquery reads every configuration', { skip: missing }, () => {
  for (const config of allConfigs) {
    const stanzas = stanzasOf(config);
    for (const name of config.masters?.map((master) => master.name) ?? ['net-failover']) {
      const { status, out } = ask(stanzas, 'ifquery', name);
      assert.equal(status, 0, `${stanzas}\n${out}`);
      assert.doesNotMatch(out, /^ifquery|error|warning/im, stanzas);
      for (const address of config.addresses)
        assert.match(out, new RegExp(`^address: ${address.replace(/\/.*/, '')}$`, 'm'));
    }
  }
});

test('ifquery reads every stack on a master, and finds the addresses on top', { skip: missing }, () => {
  for (const config of stackConfigs) {
    const stanzas = stanzasOf(config);
    const top = ask(stanzas, 'ifquery', config.stack === undefined ? '' : topOf(config.stack));
    assert.equal(top.status, 0, `${stanzas}\n${top.out}`);
    for (const address of config.addresses)
      assert.match(top.out, new RegExp(`^address: ${address.replace(/\/.*/, '')}$`, 'm'));
    assert.doesNotMatch(ask(stanzas, 'ifquery', 'ens10').out, /^address/m);
  }
});

/** What ifup makes of a stack in a network namespace with a link of the master's name, and what ifdown leaves. */
function bringUp(config: MasterConfig): string {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-ifupdown-'));
  try {
    writeFileSync(join(directory, 'interfaces'), `${stanzasOf(config)}\n`);
    const script = `mount -t sysfs sysfs /sys
ip link add name ens10 address 52:54:00:00:12:53 type veth peer name peer
ip link set dev peer up
if="-i $1/interfaces --state-dir=$1"
ifup $if -a >&2 || exit 1
ip -o link show master br0 | cut -d: -f2
ip -o -4 address show dev br0 | sed 's/.*inet \\([^ ]*\\) .*/\\1/'
cat /sys/class/net/br0/address
ifdown $if -a >&2 || exit 1
ls /sys/class/net | grep -v bonding_masters | paste -s -d' '`;
    const { stdout, stderr, status } = spawnSync(
      'unshare',
      ['--net', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', directory],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const notRoot = process.geteuid?.() === 0 ? missing : 'not root: no namespaces can be made';

test('ifup makes the bridge with the MAC of the master, and ifdown takes it away', { skip: notRoot }, () => {
  const stack = { bridge: 'br0', vlan: null };
  for (const addresses of [['192.0.2.5/24'], ['192.0.2.5/24', '2001:db8::5/64']])
    assert.equal(
      bringUp({ ...dhcp, dhcp4: false, addresses, stack }),
      ' ens10@peer\n192.0.2.5/24\n52:54:00:00:12:53\nens10 lo peer\n',
    );
});

test('ifup would do this, and no more, and only for the master', { skip: missing }, () => {
  const known = ask(stanzasOf({ ...dhcp, masters: [ens10, ens12] }), 'ifquery', '--list').out;
  assert.deepEqual(known.trim().split('\n').sort(), ['ens10', 'ens12', 'lo']);
  for (const name of ['ens10nsby', 'ens11']) assert.equal(ask(stanzasOf(dhcp), 'ifquery', name).status, 1, name);
  const { out } = ask(
    stanzasOf({ ...dhcp, masters: null, metric: 70 }),
    'ifup',
    '-v',
    '--no-act',
    '--force',
    'ens10=net-failover',
  );
  assert.match(out, /(?:dhclient|udhcpc|dhcpcd|No DHCP client)[^]*/);
  assert.match(out, /accept_ra/);
});
