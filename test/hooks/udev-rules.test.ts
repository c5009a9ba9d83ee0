/** The rules, judged by udev's own engine: `udevadm test` on a /sys of files, in namespaces of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { everyLink, mac, writeTree, type Netdev } from './guest-tree.ts';

/** Since systemd 256 `udevadm test` writes neither sysctls nor its database, which is what is looked at here. */
const version = Number(/^\d+/.exec(spawnSync('udevadm', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0] ?? 0);
const missing =
  process.geteuid?.() !== 0
    ? 'not root: no namespaces can be made'
    : version === 0
      ? 'udev is not installed'
      : version >= 256
        ? `udevadm test of systemd ${version} writes nothing`
        : false;

interface Step {
  readonly link: string;
  readonly action?: string;
  /** Shell, before. */
  readonly before?: string;
}

interface Outcome {
  readonly properties: ReadonlyMap<string, string>;
  /** Commands of our own that udev would run. */
  readonly runs: readonly string[];
  /** net.ipv6.conf.LINK.disable_ipv6 afterwards. */
  readonly disableIPv6: string;
  readonly log: string;
}

/**
 * Runs the steps in order. Each link has a real one of its name in the namespace, so that sysctls are real ones. Commands
 * that the rules would run for a marker are run, "udevadm trigger" is not.
 */
function rehearse(
  netdevs: readonly Netdev[],
  steps: readonly Step[],
  extraRules = '',
  extraName = '90-other.rules',
): readonly Outcome[] {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-udev-'));
  try {
    writeTree(join(work, 'sys'), netdevs);
    mkdirSync(join(work, 'rules'));
    writeFileSync(join(work, 'rules', extraName), extraRules);
    for (const [index, { link, action = 'add', before = ':' }] of steps.entries()) {
      mkdirSync(join(work, String(index)));
      for (const [name, text] of Object.entries({ link, action, before }))
        writeFileSync(join(work, String(index), name), text);
    }
    writeFileSync(join(work, 'links'), netdevs.map(({ name }) => `${name}\n`).join(''));
    const { status, stderr } = spawnSync(
      'unshare',
      ['-n', '-m', '--fork', 'sh', '-c', script, 'rehearse', work, String(steps.length)],
      { encoding: 'utf8', env: { ...process.env, SYSTEMD_DEVICE_VERIFY_SYSFS: '0' } },
    );
    assert.equal(status, 0, stderr);
    return steps.map((_, index) => {
      const read = (name: string): string => readFileSync(join(work, String(index), name), 'utf8');
      const entries = [...read('database').matchAll(/^E:([^=]+)=(.*)$/gm)].map(
        ([, key = '', value = '']) => [key, value] as const,
      );
      const runs = [...read('log').matchAll(/^run: '(.*)'$/gm)].map(([, command = '']) => command);
      return {
        properties: new Map(entries),
        runs: runs.filter((command) => /net-failover|udevadm/.test(command)),
        disableIPv6: read('disable_ipv6').trim(),
        log: read('log'),
      };
    });
  } finally {
    rmSync(work, { recursive: true });
  }
}

const script = `
set -eu
work=$1
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/udev/rules.d
: > /run/udev/control
# The links are veth, which this one takes for a container's.
mount -t tmpfs tmpfs /usr/local/lib
mkdir /usr/local/lib/failoverctl
cp hooks/udev/release-slave hooks/udev/forget-master /usr/local/lib/failoverctl/
ln -s /dev/null /run/udev/rules.d/85-nm-unmanaged.rules
cp hooks/udev/*.rules $work/rules/*.rules /run/udev/rules.d/
while read -r link; do ip link add name "$link" type veth peer name p$(echo "$link" | cksum | cut -c 1-9); done < $work/links
mount --rbind $work/sys /sys
step=0
while [ $step -lt $2 ]; do
  here=$work/$step
  link=$(cat $here/link)
  sh -eu $here/before
  udevadm test --action=$(cat $here/action) "/sys/class/net/$link" > $here/log 2>&1 || true
  grep -E "^run: '/bin/(mkdir|rmdir)" $here/log | sed "s/^run: '//; s/'\\$//" | while read -r command; do $command; done || true
  cat /proc/sys/net/ipv6/conf/"$link"/disable_ipv6 > $here/disable_ipv6
  cat /run/udev/data/n$(cat "/sys/class/net/$link/ifindex") > $here/database || : > $here/database
  step=$((step + 1))
done
`;

const role = ({ properties }: Outcome): string => properties.get('ID_NET_FAILOVER') ?? 'none';

test('each link has the role that detect gives it, and slaves alone are to be left alone', { skip: missing }, () => {
  const expected: Readonly<Record<string, string>> = {
    eth0: 'master',
    eth1: 'standby',
    eth2: 'primary',
    brport: 'master',
    orphan: 'standby',
    vf128: 'primary',
    plain: 'none',
    twin: 'none',
    pending: 'pending',
    bondport: 'none',
    br0: 'none',
    bond0: 'none',
    vlan: 'none',
    hv0: 'master',
    hvvf: 'primary',
    hvrace: 'primary',
    hvfree: 'none',
    hv1: 'master',
  };
  for (const action of ['add', 'change', 'move', 'bind']) {
    const outcomes = rehearse(
      everyLink,
      everyLink.map(({ name }) => ({ link: name, action })),
    );
    const roles = Object.fromEntries(outcomes.map((outcome, index) => [everyLink[index]?.name, role(outcome)]));
    assert.deepEqual(roles, expected, action);
    for (const outcome of outcomes) {
      const { properties, disableIPv6, log } = outcome;
      const isSlave = ['standby', 'primary', 'pending'].includes(role(outcome));
      assert.equal(properties.get('NM_UNMANAGED'), isSlave ? '1' : undefined, log);
      assert.equal(properties.get('ID_NET_MANAGED_BY'), isSlave ? 'unmanaged' : undefined);
      assert.equal(disableIPv6, isSlave ? '1' : '0');
      assert.doesNotMatch(log, /net-failover\.rules:\d+.*(?:[Ii]nvalid|[Ff]ailed|ignoring)/);
    }
  }
});

test(
  'a process is started for masters alone, and looks at all links with their MAC but not at themselves',
  { skip: missing },
  () => {
    const outcomes = rehearse(
      everyLink,
      everyLink.map(({ name }) => ({ link: name })),
    );
    for (const [index, outcome] of outcomes.entries()) {
      const link = everyLink[index];
      assert.ok(link);
      const marker = `/run/net-failover/${link.address}`;
      const trigger = `/bin/udevadm trigger --action=change --subsystem-match=net --attr-match=address=${link.address}`;
      const expected = [`/bin/mkdir -p ${marker}`, `${trigger} --attr-nomatch=ifindex=${index + 2}`];
      assert.deepEqual(outcome.runs, role(outcome) === 'master' ? expected : [], link.name);
    }
  },
);

test('the events that a master causes end: its own later ones cause none', { skip: missing }, () => {
  const outcomes = rehearse(everyLink, [
    { link: 'eth0', action: 'change' },
    { link: 'eth0', action: 'change' },
    { link: 'eth0', action: 'move' },
    { link: 'eth0', action: 'add' },
  ]);
  assert.deepEqual(
    outcomes.map(({ runs }) => runs.length),
    [2, 0, 0, 2],
  );
});

const early: readonly Netdev[] = [
  { name: 'vf', device: 'vf', address: mac },
  { name: 'm', device: 'failover', address: mac },
];
const masterOfVf = '/sys/devices/pci0000:00/0000:02:00.0/net/vf/master';
const enslave = `ln -s ../../../0000:01:00.0/virtio0/net/m ${masterOfVf}`;
const marker = `/run/net-failover/${mac}`;
const triggerPeers = `/bin/udevadm trigger --action=change --subsystem-match=net --attr-match=address=${mac}`;

test('a VF before its master: ordinary, then a slave', { skip: missing }, () => {
  const [before, master, after, moved] = rehearse(early, [
    { link: 'vf' },
    { link: 'm' },
    { link: 'vf', action: 'change', before: enslave },
    { link: 'vf', action: 'move' },
  ]);
  assert.ok(before && master && after && moved);
  assert.equal(role(before), 'none');
  assert.equal(before.disableIPv6, '0');
  assert.equal(master.runs.length, 2);
  assert.equal(role(after), 'primary');
  assert.equal(after.disableIPv6, '1');
  assert.deepEqual(after.runs, ['/bin/systemctl --no-block start net-failover-release@2.service']);
  assert.deepEqual(moved.runs, []);
  assert.equal(role(moved), 'primary');
});

test('a VF whose master comes between its "add" and its "move": ordinary, then released', { skip: missing }, () => {
  const [added, moved] = rehearse(early, [{ link: 'vf' }, { link: 'vf', action: 'move', before: enslave }]);
  assert.ok(added && moved);
  assert.equal(role(added), 'none');
  assert.equal(role(moved), 'primary');
  assert.deepEqual(moved.runs, ['/bin/systemctl --no-block start net-failover-release@2.service']);
});

test('"add" once more for all links, as netplan 1.2 triggers it at each boot', { skip: missing }, () => {
  const release = ['/bin/systemctl --no-block start net-failover-release@2.service'];
  // the VF before its master: "add" is the first event that finds it enslaved
  const [before, master, again, changed, once, masterOnce] = rehearse(early, [
    { link: 'vf' },
    { link: 'm' },
    { link: 'vf', before: enslave },
    { link: 'vf', action: 'change' },
    { link: 'vf' },
    { link: 'm' },
  ]);
  assert.ok(before && master && again && changed && once && masterOnce);
  assert.deepEqual([role(before), before.properties.get('ID_NET_FAILOVER_SEEN')], ['none', '1']);
  assert.deepEqual([role(again), again.runs, again.disableIPv6], ['primary', release, '1']);
  for (const later of [changed, once]) assert.deepEqual([role(later), later.runs], ['primary', []]);
  assert.equal(masterOnce.runs.length, 2, 'its peers are looked at again');

  // one that came enslaved, or that an initramfs without our rules has left, is never released
  const other = '/run/udev/rules.d/92-net-failover.rules';
  const [, , plugged, , left] = rehearse(early, [
    { link: 'm' },
    { link: 'vf', before: enslave },
    { link: 'vf' },
    { link: 'vf', before: `rm -r /run/udev/data; mv ${other} /run/kept` },
    { link: 'vf', before: `mv /run/kept ${other}` },
  ]);
  assert.ok(plugged && left);
  for (const { runs, ...outcome } of [plugged, left])
    assert.deepEqual([role({ runs, ...outcome }), runs], ['primary', []]);

  // every link twice: the same roles, and no process but each master's own
  const twice = [...everyLink, ...everyLink].map(({ name }) => ({ link: name }));
  const outcomes = rehearse(everyLink, twice);
  for (const [index, first] of outcomes.slice(0, everyLink.length).entries()) {
    const second = outcomes[index + everyLink.length];
    const name = everyLink[index]?.name;
    assert.ok(second);
    assert.deepEqual([role(second), second.runs], [role(first), first.runs], name);
    assert.deepEqual([...second.properties], [...first.properties], name);
  }
});

test('a VF that is enslaved while the rules look at it', { skip: missing }, () => {
  // What the kernel does between the test for a master and the next is done by a rule that is put there.
  const inBetween = `
    echo '${enslave}' > /run/enslave
    sed -i '/^# A PCI NIC with the MAC of a master/i PROGRAM=="/bin/sh /run/enslave"' /run/udev/rules.d/92-net-failover.rules
  `;
  for (const known of [`mkdir -p /run/net-failover/${mac}`, ':']) {
    const [added] = rehearse(early, [{ link: 'vf', before: `${inBetween}${known}` }]);
    assert.ok(added);
    assert.equal(role(added), 'primary', added.log);
    assert.equal(added.properties.get('NM_UNMANAGED'), '1');
  }
});

test('a master that goes: its VF stays guarded until the master is given up, or back', { skip: missing }, () => {
  const [, slave, removed, alone, plugged, back, enslaved, , givenUp] = rehearse(early, [
    { link: 'm' },
    { link: 'vf', before: enslave },
    { link: 'm', action: 'remove', before: `rm ${masterOfVf}` },
    { link: 'vf', action: 'change' },
    // another one in its place
    { link: 'vf', action: 'add', before: 'rm -r /run/udev/data' },
    { link: 'm', action: 'add' },
    { link: 'vf', action: 'change', before: enslave },
    { link: 'm', action: 'remove', before: `rm ${masterOfVf}` },
    // as forget-master does
    { link: 'vf', action: 'add', before: `rmdir ${marker}` },
  ]);
  assert.ok(slave && removed && alone && plugged && back && enslaved && givenUp);
  assert.equal(role(slave), 'primary');
  assert.deepEqual(removed.runs, [`/bin/systemctl --no-block restart net-failover-forget@${mac}.timer`, triggerPeers]);
  for (const guarded of [alone, plugged]) {
    assert.equal(role(guarded), 'pending');
    assert.equal(guarded.properties.get('NM_UNMANAGED'), '1');
    assert.equal(guarded.disableIPv6, '1');
    assert.deepEqual(guarded.runs, []);
  }
  assert.equal(back.runs.length, 2);
  assert.equal(role(enslaved), 'primary');
  assert.deepEqual(enslaved.runs, [], 'it was never configured');
  assert.equal(role(givenUp), 'none');
  assert.equal(givenUp.properties.get('NM_UNMANAGED'), undefined);
  assert.equal(givenUp.properties.get('ID_NET_MANAGED_BY'), undefined);
  assert.equal(givenUp.disableIPv6, '0');
});

test('where nobody would end the guard it ends with the master, as in an initramfs', { skip: missing }, () => {
  const [, , removed, alone] = rehearse(early, [
    { link: 'm', before: 'rm /usr/local/lib/failoverctl/forget-master' },
    { link: 'vf', before: enslave },
    { link: 'm', action: 'remove', before: `rm ${masterOfVf}` },
    { link: 'vf', action: 'change' },
  ]);
  assert.ok(removed && alone);
  assert.deepEqual(removed.runs, [`/bin/rmdir ${marker}`, triggerPeers]);
  assert.equal(role(alone), 'none');
  assert.equal(alone.disableIPv6, '0');
});

test('a NIC that someone else has silenced, and that was never a slave, stays silent', { skip: missing }, () => {
  const before = 'echo 1 > /proc/sys/net/ipv6/conf/plain/disable_ipv6';
  const [outcome] = rehearse(everyLink, [{ link: 'plain', action: 'change', before }]);
  assert.equal(outcome?.disableIPv6, '1');
});

test("netplan's rules do not hand a slave to NetworkManager again", { skip: missing }, () => {
  const rules = 'SUBSYSTEM=="net", ACTION=="add|change|move", ENV{INTERFACE}=="eth*", ENV{NM_UNMANAGED}="0"\n';
  const [master, slave] = rehearse(everyLink, [{ link: 'eth0' }, { link: 'eth2' }], rules);
  assert.equal(master?.properties.get('NM_UNMANAGED'), '0');
  assert.equal(slave?.properties.get('NM_UNMANAGED'), '1');
});

const azureRules = join(
  process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'),
  'azure-vm-utils/usr/lib/udev/rules.d/10-azure-unmanaged-sriov.rules',
);
const withoutAzure = existsSync(azureRules) || process.env['CI'] === 'true' ? missing : `${azureRules} is missing`;

test(
  'beside the rules of azure-vm-utils, read before ours or after them, each VF has what both say',
  { skip: withoutAzure },
  () => {
    const text = readFileSync(azureRules, 'utf8');
    const steps = ['hv0', 'hvvf', 'hvrace', 'hvfree', 'eth0', 'eth2'].map((link) => ({ link }));
    const ours = rehearse(everyLink, steps);
    for (const name of ['10-azure-unmanaged-sriov.rules', '99-azure-unmanaged-sriov.rules']) {
      const both = rehearse(everyLink, steps, text, name);
      for (const [index, { properties, runs, disableIPv6 }] of both.entries()) {
        const link = steps[index]?.link;
        // the synthetic NIC and what is no part of a pair are left as they are
        const theirs = link === 'hvvf' || link === 'hvrace' ? [['AZURE_UNMANAGED_SRIOV', '1']] : [];
        const alone = ours[index];
        const of = (all: ReadonlyMap<string, string> | undefined) => [...(all ?? [])].sort();
        assert.deepEqual(of(properties), [...theirs, ...of(alone?.properties)].sort(), `${name} ${link}`);
        assert.deepEqual([runs, disableIPv6], [alone?.runs, alone?.disableIPv6], `${name} ${link}`);
      }
    }
  },
);

test('names that the kernel allows and no shell would like', { skip: missing }, () => {
  for (const name of ['$(id)', 'a$name', `q'u"o`, 'v.100', '[x]*', 'net\\n', 'éth']) {
    const netdevs: readonly Netdev[] = [
      { name: 'm', device: 'failover', address: mac },
      { name, device: 'vf', address: mac, master: 'm' },
    ];
    const [outcome] = rehearse(netdevs, [{ link: name }]);
    assert.ok(outcome);
    assert.equal(role(outcome), 'primary', `${name}\n${outcome.log}`);
    assert.equal(outcome.disableIPv6, '1', `${name}\n${outcome.log}`);
  }
});

test(
  'udevadm verify has nothing to say',
  { skip: version >= 254 ? false : `udevadm verify came with systemd 254, this is ${version}` },
  () => {
    for (const file of ['hooks/udev/92-net-failover.rules', 'hooks/ifupdown/93-net-failover-ifup.rules']) {
      const { status, stdout, stderr } = spawnSync(
        'udevadm',
        ['verify', '--no-summary', '--resolve-names=never', file],
        {
          encoding: 'utf8',
        },
      );
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
    }
  },
);
