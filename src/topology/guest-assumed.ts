/**
 * A guest that does not exist yet, for linting on a machine without a failover NIC. Its facts are those that a Debian 12
 * guest on QEMU's q35 shows; what depends on the hypervisor's choice, the MAC, is not known.
 */
import type { Guest, HostFacts, LinkFacts } from './guest.ts';
import { livePhases } from './lifecycle.ts';

/** `triples` net_failover groups, or one netvsc pair. */
export type Assumption = { readonly kind: 'net_failover'; readonly groups: number } | { readonly kind: 'netvsc' };

/** The text of `--assume`: triple, pair, or a number of triples. Null: none of them. */
export function parseAssumption(text: string): Assumption | null {
  if (text === 'triple') return { kind: 'net_failover', groups: 1 };
  if (text === 'pair') return { kind: 'netvsc' };
  const groups = /^[1-9]\d?$/.test(text) ? Number(text) : 0;
  return groups > 0 && groups <= 16 ? { kind: 'net_failover', groups } : null;
}

/** `macs`: what is known of the groups' MACs. A configuration that names a MAC means the NIC that it is linted for. */
export function assumeGuest(assumption: Assumption, host: HostFacts, macs: readonly string[] = []): Guest {
  const groups = assumption.kind === 'netvsc' ? 1 : assumption.groups;
  const numbers = Array.from({ length: groups }, (_, index) => index);
  const links = numbers.flatMap((group) =>
    assumption.kind === 'netvsc' ? netvscPair(macs[0]) : triple(group, macs[group]),
  );
  return {
    groups: numbers.map((group) => ({ kind: assumption.kind, mac: macs[group] })),
    phases: livePhases(links),
    host,
  };
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

function triple(group: number, mac: string | undefined): readonly LinkFacts[] {
  const bus = 2 * group + 1;
  const first = 3 * group;
  const name = `enp${bus}s0`;
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
      name: `enp${bus + 1}s0`,
      kernelName: `eth${first + 2}`,
      driver: 'e1000e',
      parentDriver: 'e1000e',
      idPath: pciPath(bus + 1),
      master: name,
    },
  ];
}

function pciPath(bus: number): string {
  return `pci-0000:${bus.toString(16).padStart(2, '0')}:00.0`;
}

function netvscPair(mac: string | undefined): readonly LinkFacts[] {
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
      name: 'enP30832s1',
      kernelName: 'eth1',
      driver: 'mlx5_core',
      parentDriver: 'mlx5_core',
      master: 'eth0',
    },
  ];
}
