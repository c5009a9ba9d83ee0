#!/bin/bash
# systemd 262.1-1 and network-manager 1.58.1-1 (Debian sid): `BOOTIF=01-MAC ip=dhcp`, what PXELINUX adds to a command line.
# Guess: both ask for DHCP on the link with that MAC.
# Seen:  nm-initrd-generator does. systemd-network-generator writes one file, 70-BOOTIF.network, which takes the link by MAC
#        and has an empty [Network]: `ip=dhcp` is lost, for that link and for all others.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 network-manager=1.58.1-1

inside sid /usr/lib/systemd/systemd-network-generator -- BOOTIF=01-52-54-00-00-00-01 ip=dhcp
same "$(cd "$T/sid/run/systemd/network" && ls && grep -Ehv '^(#|$)' ./*)" "70-BOOTIF.network
[Match]
MACAddress=52:54:00:00:00:01
[Link]
[Network]
[DHCP]" 'networkd: no DHCP at all' || exit 1
same "$(inside sid /usr/libexec/nm-initrd-generator -s -- BOOTIF=01-52-54-00-00-00-01 ip=dhcp 2>/dev/null |
  grep -E '^(mac|method)')" "mac-address=52:54:00:00:00:01
method=auto
method=auto" 'NetworkManager: DHCP' || exit 1
