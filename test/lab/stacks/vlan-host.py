#!/usr/bin/python3
"""A host in a VLAN of a bridge, for a kernel that has no 802.1Q: it answers ARP and echo requests. Arguments: link, VLAN, IPv4 address.

The kernel takes the tag off before a packet socket sees a frame, and says it beside (packet(7), PACKET_AUXDATA). Prints
"listening" to stderr when it does.
"""

import socket
import struct
import sys

ETH_P_ALL, ETH_P_8021Q, ETH_P_ARP, ETH_P_IP = 3, 0x8100, 0x0806, 0x0800
SOL_PACKET, PACKET_AUXDATA, TP_STATUS_VLAN_VALID = 263, 8, 1 << 4

link, vlan, address = sys.argv[1], int(sys.argv[2]), socket.inet_aton(sys.argv[3])
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
packets.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
packets.bind((link, 0))
with open(f"/sys/class/net/{link}/address", encoding="ascii") as file:
    mac = bytes.fromhex(file.read().strip().replace(":", ""))


def vlan_of(ancillary):
    for level, kind, data in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, _ = struct.unpack("IIIHHHH", data[:20])
            return tci & 0xFFF if status & TP_STATUS_VLAN_VALID else None
    return None


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def answer(kind, payload):
    """What is said to it, or None."""
    if kind == ETH_P_ARP and payload[6:8] == b"\0\1" and payload[24:28] == address:
        return payload[:6] + b"\0\2" + mac + address + payload[8:18]
    if kind != ETH_P_IP or payload[9] != socket.IPPROTO_ICMP or payload[16:20] != address:
        return None
    header, length = (payload[0] & 15) * 4, struct.unpack("!H", payload[2:4])[0]
    echo = payload[header:length]
    if echo[0] != 8:
        return None
    reply = b"\0\0" + struct.pack("!H", checksum(b"\0\0\0\0" + echo[4:])) + echo[4:]
    # the sum of the header is the same with the addresses changed over
    return payload[:12] + payload[16:20] + payload[12:16] + payload[20:header] + reply


print("listening", file=sys.stderr, flush=True)
while True:
    frame, ancillary, _, sender = packets.recvmsg(65535, 256)
    if sender[2] == socket.PACKET_OUTGOING or vlan_of(ancillary) != vlan:
        continue
    reply = answer(struct.unpack("!H", frame[12:14])[0], frame[14:])
    if reply is not None:
        packets.send(frame[6:12] + mac + struct.pack("!HH", ETH_P_8021Q, vlan) + frame[12:14] + reply)
