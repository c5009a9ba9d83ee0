import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDhcpPacket, readPayloads } from './dhcp-packets.ts';

/** A DHCPv4 payload: 236 octets of header, the magic cookie, options, the end (RFC 2131 section 2). */
const payload4 = (options: string) => `${'01'.padEnd(472, '0')}63825363${options}ff`;

test('a DHCPv4 client that says who it is', () => {
  assert.deepEqual(readDhcpPacket(payload4('3501013d0701525400001253')), {
    type: 'DISCOVER',
    client: '01525400001253',
  });
});

test('one that does not, behind a pad', () => {
  assert.deepEqual(readDhcpPacket(payload4('00350103')), { type: 'REQUEST', client: '' });
});

test('a DHCPv6 client: DUID and IAID', () => {
  const duid = '00010004aabbccdd';
  const address = `0003000c00001234${'0'.repeat(16)}`;
  assert.deepEqual(readDhcpPacket(`01000001${duid}${address}`), { type: 'IPv6 SOLICIT', client: 'aabbccdd 00001234' });
});

test('a payload that is cut off is no reason to fail', () => {
  assert.equal(readDhcpPacket('').type, 'IPv6 type 0');
  assert.equal(readDhcpPacket('01000001000100').client, '');
});

function pcap(...frames: readonly string[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt32LE(1, 20);
  const records = frames.map((hex) => {
    const frame = Buffer.from(hex, 'hex');
    const record = Buffer.alloc(16);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([header, ...records]);
}

const ethernet = '00'.repeat(14);
const udp = (text: string) => `00440043${(8 + text.length / 2).toString(16).padStart(4, '0')}0000${text}`;

test('payloads of IPv4 with options and of IPv6, without the padding of the frame', () => {
  const ipv4 = `46${'00'.repeat(23)}`;
  const ipv6 = `60${'00'.repeat(39)}`;
  assert.deepEqual(readPayloads(pcap(ethernet + ipv4 + udp('abcd') + '0000', ethernet + ipv6 + udp('ef'))), [
    'abcd',
    'ef',
  ]);
});

test('no packets, and no pcap file', () => {
  assert.deepEqual(readPayloads(pcap()), []);
  assert.throws(() => readPayloads(Buffer.alloc(24)), /not a pcap file/);
});
