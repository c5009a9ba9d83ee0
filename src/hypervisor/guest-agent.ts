/**
 * The guest as its QEMU guest agent tells of it, with commands that only read: guest-network-get-interfaces,
 * guest-file-open/-read/-close below /sys/class/net, and guest-exec of `failoverctl status --json`.
 * Source: QEMU, qga/qapi-schema.json. Distributions may switch commands off; what is refused is null here.
 */
import { decodeBytes } from '../system/bytes.ts';
import { decodeBase64 } from '../text/base64.ts';
import type { Libvirt } from './libvirt.ts';
import type { Effect } from './step.ts';

export type GuestRole = 'master' | 'standby' | 'primary' | 'none';

export interface GuestLink {
  readonly name: string;
  readonly mac: string;
  /** "192.0.2.5/24", link-local ones too. */
  readonly addresses: readonly string[];
  /** Null: the agent reads no files. */
  readonly role: GuestRole | null;
  /** Null: the link is down, or the agent reads no files. */
  readonly carrier: boolean | null;
}

/** What `failoverctl status --json` says in the guest: version 1 of its contract. */
export interface GuestStatus {
  readonly healthy: boolean | null;
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** The links with this MAC; null where no agent answers. */
export function readGuestLinks(libvirt: Libvirt, domain: string, mac: string): readonly GuestLink[] | null {
  const netdevs = libvirt.agent(domain, { execute: 'guest-network-get-interfaces' });
  if (!Array.isArray(netdevs)) return null;
  return (netdevs as readonly Fields[])
    .filter((netdev) => String(netdev['hardware-address']).toLowerCase() === mac)
    .map((netdev): GuestLink => {
      const name = String(netdev['name']);
      const read = (path: string) => readGuestFile(libvirt, domain, `/sys/class/net/${name}/${path}`);
      const carrier = read('carrier');
      return {
        name,
        mac,
        addresses: addressesOf(netdev),
        role: read('address') === null ? null : roleOf(read),
        carrier: carrier === null ? null : carrier === '1',
      };
    });
}

function addressesOf(netdev: Fields): readonly string[] {
  const list = netdev['ip-addresses'];
  if (!Array.isArray(list)) return [];
  return (list as readonly Fields[]).map((one) => `${String(one['ip-address'])}/${String(one['prefix'])}`);
}

/** As src/topology tells the roles, by as few reads as can be: each is a round trip through the hypervisor. */
function roleOf(read: (path: string) => string | null): GuestRole {
  if (hasStandbyBit(read('device/features'))) return read('phys_port_name') === 'sby' ? 'standby' : 'master';
  return hasStandbyBit(read('master/device/features')) ? 'primary' : 'none';
}

/** VIRTIO_NET_F_STANDBY is bit 62. */
function hasStandbyBit(features: string | null): boolean {
  return features?.[62] === '1';
}

/**
 * Does the guest see carrier on the slave of this role and MAC? `unknown` without an agent, or where it reads no files.
 */
export function guestCarrier(libvirt: Libvirt, domain: string, mac: string, role: 'standby' | 'primary'): Effect {
  const links = readGuestLinks(libvirt, domain, mac);
  if (links === null || links.some((link) => link.role === null)) return 'unknown';
  return links.some((link) => link.role === role && link.carrier === true) ? 'present' : 'absent';
}

/**
 * Does the guest's kernel have a driver that answers when QEMU asks for the unplug of a VF? Null: not known, the agent reads
 * no files. The parameters of both drivers are in sysfs, as they are built in: pciehp_core.c and acpiphp_core.c in
 * drivers/pci/hotplug. With `pcie_ports=compat` pciehp takes no port, and acpiphp alone answers.
 */
export function answersUnplug(libvirt: Libvirt, domain: string): boolean | null {
  const read = (path: string) => readGuestFile(libvirt, domain, path);
  if (read('/sys/module/acpiphp/parameters/disable') === 'N') return true;
  if (read('/sys/module/pciehp/parameters/pciehp_poll_mode') !== null) return true;
  return read('/proc/version') === null ? null : false;
}

/** Null: the guest has no failoverctl that knows `status`, or its agent starts no programs. */
export function readGuestStatus(
  libvirt: Libvirt,
  domain: string,
  wait: (milliseconds: number) => void,
): GuestStatus | null {
  const started = libvirt.agent(domain, {
    execute: 'guest-exec',
    arguments: { path: 'failoverctl', arg: ['status', '--json'], 'capture-output': true },
  });
  const pid = field(started, 'pid');
  if (typeof pid !== 'number') return null;
  for (let tries = 0; tries < 50; tries += 1) {
    const state = libvirt.agent(domain, { execute: 'guest-exec-status', arguments: { pid } });
    if (state === null) return null;
    const output = field(state, 'out-data');
    if (field(state, 'exited') === true) return typeof output === 'string' ? parseStatus(decode(output)) : null;
    wait(200);
  }
  return null;
}

function parseStatus(text: string): GuestStatus | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  const healthy = field(answer, 'healthy');
  const problems = field(answer, 'problems');
  if (field(answer, 'version') !== 1 || !Array.isArray(problems)) return null;
  return {
    healthy: typeof healthy === 'boolean' ? healthy : null,
    problems: (problems as readonly unknown[]).map((problem) => String(field(problem, 'message'))),
  };
}

/** A small file's text without its newline, or null where it cannot be read. */
function readGuestFile(libvirt: Libvirt, domain: string, path: string): string | null {
  const handle = libvirt.agent(domain, { execute: 'guest-file-open', arguments: { path, mode: 'r' } });
  if (typeof handle !== 'number') return null;
  const read = libvirt.agent(domain, { execute: 'guest-file-read', arguments: { handle, count: 256 } });
  libvirt.agent(domain, { execute: 'guest-file-close', arguments: { handle } });
  const data = field(read, 'buf-b64');
  // An attribute that the driver does not have can be opened; reading it fails.
  return typeof data === 'string' ? decode(data).replace(/\n$/, '') : null;
}

function decode(text: string): string {
  const bytes = decodeBase64(text);
  return bytes === null ? '' : decodeBytes(bytes);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Fields)[name]
    : undefined;
}
