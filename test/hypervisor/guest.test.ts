import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { main } from '../../src/main.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { System } from '../../src/system/system.ts';
import { cacheDirectory } from '../lab/image.ts';

/*
 * A guest with a net_failover triple of its own kernel, run by a libvirt of our own (QEMU's TCG), with Debian's
 * qemu-guest-agent in it. The primary is an emulated e1000e that QEMU is given behind libvirt's back, since there is no VF:
 * libvirt knows of the virtio NIC alone.
 */

const mac = '52:54:00:00:12:53';
const needed = [
  '/usr/bin/virsh',
  '/usr/sbin/libvirtd',
  '/usr/bin/qemu-system-x86_64',
  '/usr/sbin/qemu-ga',
  '/bin/busybox',
];

/** A kernel with its modules, from the lab's images. */
function findKernel(): string | null {
  const cache = cacheDirectory();
  if (!existsSync(cache)) return null;
  const built = readdirSync(cache).filter((name) => /^bookworm-[0-9a-f]+$/.test(name));
  const name = built.find((one) => existsSync(join(cache, one, 'initramfs.d/modules/network')));
  return name === undefined ? null : join(cache, name);
}

function whyNot(): string | null {
  const missing = needed.filter((path) => !existsSync(path));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  if (process.geteuid?.() !== 0) return 'needs root for namespaces';
  return findKernel() === null ? "there is no kernel to boot: 'npm run lab' fetches it" : null;
}

const init = `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run /sbin /usr/bin /usr/sbin /tmp /var/run
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
for list in boot network; do
  while read -r module; do insmod "/modules/$module"; done <"/modules/$list"
done
until [ -c "$(echo /dev/vport*p1)" ]; do sleep 0.1; done
while :; do
  for link in /sys/class/net/*; do ip link set "\${link##*/}" up; done 2>/dev/null
  sleep 1
done &
while :; do
  qemu-ga -p "$(echo /dev/vport*p1)" -t /run -f /run/ga.pid
  sleep 1
done
`;

function buildInitramfs(kernel: string, directory: string): void {
  const tree = join(directory, 'tree');
  cpSync(join(kernel, 'initramfs.d'), tree, { recursive: true });
  mkdirSync(join(tree, 'bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(tree, 'bin/busybox'));
  copyFileSync('/usr/sbin/qemu-ga', join(tree, 'bin/qemu-ga'));
  const { stdout } = spawnSync('ldd', ['/usr/sbin/qemu-ga'], { encoding: 'utf8' });
  for (const library of stdout.match(/\/\S+/g) ?? []) {
    mkdirSync(join(tree, dirname(library)), { recursive: true });
    copyFileSync(library, join(tree, library));
  }
  writeFileSync(join(tree, 'init'), init);
  for (const name of ['init', 'bin/busybox', 'bin/qemu-ga']) chmodSync(join(tree, name), 0o755);
  const packed = spawnSync('sh', ['-c', 'find . | cpio --quiet -o -H newc -F ../initramfs'], { cwd: tree });
  assert.equal(packed.status, 0, String(packed.stderr));
}

const domainXml = `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>vm-01</name>
  <memory unit='MiB'>192</memory>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>/var/lib/libvirt/vmlinuz</kernel>
    <initrd>/var/lib/libvirt/initramfs</initrd>
    <cmdline>console=ttyS0 quiet random.trust_cpu=on mitigations=off</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <cpu mode='maximum'/>
  <devices>
    <controller type='pci' model='pcie-root'/>
    ${[1, 2, 3, 4, 5, 6, 7].map((index) => `<controller type='pci' index='${index}' model='pcie-root-port'/>`).join('')}
    <interface type='bridge'>
      <mac address='${mac}'/>
      <source bridge='br0'/>
      <target dev='tap0'/>
      <model type='virtio'/>
      <teaming type='persistent'/>
      <alias name='ua-failover0'/>
      <rom enabled='no'/>
    </interface>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <serial type='file'><source path='/var/lib/libvirt/console.log'/></serial>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-netdev'/><qemu:arg value='hubport,id=vfnet,hubid=7'/>
    <qemu:arg value='-device'/><qemu:arg value='{"driver":"e1000e","id":"vf0","netdev":"vfnet","mac":"${mac}","bus":"pci.7","romfile":"","failover_pair_id":"ua-failover0"}'/>
  </qemu:commandline>
</domain>
`;

const host = `
set -e
mount -t proc proc /proc
mount -t tmpfs none /run
mkdir -p /run/libvirt /run/lock
mount -t tmpfs none /var/lib/libvirt
mkdir -p /var/lib/libvirt/qemu
mount -t tmpfs none /etc/libvirt/qemu
cp "$1/vmlinuz" "$2/initramfs" /var/lib/libvirt/
chmod 644 /var/lib/libvirt/vmlinuz /var/lib/libvirt/initramfs
ip link set lo up
ip link add br0 type bridge
ip link set br0 up
/usr/sbin/virtlogd >/dev/null 2>&1 &
/usr/sbin/libvirtd >/dev/null 2>&1 &
sleep 1000
`;

interface Hypervisor {
  readonly run: (
    argv: readonly string[],
    input?: string,
  ) => ReturnType<typeof spawnSync> & { readonly stdout: string; readonly stderr: string };
  /** failoverctl, run on that host. */
  readonly failoverctl: (
    ...args: string[]
  ) => Promise<{ readonly status: number; readonly out: string; readonly err: string }>;
}

/** A host in namespaces of its own, which end with the test. */
async function startHost(t: TestContext, kernel: string, directory: string): Promise<Hypervisor> {
  const holder = spawn(
    'unshare',
    ['-n', '-m', '-p', '--fork', '--kill-child', 'bash', '-c', host, 'bash', kernel, directory],
    { stdio: 'ignore' },
  );
  t.after(() => void holder.kill('SIGKILL'));
  const until = async (what: string, seconds: number, done: () => boolean): Promise<void> => {
    const deadline = Date.now() + seconds * 1000;
    while (!done()) {
      assert.ok(Date.now() < deadline, `${what} did not come within ${seconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  };
  const child = () => {
    const file = `/proc/${holder.pid}/task/${holder.pid}/children`;
    return existsSync(file) ? (readFileSync(file, 'utf8').trim().split(' ')[0] ?? '') : '';
  };
  await until('the namespace', 30, () => child() !== '');
  const run: Hypervisor['run'] = (argv, input) =>
    spawnSync('nsenter', ['-t', child(), '-n', '-m', '-p', ...argv], {
      encoding: 'utf8',
      input: input ?? '',
      env: { ...process.env, LIBVIRT_DEFAULT_URI: 'qemu:///system', LC_ALL: 'C' },
    });
  await until('libvirtd', 60, () => run(['virsh', 'version']).status === 0);
  writeFileSync(join(directory, 'vm.xml'), domainXml);
  for (const verb of [
    ['define', join(directory, 'vm.xml')],
    ['start', 'vm-01'],
  ]) {
    const done = run(['virsh', ...verb]);
    assert.equal(done.status, 0, done.stderr);
  }
  const asked = ['virsh', 'qemu-agent-command', 'vm-01', '{"execute":"guest-network-get-interfaces"}'];
  await until('the guest with its three links', 240, () => {
    const { stdout } = run(asked);
    return stdout.split(mac).length === 4;
  });
  return {
    run,
    failoverctl: async (...args) => {
      const output = { out: '', err: '' };
      const system: System = {
        ...nodeSystem(),
        run: (argv, options = {}) => {
          const { status, signal, stdout, stderr } = run(argv, options.input);
          return { status, signal, stdout, stderr };
        },
        out: (text) => void (output.out += text),
        err: (text) => void (output.err += text),
      };
      return { status: await main(args, system), ...output };
    },
  };
}

test('a real guest and its host side by side; links and NICs changed while it runs', async (t) => {
  const why = whyNot();
  const kernel = findKernel();
  if (why !== null || kernel === null) {
    if (process.env['CI'] === 'true' && kernel !== null) assert.fail(why ?? '');
    t.skip(why ?? '');
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-guest-'));
  t.after(() => rmSync(directory, { recursive: true }));
  buildInitramfs(kernel, directory);
  const { run, failoverctl } = await startHost(t, kernel, directory);
  // Its init sets new links up once a second.
  await new Promise((resolve) => setTimeout(resolve, 5000));

  const up = await failoverctl('host', 'check', 'vm-01');
  t.diagnostic(up.out);
  assert.equal(up.status, 0, up.out + up.err);
  assert.match(up.out, /^ {2}master .* eth\d, carrier/m);
  assert.match(up.out, /^ {2}standby {2}tap0, link up {3,}eth\d, carrier/m);
  assert.match(up.out, /^ {2}primary {2}no VF attached {2,}eth\d, carrier/m);
  assert.match(up.out, /^the guest is set up for failover$/m);

  assert.equal(run(['virsh', 'domif-setlink', 'vm-01', 'tap0', 'down']).status, 0);
  const down = await failoverctl('host', 'check', 'vm-01', '--json');
  assert.equal(down.status, 0, down.out);
  const { nics } = JSON.parse(down.out) as {
    nics: { host: { link: string }; guest: { role: string; carrier: boolean }[] }[];
  };
  assert.equal(nics[0]?.host.link, 'down');
  assert.deepEqual(
    nics[0]?.guest.map(({ role, carrier }) => [role, carrier]).sort(),
    [
      ['master', true],
      ['primary', true],
      ['standby', false],
    ],
    'the guest saw the host take the carrier, and the master runs on its primary',
  );

  // A NIC of its own with the same MAC, as a VF that nothing enslaves would be.
  const before = run(['virsh', 'dumpxml', 'vm-01']).stdout;
  const stray = join(directory, 'stray.xml');
  writeFileSync(
    stray,
    `<interface type='bridge'><mac address='${mac}'/><source bridge='br0'/><target dev='tap1'/><model type='e1000e'/><alias name='ua-stray'/><rom enabled='no'/></interface>`,
  );
  const attached = run(['virsh', 'attach-device', 'vm-01', stray, '--live']);
  if (attached.status !== 0) t.diagnostic(`attach: ${attached.stderr.trim()}`);
  else {
    assert.notEqual(run(['virsh', 'dumpxml', 'vm-01']).stdout, before);
    assert.equal(run(['virsh', 'detach-device-alias', 'vm-01', 'ua-stray', '--live']).status, 0);
    const deadline = Date.now() + 60_000;
    while (run(['virsh', 'dumpxml', 'vm-01']).stdout !== before && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.equal(run(['virsh', 'dumpxml', 'vm-01']).stdout, before, 'what was attached is gone without residue');
  }
  assert.equal(run(['virsh', 'destroy', 'vm-01']).status, 0);
  const ended = await failoverctl('host', 'check', 'vm-01');
  assert.equal(ended.status, 3);
  assert.match(ended.err, /domain 'vm-01' is shut off: expected it to run/);
});
