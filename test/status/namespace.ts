/**
 * Links in a namespace of their own (net, mount, PID, with a /run that nothing else sees), where real programs configure
 * them: ip(8), networkd, ifup, udhcpc. sysfs there cannot show a failover group, so that part of the guest is made up; all
 * else that `status` asks is asked in the namespace.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { memorySystem } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { isFailure, type System } from '../../src/system/system.ts';
import { loopback, triple, type Tree } from '../topology/sysfs.ts';

export interface Namespace {
  readonly system: System;
  /** What was written to standard output. */
  readonly stdout: () => string;
  /** Runs a shell's script in it; a failure is thrown. */
  readonly sh: (script: string) => string;
  readonly close: () => Promise<void>;
}

/** Why there can be none here, or null. */
export function missingNamespaces(): string | null {
  const { status } = spawnSync('unshare', ['-n', '-m', '-p', '--fork', 'ip', 'link', 'add', 'v', 'type', 'veth']);
  return status === 0 ? null : 'namespaces with veth links cannot be made (not root?)';
}

const prepare = `
set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount -t sysfs sysfs /sys
mkdir -p /run/network /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp /run/udev/data
: > /run/udev/control
chown -R systemd-network:systemd-network /run/systemd/netif || true
echo ready
exec sleep 600
`;

/** The same /run and links for programs of another tree, which also get a machine id: a DHCP client is known by it. */
const prepareTree = `
mkdir -p $root/sys $root/proc $root/dev $root/run
mount --rbind /run $root/run
chroot $root chown -R systemd-network:systemd-network /run/systemd/netif
mount -t sysfs sysfs $root/sys
mount -t proc proc $root/proc
mount --bind /dev $root/dev
mkdir /run/upper /run/work
mount -t overlay -o lowerdir=$root/etc,upperdir=/run/upper,workdir=/run/work overlay $root/etc
rm -f $root/etc/machine-id
echo 0123456789abcdef0123456789abcdef > $root/etc/machine-id
`;

/**
 * `links` are made as veth pairs, each with its peer up, so that it has carrier. With `root`, networkctl is that of another
 * tree, whose networkd is to be started by `chroot`.
 */
export async function openNamespace(
  links: readonly [master: string, standby: string, primary: string],
  root = '',
): Promise<Namespace> {
  const preparation =
    root === '' ? prepare : prepare.replace('\necho ready', `\nroot='${root}'\n${prepareTree}echo ready`);
  const child = spawn('unshare', ['-n', '-m', '-p', '--fork', '--kill-child', 'sh', '-c', preparation], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const inside = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout.trim();
  const enter = ['nsenter', '--target', inside, '--net', '--mount', '--pid', '--'];
  // it takes a chroot for an installer's, and does nothing there unless told so
  const insideTree = root === '' ? [] : ['chroot', root, 'env', 'SYSTEMD_IGNORE_CHROOT=1'];
  const real = nodeSystem();
  const sh = (script: string) => {
    const result = real.run([...enter, 'sh', '-ec', script], { timeoutMs: 60_000 });
    if (isFailure(result) || result.status !== 0) throw new Error(JSON.stringify(result));
    return result.stdout;
  };
  const quoted = links.map((name) => `'${name.replaceAll("'", "'\\''")}'`);
  for (const [index, name] of quoted.entries()) {
    sh(`ip link add ${name} type veth peer name peer${index}; ip link set ${name} up; ip link set peer${index} up`);
    sh(`index=$(cat /sys/class/net/${name}/ifindex); printf 'I:1\\nV:1\\n' > /run/udev/data/n$index`);
  }
  const known = memorySystem({ ...loopback, ...triple(...links), ...attributesOf(links, sh) });
  const there = (path: string) => (/^\/(?:run|proc)(?:\/|$)/.test(path) ? `/proc/${inside}/root${path}` : null);
  const system: System = {
    ...known,
    now: real.now,
    list: (path) => (there(path) === null ? known.list(path) : real.list(there(path) ?? '')),
    read: (path) => (there(path) === null ? known.read(path) : real.read(there(path) ?? '')),
    stat: (path) => (there(path) === null ? known.stat(path) : real.stat(there(path) ?? '')),
    run: (argv, options) => real.run([...enter, ...(argv[0] === 'networkctl' ? insideTree : []), ...argv], options),
    follow: (argv, onLine, quiet) => real.follow([...enter, ...argv], onLine, quiet),
  };
  return {
    system,
    stdout: () => known.stdout,
    sh,
    close: async () => {
      const ended = once(child, 'close');
      child.kill('SIGKILL'); // --kill-child: all that runs in it goes too
      await ended;
    },
  };
}

function attributesOf([master, standby, primary]: readonly [string, string, string], sh: Namespace['sh']): Tree {
  const virtio = '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net';
  const paths = [`${virtio}/${master}`, `${virtio}/${standby}`, `/sys/devices/pci0000:00/0000:05:00.0/net/${primary}`];
  const indices = new Map(
    sh('for link in /sys/class/net/*; do echo "$(cat "$link/ifindex") ${link##*/}"; done')
      .split('\n')
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))] as const),
  );
  const attributes = paths.flatMap((path): [string, string][] => [
    [`${path}/flags`, '0x1003\n'],
    [`${path}/ifindex`, `${indices.get(path.slice(path.lastIndexOf('/') + 1)) ?? '0'}\n`],
  ]);
  return { ...Object.fromEntries(attributes), '/etc/udev/rules.d/92-net-failover.rules': '# ours\n' };
}
