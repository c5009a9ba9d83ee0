/** DHCP packets, as far as this proof has to tell one from the other: read from tcpdump's files and from payloads. */

export interface DhcpPacket {
  /** "DISCOVER", "REQUEST", "SOLICIT"; the number where there is no name. */
  readonly type: string;
  /** The client's own word for who it is, in hexadecimal: IPv4's option 61 ("" if not sent), IPv6's DUID and IAID. */
  readonly client: string;
}

// RFC 2132 section 9.6; RFC 8415 section 7.3
const types4 = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'];
const types6 = ['', 'SOLICIT', 'ADVERTISE', 'REQUEST', 'CONFIRM', 'RENEW', 'REBIND', 'REPLY', 'RELEASE', 'DECLINE'];

/** A payload of UDP, in hexadecimal. */
export function readDhcpPacket(payload: string): DhcpPacket {
  const bytes = Buffer.from(payload, 'hex');
  if (bytes.length > 240 && bytes.readUInt32BE(236) === 0x63825363) {
    const options = readOptions4(bytes.subarray(240));
    const type = options.get(53)?.[0] ?? 0;
    return { type: types4[type] || `type ${type}`, client: options.get(61)?.toString('hex') ?? '' };
  }
  const type = bytes[0] ?? 0;
  const options = readOptions6(bytes.subarray(4));
  const client = [options.get(1), (options.get(3) ?? options.get(4))?.subarray(0, 4)];
  return {
    type: `IPv6 ${types6[type] || `type ${type}`}`,
    client: client.flatMap((part) => part?.toString('hex') ?? []).join(' '),
  };
}

function readOptions4(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length && bytes[at] !== 255;) {
    const [code = 0, length = 0] = bytes.subarray(at);
    if (code !== 0) options.set(code, bytes.subarray(at + 2, at + 2 + length));
    at += code === 0 ? 1 : 2 + length;
  }
  return options;
}

function readOptions6(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 2);
    options.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return options;
}

/** The payloads, in hexadecimal, of the UDP packets in a file of tcpdump's: pcap(5) in this machine's byte order, Ethernet. */
export function readPayloads(file: Uint8Array): readonly string[] {
  const bytes = Buffer.from(file);
  if (bytes.readUInt32LE(0) !== 0xa1b2c3d4 || bytes.readUInt32LE(20) !== 1)
    throw new Error('not a pcap file of Ethernet frames in little-endian order');
  const payloads: string[] = [];
  for (let at = 24; at + 16 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 8);
    const packet = bytes.subarray(at + 16 + 14, at + 16 + length);
    const header = (packet[0] ?? 0) >> 4 === 4 ? ((packet[0] ?? 0) & 15) * 4 : 40;
    const end = header + packet.readUInt16BE(header + 4); // the frame may be padded
    payloads.push(packet.subarray(header + 8, end).toString('hex'));
    at += 16 + length;
  }
  return payloads;
}
