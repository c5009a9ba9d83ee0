/** Watches who sends DHCP packets: at the guest's taps and, in the guest, at each netdev. */
import { poll } from '../command.ts';
import type { Guest } from '../guest.ts';
import { attributePackets, type Attribution, type SenderRole, type WitnessedPacket } from './attribute.ts';
import { readDhcpPacket, readPayloads } from './dhcp-packets.ts';

export const watchFiles = { '/run-lab/witness.py': 'test/lab/hotplug/witness.py' };

export interface Watched extends Attribution {
  /** The clients' identities on the wire, IPv4 ("" for a client that sends none), each once. */
  readonly clients: readonly string[];
  /** Packets on the taps, all in all. */
  readonly captured: number;
}

const filter = 'udp and (port 67 or port 68 or port 546 or port 547)';

/** Of a guest with one pair. The function that is given ends the watch and tells. */
export async function watchDhcp(guest: Guest): Promise<() => Promise<Watched>> {
  const output = '/run/lab/witness';
  // The agent's port is descriptor 3; a guest that is loaded must not delay the witness.
  await guest.must(
    `setsid nice -n -15 python3 /run-lab/witness.py >${output} 2>${output}.err </dev/null 3>&- & echo $! >${output}.pid`,
  );
  await poll(
    'the witness is ready',
    120_000,
    async () => (await guest.must(`cat ${output} ${output}.err`)) === 'ready\n',
  );
  const standby = await guest.segment.startPacketCapture(0, filter);
  const primary = await guest.segment.startPacketCapture(1, filter);
  return async () => {
    // The witness saw the first packet before a tap did, and sees the last one after it.
    const captured = { standby: readPayloads(await standby()), primary: readPayloads(await primary()) };
    await guest.must(`kill "$(cat ${output}.pid)"`);
    const account = await poll('the witness has told all', 120_000, async () => {
      const text = await guest.must(`cat ${output}`);
      return text.includes('\ndropped ') && text;
    });
    const payloads = [...captured.standby, ...captured.primary];
    const packets = payloads.map(readDhcpPacket).filter(({ type }) => !type.startsWith('IPv6'));
    return {
      ...attributePackets(readWitnessed(account), captured),
      captured: payloads.length,
      clients: [...new Set(packets.map(({ client }) => client))],
    };
  };
}

function readWitnessed(account: string): readonly WitnessedPacket[] {
  const lines = account.trim().split('\n').slice(1);
  const last = lines.pop();
  if (last !== 'dropped 0') throw new Error(`the witness in the guest missed packets: ${last}`);
  return lines.map((line) => {
    const [link = '', role = 'unknown', payload = ''] = line.split(' ');
    return { link, role: role as SenderRole, payload };
  });
}
