#!/bin/bash
# systemd 262.1-1 and network-manager 1.58.1-1 (Debian sid): one kernel command line, two generators for the initramfs.
# Guess: `ip=ens10:dhcp` means IPv4 alone for both (dracut's manual has dhcp6 beside it).
# Seen:  systemd-network-generator asks for IPv4 only; nm-initrd-generator writes method=auto for IPv4 and IPv6.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 network-manager=1.58.1-1

inside sid /usr/lib/systemd/systemd-network-generator -- ip=ens10:dhcp
same "$(grep ^DHCP= "$T/sid/run/systemd/network/70-ens10.network")" DHCP=ipv4 'networkd: IPv4' || exit 1
same "$(inside sid /usr/libexec/nm-initrd-generator -s -- ip=ens10:dhcp 2>/dev/null | grep -E '^(method=|\[ipv)')" "[ipv4]
method=auto
[ipv6]
method=auto" 'NetworkManager: both'
