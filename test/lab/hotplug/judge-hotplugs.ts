/** What hot-plugs showed: the faults of slaves, and the figures in a line. */
import { readDhcpPacket } from './dhcp-packets.ts';
import type { Sample } from './rounds.ts';
import type { Watched } from './watch.ts';

export interface HotplugResult {
  readonly samples: readonly Sample[];
  readonly watched: Watched;
  /** The addresses that the DHCP server acknowledged from the guest's start on, each once. */
  readonly acknowledged: readonly string[];
}

export interface SlaveFaults {
  /** Samples in which a slave held an address, as "link (role): address at …". */
  readonly addressed: readonly string[];
  /** Packets that a slave sent by itself. */
  readonly sent: readonly string[];
  /** The same of a VF while its master was away. */
  readonly sentAlone: readonly string[];
  /** Samples in which a slave did not have its property. */
  readonly unclassified: readonly string[];
}

/** What 92-net-failover.rules are to say of a VF whose master is away. */
const propertyOf = { standby: 'standby', primary: 'primary', loose: 'pending', master: 'master' } as const;

export function slaveFaults({ samples, watched }: Pick<HotplugResult, 'samples' | 'watched'>): SlaveFaults {
  const slaves = samples.filter(({ role }) => role !== 'master');
  const at = ({ link, role, by, round, order, when }: Sample) =>
    `${link} (${role}) ${when} after ${order} no. ${round} by the ${by}`;
  return {
    addressed: slaves
      .filter(({ addresses }) => addresses.length > 0)
      .map((sample) => `${sample.addresses.join(' ')} on ${at(sample)}`),
    unclassified: slaves
      .filter(({ role, property }) => property !== propertyOf[role])
      .map((sample) => `${sample.property ?? 'nothing'} said of ${at(sample)}`),
    sent: watched.bySlaves.map(tellPacket),
    sentAlone: watched.byLooseVf.map(tellPacket),
  };
}

function tellPacket({ link, role, payload, left }: Watched['bySlaves'][number]): string {
  return `${readDhcpPacket(payload).type} by ${link} (${role})${left ? '' : ', not on the wire'}`;
}

/** What must not be, for a guest that is set up. Empty is the proof. */
export function hotplugFaults(result: HotplugResult): readonly string[] {
  const { addressed, sent, sentAlone, unclassified } = slaveFaults(result);
  const { unexplained, clients } = result.watched;
  return [
    ...addressed,
    ...sent,
    ...sentAlone,
    ...unclassified,
    ...unexplained.map((payload) => `${readDhcpPacket(payload).type} on a tap that the guest was not seen to send`),
    ...(clients.length > 1 ? [`${clients.length} DHCP clients: ${clients.join(', ')}`] : []),
    ...(result.acknowledged.length === 1 ? [] : [`leases: ${result.acknowledged.join(' ') || 'none'}`]),
  ];
}

/** Throws unless a guest that is set up came through as it shall; tells the figures. */
export function assertSilent(result: HotplugResult): string {
  const faults = hotplugFaults(result);
  const told = tellHotplugs(result);
  if (faults.length > 0) throw new Error([...faults, told].join('; '));
  return told;
}

export function tellHotplugs(result: HotplugResult): string {
  const { samples, watched, acknowledged } = result;
  const { addressed, sent, sentAlone, unclassified } = slaveFaults(result);
  const rounds = new Map<string, Set<string>>();
  for (const { by, order, round } of samples) {
    const key = `${order} by the ${by}`;
    rounds.set(key, (rounds.get(key) ?? new Set()).add(String(round)));
  }
  const slaves = samples.filter(({ role }) => role !== 'master').length;
  return [
    [...rounds].map(([key, seen]) => `${seen.size} ${key}`).join(', '),
    `${addressed.length} of ${slaves} samples of slaves with an address, ${unclassified.length} without their property`,
    `DHCP packets on the taps: ${watched.captured}, ${watched.byMaster} of them the master's; sent by slaves ${sent.length}, by the VF without its master ${sentAlone.length}`,
    `leases: ${acknowledged.join(' ') || 'none'}`,
  ].join('; ');
}
