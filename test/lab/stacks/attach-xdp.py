#!/usr/bin/python3
"""Attaches an XDP program that passes everything (generic mode). Argument: a link. By bpf(2) and rtnetlink(7), since no compiler is there."""

import ctypes
import os
import socket
import struct
import sys

BPF_PROG_LOAD, BPF_PROG_TYPE_XDP, XDP_PASS, NR_BPF = 5, 6, 2, 321
RTM_SETLINK, NLM_F_REQUEST, NLM_F_ACK = 19, 1, 4
IFLA_XDP, IFLA_XDP_FD, IFLA_XDP_FLAGS, XDP_FLAGS_SKB_MODE, NLA_F_NESTED = 43, 1, 3, 1 << 1, 1 << 15

code = struct.pack("<BBhi", 0xB7, 0, 0, XDP_PASS) + struct.pack("<BBhi", 0x95, 0, 0, 0)  # r0 = XDP_PASS; exit
instructions = ctypes.create_string_buffer(code, len(code))
licence = ctypes.create_string_buffer(b"GPL")
attributes = struct.pack(
    "<IIQQIIQII16s", BPF_PROG_TYPE_XDP, 2, ctypes.addressof(instructions), ctypes.addressof(licence), 0, 0, 0, 0, 0, b"pass"
)
buffer = ctypes.create_string_buffer(attributes, len(attributes))
libc = ctypes.CDLL(None, use_errno=True)
program = libc.syscall(NR_BPF, BPF_PROG_LOAD, buffer, len(attributes))
if program < 0:
    sys.exit(f"BPF_PROG_LOAD: {os.strerror(ctypes.get_errno())}")


def attribute(kind, payload):
    return struct.pack("<HH", 4 + len(payload), kind) + payload + b"\0" * (-len(payload) % 4)


inner = attribute(IFLA_XDP_FD, struct.pack("<i", program)) + attribute(IFLA_XDP_FLAGS, struct.pack("<I", XDP_FLAGS_SKB_MODE))
body = struct.pack("<BxHiII", 0, 0, socket.if_nametoindex(sys.argv[1]), 0, 0) + attribute(IFLA_XDP | NLA_F_NESTED, inner)
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
netlink.send(struct.pack("<IHHII", 16 + len(body), RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0) + body)
error = struct.unpack_from("<i", netlink.recv(65535), 16)[0]
if error != 0:
    sys.exit(f"RTM_SETLINK: {os.strerror(-error)}")
