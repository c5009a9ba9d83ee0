#!/bin/bash
# network-manager 1.58.1-1 (Debian sid): `ip=` for an interface name that the kernel cannot take (more than 15 characters).
# Guess: nm-initrd-generator writes the name as it is, or refuses it; the profile binds to no link.
# Seen:  the profile is "Wired Connection" without interface-name: DHCP on whatever wired link comes first. Exit 0.
#        systemd-network-generator 262 refuses the whole command line with exit 1.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 network-manager=1.58.1-1

same "$(inside sid /usr/libexec/nm-initrd-generator -s -- ip=toolonginterfacename0:dhcp 2>/dev/null |
  grep -E '^(id|type|interface-name|multi-connect)=')" "id=Wired Connection
type=ethernet
multi-connect=1" 'a profile for any link'
same "$(inside sid /usr/lib/systemd/systemd-network-generator -- ip=toolonginterfacename0:dhcp 2>&1 || echo refused)" \
  'Failed to parse command line "ip=toolonginterfacename0:dhcp": Invalid argument
refused' 'systemd refuses'
