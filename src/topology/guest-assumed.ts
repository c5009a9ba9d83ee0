/**
 * A guest that does not exist yet, for linting on a machine without a failover NIC. Its facts are those that a Debian 12
 * guest on QEMU's q35 shows; what depends on the hypervisor's choice, the MAC, is not known.
 */
import type { Guest, HostFacts, LinkFacts } from './guest.ts';
import { livePhases, nothingIsNamed } from './lifecycle.ts';

/** `triples` net_failover groups, or one netvsc pair. */
export type Assumption = { readonly kind: 'net_failover'; readonly groups: number } | { readonly kind: 'netvsc' };

/** The text of `--assume`: triple, pair, or a number of triples. Null: none of them. */
export function parseAssumption(text: string): Assumption | null {
  if (text === 'triple') return { kind: 'net_failover', groups: 1 };
  if (text === 'pair') return { kind: 'netvsc' };
  const groups = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  return groups > 0 && groups <= 500 ? { kind: 'net_failover', groups } : null;
}

/**
 * `macs`: what is known of the groups' MACs. A configuration that names a MAC means the NIC that it is linted for. `texts`: the
 * configuration. Nothing says that a NIC that it names is a VF, or is in the group at all, so the group's links have names that
 * are not in it; but a name that ends as a standby's does (`enp1s0nsby`) says which NIC is the master.
 */
export function assumeGuest(
  assumption: Assumption,
  host: HostFacts,
  macs: readonly string[] = [],
  texts: readonly string[] = [],
): Guest {
  const groups = assumption.kind === 'netvsc' ? 1 : assumption.groups;
  const numbers = Array.from({ length: groups }, (_, index) => index);
  const isNamed = texts.length === 0 ? nothingIsNamed : (name: string) => texts.some((text) => text.includes(name));
  const masters = findMasters(texts);
  let next = 1;
  const links = numbers.flatMap((group) => {
    if (assumption.kind === 'netvsc') return netvscPair(macs[0], isNamed);
    const bus = findBuses(next, masters[group], isNamed);
    next = bus + 2;
    return triple(group, macs[group], bus, masters[group] ?? linkName(bus));
  });
  return {
    groups: numbers.map((group) => ({ kind: assumption.kind, mac: macs[group] })),
    phases: livePhases(links, isNamed),
    host,
  };
}

/** virtio_net calls a standby's port `sby`, and no other driver does: drivers/net/virtio_net.c. */
function findMasters(texts: readonly string[]): readonly string[] {
  const names = texts.flatMap((text) => [...text.matchAll(/(?<![\w.-])([A-Za-z][\w.]{0,10})nsby(?![\w.-])/g)]);
  return [...new Set(names.map(([, name = '']) => name))].sort();
}

const lastSeat = 2000;

/** The buses of a domain that are used; from then on it is the next domain's turn. */
const busesOfDomain = 250;

/** Two neighbours from `first` on, of which nothing is named. */
function findBuses(first: number, master: string | undefined, isNamed: (name: string) => boolean): number {
  const named = Number(/^enp([1-9]\d?)s0$/.exec(master ?? '')?.[1] ?? first);
  for (let bus = named; bus < lastSeat; bus += 1) {
    const own = master === undefined ? [linkName(bus), pciPath(bus)] : [];
    if (![...own, linkName(bus + 1), pciPath(bus + 1)].some(isNamed)) return bus;
  }
  return first;
}

function common(group: number, mac: string | undefined): LinkFacts {
  return {
    role: 'master',
    group,
    name: '',
    kernelName: undefined,
    altnames: [],
    mac,
    permanentMac: mac,
    driver: undefined,
    parentDriver: undefined,
    kind: null,
    type: 'ether',
    idPath: undefined,
    properties: undefined,
    master: null,
  };
}

function triple(group: number, mac: string | undefined, bus: number, name: string): readonly LinkFacts[] {
  const first = 3 * group;
  const master: LinkFacts = {
    ...common(group, mac),
    name,
    kernelName: `eth${first}`,
    driver: 'net_failover',
    parentDriver: 'virtio_net',
    idPath: pciPath(bus),
  };
  return [
    master,
    {
      ...master,
      role: 'standby',
      name: `${name}nsby`,
      kernelName: `eth${first + 1}`,
      driver: 'virtio_net',
      master: name,
    },
    {
      ...common(group, mac),
      role: 'primary',
      name: linkName(bus + 1),
      kernelName: `eth${first + 2}`,
      driver: 'e1000e',
      parentDriver: 'e1000e',
      idPath: pciPath(bus + 1),
      master: name,
    },
  ];
}

function seatOf(bus: number): { readonly domain: number; readonly bus: number } {
  return { domain: Math.floor((bus - 1) / busesOfDomain), bus: ((bus - 1) % busesOfDomain) + 1 };
}

/** As udev's net_id names what sits in slot 0 of a bus. */
function linkName(seat: number): string {
  const { domain, bus } = seatOf(seat);
  return `en${domain === 0 ? '' : `P${domain}`}p${bus}s0`;
}

function pciPath(seat: number): string {
  const { domain, bus } = seatOf(seat);
  return `pci-${domain.toString(16).padStart(4, '0')}:${bus.toString(16).padStart(2, '0')}:00.0`;
}

function netvscPair(mac: string | undefined, isNamed: (name: string) => boolean): readonly LinkFacts[] {
  let domain = 30832;
  while (isNamed(`enP${domain}s1`) && domain < 65535) domain += 1;
  return [
    {
      ...common(0, mac),
      name: 'eth0',
      kernelName: 'eth0',
      driver: 'hv_netvsc',
      parentDriver: 'hv_netvsc',
      idPath: null,
    },
    {
      ...common(0, mac),
      role: 'primary',
      name: `enP${domain}s1`,
      kernelName: 'eth1',
      driver: 'mlx5_core',
      parentDriver: 'mlx5_core',
      master: 'eth0',
    },
  ];
}
