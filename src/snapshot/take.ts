/** Records a guest: the places that tell of its network, and what the program itself asks when it looks at one. */
import { managers } from '../managers/all.ts';
import { recordingSystem } from '../system/recording.ts';
import { isFailure, type System } from '../system/system.ts';
import { findCrowd } from '../topology/guest-live.ts';
import { netDirectory } from '../topology/link.ts';
import { packageNames } from '../inventory/host-facts.ts';
import { manifestPath } from '../inventory/manifest.ts';
import { clearManifest } from './clear-manifest.ts';
import { clearSecrets } from '../secrets/clear.ts';
import type { SnapshotNode } from '../system/snapshot.ts';
import type { LeftOut, Snapshot } from './format.ts';

/** A question that a command asks of a guest; what it reads is recorded. */
export type Question = (system: System) => void | Promise<void>;

export async function takeSnapshot(machine: System, live: boolean, questions: readonly Question[]): Promise<Snapshot> {
  const recording = recordingSystem(machine, (argv) => live && isHarmless(argv));
  const { system } = recording;
  for (const path of files) system.read(path);
  for (const { path, deep } of directories) walk(system, path, deep);
  for (const { load } of managers) {
    for (const { path, pattern } of (await load()).locations) {
      if (pattern === undefined) system.read(path);
      else walk(system, path, 1);
    }
  }
  recordLinks(system);
  for (const ask of questions) await ask(system);
  return finish(recording, live);
}

const files: readonly string[] = [
  '/etc/os-release',
  '/etc/hostname',
  '/etc/debian_version',
  '/etc/machine-id',
  '/etc/network/interfaces',
  '/etc/network/cloud-ifupdown-helper',
  '/etc/network/cloud-interfaces-template',
  '/etc/default/networking',
  '/etc/initramfs-tools/initramfs.conf',
  '/etc/initramfs-tools/modules',
  '/etc/NetworkManager/NetworkManager.conf',
  '/etc/systemd/networkd.conf',
  '/var/lib/cloud/instance/network-config.json',
  ...['sys_vendor', 'product_name', 'product_version', 'bios_vendor'].map((name) => `/sys/class/dmi/id/${name}`),
];

/** `deep`: how many levels of directories are read. */
const directories: readonly { readonly path: string; readonly deep: number }[] = [
  { path: '/etc/network', deep: 2 },
  { path: '/run/network', deep: 2 },
  ...['/etc', '/run', '/usr/lib', '/lib'].map((root) => ({ path: `${root}/netplan`, deep: 1 })),
  ...['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((root) => ({ path: `${root}/systemd/network`, deep: 2 })),
  ...['/etc', '/run', '/usr/lib'].flatMap((root) => [
    { path: `${root}/NetworkManager/conf.d`, deep: 1 },
    { path: `${root}/NetworkManager/system-connections`, deep: 1 },
  ]),
  ...['/etc', '/run'].map((root) => ({ path: `${root}/udev/rules.d`, deep: 1 })),
  { path: '/etc/cloud', deep: 2 },
  { path: '/etc/initramfs-tools/conf.d', deep: 1 },
  { path: '/run/systemd/netif/leases', deep: 1 },
];

/** Programs that only look, and with which arguments; their answers are recorded where a question runs them. */
const harmless: Readonly<Record<string, RegExp>> = {
  ip: /^(?:-\S+ )*(?:address|route|link|rule) (?:show|list)(?: |$)/,
  networkctl: /^(?:-\S+ )*(?:status|list)(?: |$)/,
  nmcli: /^(?:-\S+ )*(?:-f \S+ |-e yes )*(?:device|connection|general) (?:status|show)(?: |$)/,
  systemctl: /^(?:-\S+ )*(?:is-active|is-enabled|show)(?: |$)/,
};

function isHarmless([program = '', ...args]: readonly string[]): boolean {
  return Object.hasOwn(harmless, program) && harmless[program]?.test(args.join(' ')) === true;
}

/** Reads all files of a directory, and of those in it. */
function walk(system: System, directory: string, deep: number): void {
  const names = system.list(directory);
  if (isFailure(names)) return;
  for (const name of names) {
    const path = `${directory}/${name}`;
    const status = system.stat(path);
    if (isFailure(status)) continue;
    if (status.kind === 'file') system.read(path);
    else if (status.kind === 'directory' && deep > 1) walk(system, path, deep - 1);
  }
}

/** What udev and the daemons keep of a link, by its index. */
const records = ['/run/udev/data/n', '/run/systemd/netif/links/', '/run/NetworkManager/devices/'];

/** Every attribute of every link that can be read, its parent's, and what udev and the daemons know of it. */
function recordLinks(system: System): void {
  const names = system.list(netDirectory);
  if (isFailure(names)) return;
  const passed = findCrowd(system, names);
  for (const name of names) {
    if (passed.has(name)) continue; // it is there by its name; no question asks more of one of many
    walk(system, `${netDirectory}/${name}`, 1);
    for (const attribute of ['features', 'vendor', 'device', 'uevent', 'class_id'])
      system.read(`${netDirectory}/${name}/device/${attribute}`);
    system.readlink(`${netDirectory}/${name}/device/driver`);
    const index = system.read(`${netDirectory}/${name}/ifindex`);
    if (!isFailure(index)) for (const record of records) system.read(`${record}${index.trim()}`);
  }
}

function finish({ nodes, programs }: Pick<Snapshot, 'nodes' | 'programs'>, live: boolean): Snapshot {
  const cleared = new Map<string, SnapshotNode>();
  const leftOut: LeftOut[] = [];
  for (const [path, node] of nodes) {
    // other programs' command lines are nobody's business: those of DHCP clients are kept
    if (/^\/proc\/(?!cmdline$|sys\/)/.test(path) && !isDhcpClient(path, nodes)) continue;
    const text = typeof node === 'string' ? node : 'text' in node ? node.text : null;
    if (text === null) {
      cleared.set(path, node);
      continue;
    }
    const { text: clear, secrets } =
      path === manifestPath ? clearManifest(path, text, nodes) : clearSecrets(path, shorten(path, text));
    cleared.set(path, typeof node === 'string' ? clear : { ...node, text: clear });
    leftOut.push(...secrets.map(({ line, what }) => ({ file: path, line, what })));
  }
  return { live, leftOut, nodes: cleared, programs };
}

function isDhcpClient(path: string, nodes: ReadonlyMap<string, SnapshotNode>): boolean {
  const pid = /^\/proc\/\d+/.exec(path)?.[0] ?? '';
  const text = nodes.get(`${pid}/cmdline`);
  return typeof text === 'string' || (typeof text === 'object' && 'text' in text)
    ? /^(?:[^\0]*[/\0])?(?:dhclient|udhcpc6?|dhcpcd)(?:[:\0]|$)/.test(typeof text === 'string' ? text : text.text)
    : false;
}

function shorten(path: string, text: string): string {
  if (path === '/var/lib/dpkg/status') return keepOurPackages(text, 'Package: ', /^(?:Package|Status|Version): .*$/gm);
  if (/^\/(?:usr\/)?lib\/apk\/db\/installed$/.test(path)) return keepOurPackages(text, 'P:', /^[PV]:.*$/gm);
  // all other modules of a kernel are of no interest
  if (!/\/modules\.(?:dep|builtin)$/.test(path)) return text;
  return text.match(/^.*(?:failover|virtio[-_]net|hv_netvsc).*\n/gm)?.join('') ?? '';
}

/** Which versions of the network managers are installed; the list of all else that is, is not. */
function keepOurPackages(status: string, name: string, kept: RegExp): string {
  return status
    .split('\n\n')
    .filter((stanza) =>
      stanza.split('\n').some((line) => line.startsWith(name) && packageNames.includes(line.slice(name.length))),
    )
    .map((stanza) => `${stanza.match(kept)?.join('\n') ?? ''}\n\n`)
    .join('');
}
