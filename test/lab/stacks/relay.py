#!/usr/bin/python3
"""Passes UDP between two ports: what comes to the first goes out by the second, to whoever was heard there last, and the other way.

A guest that talks to itself through it does so by the wire: a macvlan and its lower link do not hear each other. Arguments: two
ports. Prints "listening" to stderr when it does.
"""

import selectors
import socket
import sys

ends = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
for end, port in zip(ends, sys.argv[1:]):
    end.bind(("", int(port)))
heard = [None, None]
ready = selectors.DefaultSelector()
for index, end in enumerate(ends):
    ready.register(end, selectors.EVENT_READ, index)
print("listening", file=sys.stderr, flush=True)
while True:
    for key, _ in ready.select():
        index = key.data
        data, heard[index] = ends[index].recvfrom(65535)
        if heard[1 - index] is not None:
            ends[1 - index].sendto(data, heard[1 - index])
