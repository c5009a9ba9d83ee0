/**
 * The guest that the hosts run: a kernel of the lab's, busybox and Debian's qemu-guest-agent. Its init sets every link up
 * and gives the failover master an address.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { provideImage } from '../../lab/image.ts';
import { releases } from '../../lab/releases.ts';

export const guestMac = '52:54:00:00:12:53';
export const guestAddress = '10.9.0.53';

const init = (lists: readonly string[]) => `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run /sbin /usr/bin /usr/sbin /tmp /var/run
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
for list in ${lists.join(' ')}; do
  while read -r module; do insmod "/modules/$module"; done <"/modules/$list"
done
until [ -c "$(echo /dev/vport*p1)" ]; do sleep 0.1; done
while :; do
  for path in /sys/class/net/*; do
    link=\${path##*/}
    ip link set "$link" up
    case $(readlink "$path/device/driver") in */virtio_net) ;; *) continue ;; esac
    [ -e "$path/master" ] || [ "$(cat "$path/phys_port_name")" = sby ] || ip addr add ${guestAddress}/24 dev "$link"
  done 2>/dev/null
  sleep 1
done &
while :; do
  qemu-ga -p "$(echo /dev/vport*p1)" -t /run -f /run/ga.pid
  sleep 1
done
`;

/** A kernel with its modules, from the lab's image, which is built if need be: the directory that has them. */
export async function provideKernel(say: (line: string) => void): Promise<string> {
  const release = releases.find(({ codename }) => codename === 'bookworm');
  assert.ok(release !== undefined);
  return dirname((await provideImage(release, say)).kernel);
}

/** The path of the initramfs. `lists`: the image's lists of modules that are loaded. */
export function buildInitramfs(kernel: string, directory: string, lists = ['boot', 'network']): string {
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
  writeFileSync(join(tree, 'init'), init(lists));
  for (const name of ['init', 'bin/busybox', 'bin/qemu-ga']) chmodSync(join(tree, name), 0o755);
  const packed = spawnSync('sh', ['-c', 'find . | cpio --quiet -o -H newc -F ../initramfs'], { cwd: tree });
  assert.equal(packed.status, 0, String(packed.stderr));
  return join(directory, 'initramfs');
}

/** The domain with these interfaces. Root port 7 is left free. */
export const guestWith = (interfaces: string) => `<domain type='qemu'>
  <name>vm-01</name>
  <memory unit='MiB'>192</memory>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>/var/lib/libvirt/vmlinuz</kernel>
    <initrd>/var/lib/libvirt/initramfs</initrd>
    <cmdline>console=ttyS0 quiet random.trust_cpu=on mitigations=off</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <cpu mode='maximum' migratable='off'/>
  <devices>
    <controller type='pci' model='pcie-root'/>
    ${[1, 2, 3, 4, 5, 6, 7].map((index) => `<controller type='pci' index='${index}' model='pcie-root-port'/>`).join('')}
    ${interfaces}
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <serial type='file'><source path='/var/lib/libvirt/console.log'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
`;

/** The domain without its VF. */
export const guestDomain = guestWith(`<interface type='bridge'>
      <mac address='${guestMac}'/>
      <source bridge='br0'/>
      <target dev='tap0'/>
      <model type='virtio'/>
      <teaming type='persistent'/>
      <alias name='ua-failover0'/>
      <rom enabled='no'/>
    </interface>`);

/** The VF as libvirt would have it. What stands in for it is said in the stand-in virsh. */
export const guestVf = `<interface type='hostdev' managed='yes'>
  <mac address='${guestMac}'/>
  <source><address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/></source>
  <teaming type='transient' persistent='ua-failover0'/>
</interface>
`;
