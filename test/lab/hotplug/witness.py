#!/usr/bin/python3
"""Prints every DHCP packet that the guest sends, once for each link that it passes through, and each link's role.

The kernel shows an outgoing packet to packet sockets at every device that it is handed to (dev_queue_xmit_nit() in
net/core/dev.c). What is sent by way of a failover master is therefore seen twice, on the master and on the slave that the
master chose (net_failover_start_xmit()), in this order; what a slave's own client sends, once. No capture outside the
guest can tell the two apart by itself: addresses are the same.

A line: link, role, payload of the UDP packet in hexadecimal. At the end (SIGTERM): "dropped", and how many it missed.
"""

import ctypes
import errno
import os
import signal
import socket
import struct
import sys

ETH_P_ALL = 3
SO_ATTACH_FILTER = 26
SOL_PACKET, PACKET_STATISTICS = 263, 6
PORTS = {67, 68, 546, 547}

# Classic BPF, from the network header on: UDP in IPv4, or right behind the header of IPv6.
FILTER = [
    (0x30, 0, 0, 0),  # ldb [0]
    (0x74, 0, 0, 4),  # rsh #4
    (0x15, 0, 2, 4),  # jeq #4
    (0x30, 0, 0, 9),  # ldb [9]
    (0x05, 0, 0, 2),  # ja
    (0x15, 0, 3, 6),  # jeq #6, else drop
    (0x30, 0, 0, 6),  # ldb [6]
    (0x15, 0, 1, 17),  # jeq #17, else drop
    (0x06, 0, 0, 0xFFFF),  # ret #65535
    (0x06, 0, 0, 0),  # ret #0
]


def read(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def role_of(link):
    # Not by the driver: unbinding takes its link away before the netdevs (__device_release_driver() in drivers/base/dd.c),
    # and virtnet_remove() takes the standby first, so for a while the master sends by the VF and has no driver to show.
    path = f"/sys/class/net/{link}"
    try:
        bus = os.readlink(f"{path}/device/subsystem").rsplit("/", 1)[-1]
    except OSError:
        return "unknown"
    if bus == "virtio":
        return virtio_role_of(path)
    if read(f"{path}/master/ifindex"):
        return "primary"
    # A VF that is on its way out has no master any more, and no driver: what it was when it sent is not known.
    return "loose" if os.path.exists(f"{path}/device/driver") else "unknown"


def virtio_role_of(path):
    # The master cannot have a port name (EOPNOTSUPP); a standby that is being unregistered cannot tell its own (EINVAL).
    try:
        with open(f"{path}/phys_port_name", encoding="ascii") as file:
            return "standby" if file.read().strip() == "sby" else "unknown"
    except OSError as error:
        return "master" if error.errno == errno.EOPNOTSUPP else "unknown"


def payload_of(packet):
    start = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
    ports = struct.unpack_from("!HH", packet, start)
    return packet[start + 8 :] if PORTS.intersection(ports) else None


def stop(*_):
    sys.exit(0)


def main():
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in FILTER))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(FILTER), ctypes.addressof(code)))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    signal.signal(signal.SIGTERM, stop)
    print("ready", flush=True)
    try:
        while True:
            packet, (link, _, kind, *_) = sock.recvfrom(65536)
            payload = payload_of(packet) if kind == socket.PACKET_OUTGOING else None
            if payload is not None:
                print(link or "?", role_of(link), payload.hex(), flush=True)
    finally:
        _, dropped = struct.unpack("II", sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        print("dropped", dropped, flush=True)


main()
