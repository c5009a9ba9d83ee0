/**
 * The guest's links as the lab itself sees them. Deliberately not failoverctl's own detection: the judge must not be the
 * one who is judged. The lab knows what it plugged in, so the parent driver and the standby's port name tell all.
 */
import type { Guest } from './guest.ts';

export type LinkRole = 'master' | 'standby' | 'primary' | 'other';

export interface GuestLink {
  readonly name: string;
  readonly role: LinkRole;
  /** The failover pair it belongs to, by MAC; -1 for none. */
  readonly pair: number;
  /** Is it enslaved? (A primary that came before its master is not.) */
  readonly enslaved: boolean;
  /** The PCI address of its parent, for a primary. */
  readonly pciAddress: string;
  readonly driver: string;
  readonly carrier: boolean;
  readonly up: boolean;
  /** `address/prefix`, with " tentative" or " dadfailed" behind where the kernel says so. */
  readonly addresses: readonly string[];
}

const script = `
for path in /sys/class/net/*; do
  [ -d "$path" ] || continue
  master=$(readlink "$path/master" || echo -)
  driver=$(readlink "$path/device/driver" || echo -)
  device=$([ ! -e "$path/device" ] && echo - || readlink -f "$path/device")
  port=$(cat "$path/phys_port_name" 2>/dev/null || echo -)
  carrier=$(cat "$path/carrier" 2>/dev/null || echo 0)
  echo "$(basename "$path") $(cat "$path/address") \${master##*/} \${driver##*/} \${device##*/} $port $carrier $(cat "$path/flags")"
done
echo ---
ip -o address show
`;

export async function readLinks(guest: Guest): Promise<readonly GuestLink[]> {
  const [links = '', addresses = ''] = (await guest.must(script)).split('---\n');
  const held = new Map<string, string[]>();
  for (const line of addresses.trim().split('\n')) {
    const [, name, address, rest] = /^\d+: (\S+)\s+inet6? (\S+)(.*)/.exec(line) ?? [];
    if (name === undefined || address === undefined) continue;
    const state = /\bdadfailed\b/.test(rest ?? '')
      ? ' dadfailed'
      : /\btentative\b/.test(rest ?? '')
        ? ' tentative'
        : '';
    held.set(name, [...(held.get(name) ?? []), address + state]);
  }
  return links
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', mac = '', master = '-', driver = '-', device = '-', port = '-', carrier = '0', flags = '0'] =
        line.split(' ');
      return {
        name,
        pair: guest.pairs.findIndex((pair) => pair.mac === mac),
        enslaved: master !== '-',
        pciAddress: device,
        driver,
        carrier: carrier === '1',
        up: (Number(flags) & 1) === 1, // IFF_UP
        addresses: held.get(name) ?? [],
        role: roleOf(driver, device, port),
      };
    });
}

function roleOf(driver: string, device: string, port: string): LinkRole {
  if (driver === 'virtio_net') return port === 'sby' ? 'standby' : 'master';
  return device === '-' ? 'other' : 'primary';
}

export function linkOf(links: readonly GuestLink[], role: LinkRole, pair = 0): GuestLink | undefined {
  return links.find((link) => link.role === role && link.pair === pair);
}

/**
 * Before 6.2 the kernel gives every slave the master's IPv6 link-local address, whatever configures the links (cb54d392279d),
 * and the master's fails duplicate address detection.
 */
export async function givesSlavesLinkLocal(guest: Guest): Promise<boolean> {
  const [major = 0, minor = 0] = (await guest.must('uname -r')).split('.').map(Number);
  return major < 6 || (major === 6 && minor < 2);
}
