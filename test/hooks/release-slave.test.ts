/** The script that takes the configuration off a late slave, under dash and busybox sh, in a network namespace with a link of its own; daemons are asked in vain. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mac, writeTree, type Netdev } from './guest-tree.ts';

const missing = process.geteuid?.() === 0 ? false : 'not root: no namespaces can be made';

interface Circumstances {
  readonly index: string;
  readonly role?: string;
  /** The unit that is active. */
  readonly manager?: 'systemd-networkd' | 'NetworkManager' | 'ifup@eth2';
  /** The unit that has failed. */
  readonly failed?: string;
  /** The master's link-local address has failed duplicate address detection, as beside a slave that has it. */
  readonly contended?: true;
  readonly name?: string;
  /** A PID file of a dhcpcd that ifup has started for the link. */
  readonly dhcpcd?: string;
  /** The guard was written when networkd could not be told: it configures the link until it has read its files again. */
  readonly unread?: true;
}

/** What the script asks of other programs, and whether a DHCP client of the link lived on. */
function release(
  shell: readonly string[],
  { index, role = 'primary', manager, failed, contended, name = 'eth2', unread, dhcpcd }: Circumstances,
) {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-release-'));
  try {
    const netdevs: readonly Netdev[] = [
      { name: 'eth0', device: 'failover', address: mac },
      { name, device: 'vf', address: mac, master: 'eth0' },
    ];
    writeTree(join(work, 'sys'), netdevs);
    mkdirSync(join(work, 'bin'));
    const stub = (program: string, body: string): void =>
      writeFileSync(join(work, 'bin', program), `#!/bin/sh\necho "${program} $*" >>"${work}/asked"\n${body}\n`, {
        mode: 0o755,
      });
    stub('udevadm', `[ "$1" != info ] || echo ID_NET_FAILOVER=${role}`);
    stub(
      'systemctl',
      `case "$2 $3" in "is-active ${manager ?? 'none'}.service" | "is-failed ${failed ?? 'none'}.service") ;; *) false ;; esac`,
    );
    stub('dhcpcd', ':');
    // As NetworkManager does with a link that it had configured.
    stub('nmcli', 'ip link set dev "$3" down');
    const state = '/run/systemd/netif/links/3';
    stub(
      'networkctl',
      unread === undefined
        ? `echo ADMIN_STATE=unmanaged >${state}`
        : `case $1 in
           reload) : >/run/was-read ;;
           *) if [ -e /run/was-read ]; then echo ADMIN_STATE=unmanaged; else echo ADMIN_STATE=configured; fi >${state} ;;
           esac`,
    );
    const script = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/netif/links
${dhcpcd === undefined ? '' : `mkdir -p /run/dhcpcd; : >/run/dhcpcd/${dhcpcd}.pid`}
echo ADMIN_STATE=configured >${state}
ip link set lo up
ip link add name "$0" type veth peer name peer0
ip link set dev peer0 up
ip link set dev "$0" up
ip address add 192.0.2.5/24 dev "$0"
ip address add 2001:db8::5/64 dev "$0" nodad
ip route add default via 192.0.2.1 dev "$0"
ip -6 route add 2001:db8:1::/64 via 2001:db8::1 dev "$0"
${contended === undefined ? '' : contend}
mount --rbind ${work}/sys /sys
# As long as it has no lease a client writes no PID file.
busybox sh -c 'while :; do sleep 0.2; done' dhclient -4 -pf "/run/dhclient.$0.pid" "$0" & client=$!
busybox sh -c 'while :; do sleep 0.2; done' dhclient -4 -pf "/run/dhclient.$0x.pid" "$0x" & other=$!
until grep -q pid /proc/$client/cmdline && grep -q pid /proc/$other/cmdline; do sleep 0.1; done
"$@"
{ ip -4 address show dev "$0"; ip -6 address show dev "$0" scope global; ip route; ip -6 route show dev "$0"; } >${work}/left
ip link show dev "$0" >${work}/link
{ cat "/proc/sys/net/ipv6/conf/$0/disable_ipv6"; ip -6 -o address show dev eth0 -dadfailed 2>/dev/null || :; } >${work}/ipv6
{ kill -0 $client 2>/dev/null && echo client lives >>${work}/asked; kill $client; } 2>/dev/null || :
kill $other`;
    const { status, stderr } = spawnSync(
      'unshare',
      ['-n', '-m', '--fork', 'sh', '-c', script, name, ...shell, 'hooks/udev/release-slave', index],
      {
        encoding: 'utf8',
        env: { ...process.env, PATH: `${work}/bin:${process.env['PATH']}` },
      },
    );
    assert.deepEqual([status, stderr], [0, ''], 'it says nothing of processes that are none');
    const read = (file: string): string => readFileSync(join(work, file), 'utf8');
    return {
      asked: read('asked').trim().split('\n'),
      isConfigured: /192\.0\.2|2001:db8/.test(read('left')),
      isUp: /<[^>]*\bUP\b/.test(read('link')),
      hasIpv6: !read('ipv6').startsWith('1'),
      masterClaims: read('ipv6').includes('fe80:'),
    };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** A link with the master's MAC has the address first, and then has it no more. */
const contend = `
ip link add name eth0 address ${mac} type veth peer name twin address ${mac}
ip link set dev twin up
ip address add fe80::5054:ff:fe00:1253/64 dev twin nodad
ip link set dev eth0 up
until ip -6 -o address show dev eth0 dadfailed | grep -q fe80; do sleep 0.1; done
ip -6 address flush dev twin`;

for (const shell of [['dash'], ['busybox', 'sh']]) {
  test(
    `${shell.join(' ')}: networkd looks again, the client ends, addresses and routes go, the link stays up`,
    { skip: missing },
    () => {
      // As systemd.unit(5) escapes them.
      const ifupUnits: Readonly<Record<string, string>> = {
        eth2: 'ifup@eth2.service',
        '$(id)': String.raw`ifup@\x24\x28id\x29.service`,
        'a"b': String.raw`ifup@a\x22b.service`,
      };
      for (const name of Object.keys(ifupUnits)) {
        const { asked, isConfigured, isUp } = release(shell, { index: '3', name, manager: 'systemd-networkd' });
        assert.deepEqual(asked, [
          `udevadm info --query=property --path=/sys/class/net/${name}`,
          `systemctl --quiet is-active ${ifupUnits[name]}`,
          'udevadm settle --timeout=30',
          'systemctl --quiet is-active systemd-networkd.service',
          'networkctl reconfigure 3',
          'systemctl --quiet is-active NetworkManager.service',
          'systemctl --quiet is-failed systemd-networkd-wait-online.service',
          'systemctl --quiet is-failed NetworkManager-wait-online.service',
        ]);
        assert.deepEqual([isConfigured, isUp], [false, true], name);
      }
    },
  );

  test(
    `${shell.join(' ')}: networkd that has not read the guard reads it, and IPv6 that it turned on is off again`,
    { skip: missing },
    () => {
      const { asked, isConfigured, hasIpv6 } = release(shell, {
        index: '3',
        manager: 'systemd-networkd',
        unread: true,
      });
      assert.deepEqual(
        asked.filter((line) => line.startsWith('networkctl')),
        ['networkctl reconfigure 3', 'networkctl reload', 'networkctl reconfigure 3'],
      );
      assert.deepEqual([isConfigured, hasIpv6], [false, false]);
    },
  );

  test(
    `${shell.join(' ')}: the master claims its link-local address anew, and what gave up waiting looks again`,
    { skip: missing },
    () => {
      const failed = 'systemd-networkd-wait-online';
      const { asked, masterClaims } = release(shell, { index: '3', contended: true, failed });
      assert.ok(masterClaims);
      assert.deepEqual(
        asked.filter((line) => / start /.test(line)),
        [`systemctl --no-block start ${failed}.service`],
      );
    },
  );

  test(`${shell.join(' ')}: NetworkManager lets go, and the link comes up again`, { skip: missing }, () => {
    const { asked, isConfigured, isUp } = release(shell, { index: '3', manager: 'NetworkManager' });
    assert.ok(asked.includes('nmcli device set eth2 managed no'));
    assert.deepEqual([isConfigured, isUp], [false, true]);
  });

  test(
    `${shell.join(' ')}: an ifup that waits for its client ends with it, or its unit would fail`,
    { skip: missing },
    () => {
      const { asked } = release(shell, { index: '3', manager: 'ifup@eth2' });
      assert.ok(asked.includes('systemctl kill ifup@eth2.service'));
      assert.ok(!asked.includes('client lives'));
    },
  );

  test(
    `${shell.join(' ')}: a dhcpcd that ifup has started for the link ends, another's does not`,
    { skip: missing },
    () => {
      const endings = (dhcpcd: string) =>
        release(shell, { index: '3', dhcpcd }).asked.filter((line) => line.startsWith('dhcpcd'));
      assert.deepEqual(endings('eth2'), ['dhcpcd -x eth2']);
      assert.deepEqual(endings('eth2-4'), ['dhcpcd -4 -x eth2']);
      assert.deepEqual(endings('eth22'), []);
    },
  );

  test(`${shell.join(' ')}: a manager that does not run is not asked`, { skip: missing }, () => {
    const { asked, isConfigured } = release(shell, { index: '3' });
    assert.ok(!asked.some((line) => /^(?:networkctl|nmcli)/.test(line)));
    assert.equal(isConfigured, false);
  });

  test(`${shell.join(' ')}: a link that is gone, or is no slave any more, is left alone`, { skip: missing }, () => {
    const gone = release(shell, { index: '9' });
    assert.deepEqual([gone.asked, gone.isConfigured], [['client lives'], true]);
    const master = release(shell, { index: '3', role: 'master' });
    assert.deepEqual([master.asked.at(-1), master.isConfigured], ['client lives', true]);
  });
}
