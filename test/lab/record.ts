/**
 * Records real guests as fixtures for the unit tests: what sysfs and udev say of the links in each shape of a failover
 * guest, and of what looks like one. Each goes to test/fixtures/guests/NAME.json, whose `entries` the memory System takes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryEntry } from '../../src/system/memory.ts';
import { poll } from './command.ts';
import { onePair, startGuest, type Guest } from './guest.ts';
import { guestFiles, type Image } from './image.ts';
import { linkOf, readLinks, type GuestLink, type LinkRole } from './links.ts';
import { bindPrimary, settle, unbindPrimary, unbindMaster, bindMaster } from './moves.ts';
import type { Pair } from './qemu.ts';

interface Shape {
  readonly name: string;
  readonly about: string;
  readonly pairs: readonly Pair[];
  readonly reach: (guest: Guest) => Promise<void>;
}

const other: Pair = { mac: '52:54:00:00:12:99', primary: 'e1000e' };

const shapes: readonly Shape[] = [
  {
    name: 'triple',
    about: 'master, standby and primary, links up, primary with carrier',
    pairs: onePair,
    reach: async (guest) => await bringUp(guest),
  },
  {
    name: 'triple-down',
    about: 'master, standby and primary that nobody has set up yet: carrier, speed and duplex answer EINVAL',
    pairs: onePair,
    reach: async (guest) => await expectRoles(guest, ['master', 'standby', 'primary']),
  },
  {
    name: 'standby-only',
    about: 'the VF is away (as during a migration): master and standby',
    pairs: onePair,
    reach: async (guest) => {
      await bringUp(guest);
      await unbindPrimary(guest);
    },
  },
  {
    name: 'no-primary-yet',
    about: 'QEMU was given no primary: master and standby, and never a VF',
    pairs: onePair.map((pair) => ({ ...pair, primary: null })),
    reach: async (guest) => await expectRoles(guest, ['master', 'standby']),
  },
  {
    name: 'after-replug',
    about: 'the VF went and came back: a new ifindex, the same name',
    pairs: onePair,
    reach: async (guest) => {
      await bringUp(guest);
      await unbindPrimary(guest);
      await bindPrimary(guest);
      await bringUp(guest);
    },
  },
  {
    name: 'vf-before-master',
    about: 'the VF is there and virtio_net is not bound yet: an ordinary NIC with the MAC of a master to come',
    pairs: onePair,
    reach: async (guest) => {
      await unbindMaster(guest);
      await poll('only the VF is left', 30_000, async () => {
        const links = await readLinks(guest);
        return linkOf(links, 'master') === undefined && linkOf(links, 'primary')?.enslaved === false;
      });
    },
  },
  {
    name: 'vf-then-master',
    about: 'virtio_net was bound after the VF: the master enslaved a VF that was configured already',
    pairs: onePair,
    reach: async (guest) => {
      await unbindMaster(guest);
      await guest.must(`ip link set ${linkOf(await readLinks(guest), 'primary')?.name} up`);
      await bindMaster(guest);
    },
  },
  {
    name: 'two-triples',
    about: 'two failover pairs, all links up',
    pairs: [...onePair, other],
    reach: async (guest) => await bringUp(guest),
  },
  {
    name: 'master-in-bridge',
    about: 'the master is a port of a bridge',
    pairs: onePair,
    reach: async (guest) => {
      await bringUp(guest);
      const master = linkOf(await readLinks(guest), 'master')?.name;
      await guest.must(`ip link add br0 type bridge && ip link set ${master} master br0 && ip link set br0 up`);
    },
  },
  {
    name: 'master-in-vrf',
    about: 'the master is a port of a VRF, with a VLAN on it',
    pairs: onePair,
    reach: async (guest) => {
      await bringUp(guest);
      const master = linkOf(await readLinks(guest), 'master')?.name;
      await guest.must(
        `ip link add blue type vrf table 10 && ip link set blue up && ip link set ${master} master blue`,
      );
      await guest.must(`ip link add link ${master} name ${master}.7 type vlan id 7`);
    },
  },
  {
    name: 'decoys',
    about: 'beside a triple: a bond of two dummies, a bridge with a veth, a VRF and a team',
    pairs: onePair,
    reach: async (guest) => {
      await bringUp(guest);
      await guest.must(decoys);
    },
  },
];

const decoys = `
set -e
ip link add bond0 type bond mode active-backup
ip link add dummy0 type dummy
ip link add dummy1 type dummy
ip link set dummy0 master bond0
ip link set dummy1 master bond0
ip link set bond0 up
ip link add br0 type bridge
ip link add veth0 type veth peer name veth1
ip link set veth0 master br0
ip link set br0 up
ip link add blue type vrf table 10
ip link add dummy2 type dummy
ip link set dummy2 master blue
ip link add team0 type team
ip link add dummy3 type dummy
ip link set dummy3 master team0
udevadm settle
`;

/** `names`: only these shapes; all if empty. */
export async function recordGuests(
  image: Image,
  accelerator: string,
  names: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const directory = 'test/fixtures/guests';
  mkdirSync(directory, { recursive: true });
  const script = readFileSync(join(guestFiles, 'record.sh'), 'utf8');
  for (const { name, about, pairs, reach } of shapes) {
    if (names.length > 0 && !names.includes(name)) continue;
    const guest = await startGuest({ image, accelerator, pairs });
    try {
      await expectRoles(guest, pairs[0]?.primary === null ? ['master', 'standby'] : ['master', 'standby', 'primary']);
      await reach(guest);
      await settle(guest);
      const recorded = {
        about,
        release: image.release,
        versions: Object.fromEntries(
          ['linux-image', 'systemd', 'udev'].map((one) => [one, image.versions.get(one) ?? 'not installed']),
        ),
        roles: rolesOf(await readLinks(guest)),
        entries: readEntries(await guest.must(script)),
      };
      const file = join(directory, `${image.release}-${name}.json`);
      writeFileSync(file, `${JSON.stringify(recorded, null, 1)}\n`);
      say(`recorded ${file}`);
    } finally {
      await guest.stop();
    }
  }
}

/**
 * The roles that can be told from the guest alone. The lab knows what it plugged in; without a master of its MAC a VF is an
 * ordinary NIC to everybody else, and with one that has not enslaved it, it is pending.
 */
function rolesOf(links: readonly GuestLink[]): Readonly<Record<string, string>> {
  const seen = ({ role, enslaved, pair }: GuestLink) => {
    if (role !== 'primary' || enslaved) return role;
    return linkOf(links, 'master', pair) === undefined ? 'other' : 'pending';
  };
  return Object.fromEntries(links.map((link) => [link.name, seen(link)]));
}

async function expectRoles(guest: Guest, roles: readonly LinkRole[]): Promise<void> {
  await poll(`${roles.join(', ')} of ${guest.pairs.length} pair(s) appear`, 60_000, async () => {
    const links = await readLinks(guest);
    return guest.pairs.every((_, pair) => roles.every((role) => linkOf(links, role, pair) !== undefined));
  });
  await settle(guest);
}

/** Every link of the pairs is up, and the primaries have carrier. */
async function bringUp(guest: Guest): Promise<void> {
  await expectRoles(guest, ['master', 'standby', 'primary']);
  for (const link of await readLinks(guest))
    if (link.role === 'master') await guest.must(`ip link set ${link.name} up`);
  await poll('every link has carrier', 60_000, async () =>
    (await readLinks(guest)).filter((link) => link.pair >= 0).every((link) => link.carrier),
  );
}

const errnoNames: Readonly<Record<string, string>> = {
  'Invalid argument': 'EINVAL',
  'Operation not supported': 'EOPNOTSUPP',
  'Permission denied': 'EACCES',
  'Input/output error': 'EIO',
  'No such device': 'ENODEV',
};

function readEntries(output: string): Readonly<Record<string, MemoryEntry>> {
  const entries: Record<string, MemoryEntry> = {};
  for (const line of output.trimEnd().split('\n')) {
    const [, kind, path = '', value = ''] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'link') entries[path] = { link: value };
    else if (kind === 'text') entries[path] = Buffer.from(value, 'base64').toString('utf8');
    else if (kind === 'error') {
      const errno = errnoNames[value];
      if (errno === undefined) throw new Error(`${path}: cat failed with a message the lab does not know: ${value}`);
      entries[path] = { errno };
    } else throw new Error(`record.sh: a line the lab does not know: ${line}`);
  }
  return entries;
}
