/** Real initramfs images, made by initramfs-tools and dracut with what `install` writes, in mount namespaces of their own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { main } from '../../src/main.ts';
import { wantInitramfsHooks } from '../../src/install/initramfs.ts';
import { findInitramfsNetwork } from '../../src/inventory/initramfs.ts';
import { macGuardPath } from '../../src/managers/networkd/render.ts';
import { renderUdev } from '../../src/managers/udev/render.ts';
import { encodeText } from '../../src/system/bytes.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { featureBits } from '../topology/sysfs.ts';
import { writeGuestTree } from '../native/guest-tree.ts';

const skip = (program: string, debianPackage: string): string | false => {
  if (process.geteuid?.() !== 0) return 'not root: no mount namespaces can be made';
  if (existsSync(program)) return false;
  if (process.env['CI'] === 'true') throw new Error(`${program} of ${debianPackage} is missing`);
  return `${program} of ${debianPackage} is missing`;
};

const work = mkdtempSync(join(tmpdir(), 'failoverctl-initramfs-'));
after(() => rmSync(work, { recursive: true, force: true }));

const asked = { '/proc/cmdline': 'root=/dev/nfs ip=dhcp\n' };
const config = { command: 'failoverctl install' };
const filesFor = (program: string) => wantInitramfsHooks(memorySystem({ ...asked, [program]: '' }), config).files;

/** Runs a script in a mount namespace where a kernel without modules is installed and these files are in place. */
function build(script: string, files: readonly { path: string; text: string; mode: number }[]): string {
  const stage = mkdtempSync(join(work, 'stage-'));
  for (const { path, text, mode } of files) {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    writeFileSync(join(stage, path), encodeText(text), { mode });
  }
  const prepare = `
    set -e
    mount --make-rprivate /
    stage=$1
    mkdir -p /lib/modules /etc/udev/rules.d
    mount -t tmpfs tmpfs /lib/modules
    mount -t tmpfs tmpfs /boot
    mount --bind $stage/etc/udev/rules.d /etc/udev/rules.d
    kernel=6.1.0-failover
    mkdir -p /lib/modules/$kernel/kernel
    touch /lib/modules/$kernel/modules.order /lib/modules/$kernel/modules.builtin
    depmod $kernel
    echo CONFIG_RD_GZIP=y >/boot/config-$kernel
  `;
  const result = spawnSync('unshare', ['-m', 'bash', '-c', prepare + script, 'build', stage], {
    encoding: 'utf8',
    timeout: 600_000,
  });
  assert.equal(result.status, 0, result.stdout + result.stderr);
  return stage;
}

const noTools = skip('/usr/sbin/mkinitramfs', 'initramfs-tools-core');

test('initramfs-tools: the rules and the script are in, after udev, and it names the master', { skip: noTools }, () => {
  const conf = [
    { path: '/etc/initramfs-tools/initramfs.conf', text: 'MODULES=list\nBUSYBOX=auto\nCOMPRESS=gzip\n', mode: 0o644 },
  ];
  const stage = build(
    `
      mkdir -p $stage/etc/initramfs-tools/conf.d
      : >$stage/etc/initramfs-tools/modules
      mkinitramfs -d $stage/etc/initramfs-tools -o $stage/initrd $kernel
      unmkinitramfs $stage/initrd $stage/tree
    `,
    [...renderUdev(config), ...filesFor('/usr/sbin/update-initramfs'), ...conf],
  );
  const tree = existsSync(join(stage, 'tree/main')) ? join(stage, 'tree/main') : join(stage, 'tree');
  const rules = readFileSync('hooks/udev/92-net-failover.rules', 'utf8').split('\n').at(-2) ?? '';
  assert.ok(readFileSync(join(tree, 'lib/udev/rules.d/92-net-failover.rules'), 'utf8').includes(rules));
  const order = readFileSync(join(tree, 'scripts/init-top/ORDER'), 'utf8');
  assert.ok(
    order.indexOf('init-top/udev ') >= 0 && order.indexOf('init-top/udev ') < order.indexOf('init-top/net-failover '),
  );

  writeGuestTree('test/fixtures/guests/bookworm-triple.json', tree);
  mkdirSync(join(tree, 'dev'), { recursive: true });
  writeFileSync(join(tree, 'dev/null'), ''); // init has mounted devtmpfs by then
  const wide = `${featureBits([0, 62], 128)}`;
  /** What the script leaves for init, as init's own shell reads it. */
  const named = (env: Readonly<Record<string, string>>): string => {
    rmSync(join(tree, 'conf/param.conf'), { force: true });
    const then = 'if [ -e /conf/param.conf ]; then . /conf/param.conf; fi; printf "%s|%s" "$DEVICE" "$BOOTIF"';
    const result = spawnSync('chroot', [tree, '/bin/sh', '-c', `/scripts/init-top/net-failover; ${then}`], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/usr/sbin:/bin:/sbin', ...env },
    });
    assert.equal(result.stderr, '');
    return result.stdout;
  };
  assert.equal(named({ IP: 'dhcp' }), 'enp1s0|');
  assert.equal(named({ IP: '' }), 'enp1s0|');
  assert.equal(named({ IP: ':::::enp9s0:dhcp' }), '|');
  assert.equal(named({ IP: '::::host::dhcp' }), 'enp1s0|');
  assert.equal(named({ IP: 'off' }), '|');
  assert.equal(named({ IP: 'dhcp', DEVICE: 'eth7' }), 'eth7|');
  assert.equal(named({ IP: 'dhcp', BOOTIF: '01-52-54-00-00-12-53' }), 'enp1s0|');
  assert.equal(named({ IP: 'dhcp', BOOTIF: '01-52-54-00-00-12-99' }), '|01-52-54-00-00-12-99');

  // another one: 128 features, and a name that a shell would take for more than a name
  const odd = "a'$(b)\\";
  rmSync(join(tree, 'sys'), { recursive: true });
  mkdirSync(join(tree, 'sys/class/net', odd, 'device'), { recursive: true });
  writeFileSync(join(tree, 'sys/class/net', odd, 'device/features'), wide);
  assert.equal(named({ IP: 'dhcp' }), `${odd}|`);
  writeFileSync(join(tree, 'sys/class/net', odd, 'device/features'), featureBits([0, 5]));
  assert.equal(named({ IP: 'dhcp' }), '|');
});

const noDracut = skip('/usr/bin/dracut', 'dracut-core');

test('dracut: rules, what they run, and the guards of networkd and network-legacy are in', { skip: noDracut }, () => {
  const [guard, byMac] = ['/etc/systemd/network/05-failover-slaves.network', macGuardPath];
  const stage = build(
    `
      mkdir $stage/modules.d $stage/tmp
      cp -a /usr/lib/dracut/modules.d/. $stage/modules.d/
      cp -a $stage/usr/lib/dracut/modules.d/. $stage/modules.d/
      mount --bind $stage/modules.d /usr/lib/dracut/modules.d
      mkdir -p /etc/systemd/network
      mount --bind $stage/etc/systemd/network /etc/systemd/network
      dracut --no-kernel --kver $kernel --no-hostonly --modules 'net-failover' --tmpdir $stage/tmp --gzip $stage/initrd
      lsinitrd $stage/initrd >$stage/list
      lsinitrd $stage/initrd -f etc/udev/rules.d/92-net-failover.rules >$stage/rules
    `,
    // the guest's own networkd is guarded by MAC; that by property comes with the module
    [...renderUdev(config), ...filesFor('/usr/bin/dracut'), { path: byMac, text: '[Match]\n', mode: 0o644 }],
  );
  const list = readFileSync(join(stage, 'list'), 'utf8');
  const inside = [
    'etc/udev/rules.d/92-net-failover.rules',
    '93-net-failover-dracut.rules',
    guard.slice(1),
    byMac.slice(1),
  ];
  for (const path of [...inside, 'bin/udevadm', 'bin/mkdir', 'bin/rmdir', 'bin/true']) {
    assert.match(list, new RegExp(`${path.replaceAll('.', '\\.')}$`, 'm'));
  }
  const [shipped] = renderUdev(config);
  assert.equal(readFileSync(join(stage, 'rules'), 'utf8').trim(), shipped?.text.trim());
});

const noUdev = skip('/usr/bin/udevadm', 'udev');

test("dracut's network-legacy starts nothing for a slave", { skip: noUdev }, () => {
  const rules = readFileSync('hooks/initramfs/93-net-failover-dracut.rules', 'utf8');
  const said = (role: string): string => {
    const script = `
      set -e
      mount --make-rprivate /
      mount -t sysfs sysfs /sys
      mount -t tmpfs tmpfs /run
      for directory in /etc /usr/lib; do mount -t tmpfs tmpfs $directory/udev/rules.d; done
      ip link add v0 type veth peer name v1
      echo 'ACTION=="add", SUBSYSTEM=="net", ENV{DEVTYPE}!="wlan|wwan", RUN+="/sbin/initqueue --name ifup-$name /sbin/ifup $name"' >/etc/udev/rules.d/91-default-net.rules
      echo 'KERNEL=="v0", ENV{ID_NET_FAILOVER}="${role}"' >/etc/udev/rules.d/92-net-failover.rules
      cat >/etc/udev/rules.d/93-net-failover-dracut.rules
      udevadm test --action=add /sys/class/net/v0 2>&1
    `;
    const { stdout, status } = spawnSync('unshare', ['-n', '-m', 'sh', '-c', script], {
      input: rules,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout);
    assert.doesNotMatch(stdout, /Invalid/);
    return (stdout.match(/^run: .*$/gm) ?? []).join('\n');
  };
  assert.match(said('master'), /initqueue/);
  assert.match(said(''), /initqueue/);
  for (const role of ['standby', 'primary', 'pending']) assert.equal(said(role), "run: '/bin/true'");
});

test('hooks are wanted only where the initramfs is asked to configure links, and who makes it is known', () => {
  const tools = { '/usr/sbin/update-initramfs': '' };
  const wish = wantInitramfsHooks(memorySystem({ ...asked, ...tools }), config);
  assert.deepEqual(
    wish.files.map(({ path, mode }) => [path, mode]),
    [
      ['/etc/initramfs-tools/hooks/net-failover', 0o755],
      ['/etc/initramfs-tools/scripts/init-top/net-failover', 0o755],
    ],
  );
  assert.match(
    wish.notes.join(),
    /'ip=dhcp' in \/proc\/cmdline has the initramfs configure links: 'update-initramfs -u'/,
  );
  assert.deepEqual(wantInitramfsHooks(memorySystem(tools), config), { files: [], notes: [] });
  assert.deepEqual(wantInitramfsHooks(memorySystem(asked), config), { files: [], notes: [] });
  assert.equal(findInitramfsNetwork(memorySystem({ '/proc/cmdline': 'ip=:::::enp1s0:dhcp\n' })), null);
  const conf = { '/etc/initramfs-tools/initramfs.conf': 'IP=:::::eth0:off\n#IP=::::::dhcp\n' };
  assert.equal(findInitramfsNetwork(memorySystem(conf)), null);
});

test(
  'shellcheck has nothing to say',
  { skip: existsSync('/usr/bin/shellcheck') ? false : 'shellcheck is missing' },
  () => {
    const scripts = ['initramfs-tools-hook', 'initramfs-tools-script', 'dracut-module-setup.sh'];
    const paths = scripts.map((name) => `hooks/initramfs/${name}`);
    const { stdout, status } = spawnSync('shellcheck', paths, { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  },
);

test('install writes them, and says what is left to do', async () => {
  const { entries } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
    entries: Record<string, MemoryEntry>;
  };
  const programs = {
    '/etc/hostname': 'guest\n',
    '/usr/lib/systemd/systemd-networkd': '',
    '/usr/sbin/update-initramfs': '',
  };
  const wished = async (tree: Readonly<Record<string, MemoryEntry>>) => {
    const system = memorySystem({ ...entries, ...programs, ...tree });
    assert.equal(await main(['install', '--dry-run', '--manager', 'networkd'], system), 1, system.stderr); // something to do
    return system.stdout + system.stderr;
  };
  const text = await wished(asked);
  assert.match(text, /^ {2}write {2}\/etc\/initramfs-tools\/scripts\/init-top\/net-failover$/m);
  assert.match(text, /'update-initramfs -u' puts the hooks for it in/);
  assert.doesNotMatch(await wished({}), /update-initramfs|etc\/initramfs-tools/);
});

test('the rules that a package has are taken too, and those of /etc before them', { skip: noTools }, () => {
  const find = (rules: string): readonly string[] => {
    const script = `
      set -e
      mkdir -p /etc/udev/rules.d /usr/lib/udev/rules.d
      mount -t tmpfs tmpfs /etc/udev/rules.d
      mount -t tmpfs tmpfs /usr/lib/udev/rules.d
      for place in ${rules}; do echo "$place" >$place/92-net-failover.rules; done
      DESTDIR=$1 sh hooks/initramfs/initramfs-tools-hook
      cat "$1/lib/udev/rules.d/92-net-failover.rules" 2>/dev/null || echo none
      inst_multiple() { :; }
      inst_rules() { :; }
      inst_simple() { case $1 in *92-*) cat "$1" ;; esac; }
      . hooks/initramfs/dracut-module-setup.sh
      set +e
      install`;
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['-m', 'bash', '-c', script, 'bash', mkdtempSync(join(work, 'hook-'))],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    return stdout.trim().split('\n');
  };
  const [etc, vendor] = ['/etc/udev/rules.d', '/usr/lib/udev/rules.d'];
  assert.deepEqual(find(etc), [etc, etc]);
  assert.deepEqual(find(vendor), [vendor, vendor]);
  assert.deepEqual(find(`${etc} ${vendor}`), [etc, etc]);
  assert.deepEqual(find(''), ['none']);
});
