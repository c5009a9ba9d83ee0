/**
 * The phases of a guest's life, made from its links as they are when all is well. A configuration has to be right in each:
 * a VF goes before a migration and comes back on another slot, with another name, on the target maybe of another maker.
 */
import type { GroupKind } from './failover-group.ts';
import type { LinkFacts, Phase } from './guest.ts';

/** What the target host's VF may be driven by; any driver that is not the one before. */
const otherDrivers = {
  net_failover: { mlx5_core: 'iavf', default: 'mlx5_core' },
  // Azure's hosts have Mellanox NICs or Microsoft's own
  netvsc: { mlx5_core: 'mana', default: 'mlx5_core' },
} as const;

/**
 * `links`: every link of the guest, each VF enslaved to its master. `isNamed`: names that the configuration uses for something;
 * a VF that comes back is not called so, as nothing says that it is meant.
 */
export function livePhases(links: readonly LinkFacts[], isNamed: IsNamed = nothingIsNamed): readonly Phase[] {
  const boot: Phase = { name: 'boot', title: 'at boot', links };
  const masters = new Set(links.filter(({ role }) => role === 'master').map(({ group }) => group));
  const isPrimary = ({ role, group }: LinkFacts) => isVf(role) && masters.has(group);
  if (!links.some(isPrimary)) return [boot];
  const change = (to: (link: LinkFacts) => LinkFacts) => links.map((link) => (isPrimary(link) ? to(link) : link));
  const taken = new Set(links.map(({ name }) => name));
  const onHyperV = new Set(links.filter(({ parentDriver }) => parentDriver === 'hv_netvsc').map(({ group }) => group));
  return [
    boot,
    { name: 'vf-absent', title: 'while the VF is unplugged', links: links.filter((link) => !isPrimary(link)) },
    {
      name: 'vf-back',
      title: 'after the VF came back on another slot',
      links: change((link) =>
        onAnotherSlot(link, taken, onHyperV.has(link.group) ? 'netvsc' : 'net_failover', isNamed),
      ),
    },
    {
      // register_netdevice() of net/core/dev.c sends the uevent before the notifier enslaves the link
      name: 'vf-unenslaved',
      title: 'when the VF is seen before it is enslaved',
      links: change((link) => ({ ...link, role: 'pending', master: null })),
    },
    {
      name: 'vf-first',
      title: 'when the VF comes before its master',
      links: change((link) => ({ ...link, role: 'pending', master: null })),
    },
  ];
}

function isVf(role: LinkFacts['role']): boolean {
  return role === 'primary' || role === 'pending';
}

function onAnotherSlot(link: LinkFacts, taken: Set<string>, kind: GroupKind, isNamed: IsNamed): LinkFacts {
  const name = nameOnAnotherSlot(link.name, taken, isNamed);
  taken.add(name);
  const { mlx5_core: another, default: usual } = otherDrivers[kind];
  const driver = link.driver === 'mlx5_core' ? another : usual;
  const kernel = /^eth\d+$/.test(name) ? name : undefined;
  return {
    ...link,
    role: 'primary',
    name,
    kernelName: link.kernelName === link.name ? (kernel ?? name) : link.kernelName,
    altnames: [], // the name is made up: so would they be
    pciAddress: undefined,
    driver,
    parentDriver: driver,
    idPath: typeof link.idPath === 'string' ? pathOnAnotherSlot(link.idPath) : link.idPath,
    properties: undefined, // a new link: udev has yet to look at it
  };
}

export type IsNamed = (name: string) => boolean;

export const nothingIsNamed: IsNamed = () => false;

/** enp2s0 → enp3s0, ens11 → ens12, eth2 → eth3; the first that no link has and nothing names. */
export function nameOnAnotherSlot(name: string, taken: ReadonlySet<string>, isNamed: IsNamed = nothingIsNamed): string {
  const [, before = name, number = '0', after = ''] = /^([a-z]+?(?:P\d+)?[a-z]*)(\d+)(.*)$/.exec(name) ?? [];
  for (let slot = Number(number) + 1; ; slot += 1) {
    const other = `${before}${slot}${after}`;
    if (!taken.has(other) && !isNamed(other)) return other;
  }
}

function pathOnAnotherSlot(path: string): string {
  return path.replace(/([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/, (_, bus: string, slot: string, port: string) => {
    return `${bus}:${((Number.parseInt(slot, 16) + 1) % 32).toString(16).padStart(2, '0')}.${port}`;
  });
}
