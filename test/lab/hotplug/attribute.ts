/**
 * Who sent a DHCP packet: the failover master, or a slave's own client?
 *
 * What the master sends leaves by the slave that is active, with the MAC that all three have. A packet on the tap of the
 * slave that is not active can only be the slave's own; but on the active one's tap both look alike. The client's identity
 * tells them apart only where managers send one for each link (systemd-networkd does, dhclient does not), and the lease
 * only where the server goes by it. So the guest's kernel is asked: witness.py sees each packet at each netdev that it
 * is handed to, and what came by the master is seen there first.
 *
 * The two accounts check each other. A packet that a tap carried and the guest did not see sent is `unexplained`, which is
 * a fault: nothing is cleared because the witness looked away.
 */

/** As witness.py names them; `loose`: a PCI NIC that is nobody's slave; `unknown`: gone when it was looked at. */
export type SenderRole = 'master' | 'standby' | 'primary' | 'loose' | 'unknown';

export interface WitnessedPacket {
  readonly link: string;
  readonly role: SenderRole;
  readonly payload: string;
}

/** Payloads that came out of the guest, by the tap. */
export interface CapturedPackets {
  readonly standby: readonly string[];
  readonly primary: readonly string[];
}

export interface Attribution {
  /** Packets on the taps that the master sent. */
  readonly byMaster: number;
  /** What slaves sent by themselves; `left`: a tap carried it. */
  readonly bySlaves: readonly (WitnessedPacket & { readonly left: boolean })[];
  /** The same of a VF while it was an ordinary NIC: no master had it. */
  readonly byLooseVf: readonly (WitnessedPacket & { readonly left: boolean })[];
  /** Packets on the taps that nobody in the guest was seen to send. */
  readonly unexplained: readonly string[];
}

export function attributePackets(witnessed: readonly WitnessedPacket[], captured: CapturedPackets): Attribution {
  const onTaps = { standby: countEach(captured.standby), primary: countEach(captured.primary) };
  const underWay = new Map<string, number>();
  const bySlaves: Attribution['bySlaves'][number][] = [];
  const byLooseVf: Attribution['byLooseVf'][number][] = [];
  let byMaster = 0;
  for (const packet of witnessed) {
    const { role, payload } = packet;
    if (role === 'master') {
      underWay.set(payload, (underWay.get(payload) ?? 0) + 1);
      continue;
    }
    const taps = role === 'standby' ? ['standby' as const] : role === 'unknown' ? tapNames : ['primary' as const];
    const left = taps.some((tap) => takeOne(onTaps[tap], payload));
    if (takeOne(underWay, payload)) byMaster += Number(left);
    else if (role === 'loose') byLooseVf.push({ ...packet, left });
    else bySlaves.push({ ...packet, left });
  }
  return {
    byMaster,
    bySlaves,
    byLooseVf,
    unexplained: tapNames.flatMap((tap) =>
      [...onTaps[tap]].flatMap(([payload, count]) => Array.from({ length: count }, () => payload)),
    ),
  };
}

const tapNames = ['standby', 'primary'] as const;

function countEach(payloads: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const payload of payloads) counts.set(payload, (counts.get(payload) ?? 0) + 1);
  return counts;
}

function takeOne(counts: Map<string, number>, payload: string): boolean {
  const count = counts.get(payload) ?? 0;
  if (count > 1) counts.set(payload, count - 1);
  else counts.delete(payload);
  return count > 0;
}
