#!/bin/bash
# systemd 262.1-1 (Debian sid): words of dracut's `ip=` that systemd-network-generator has no means for.
# Guess: `ibft` is left out (the firmware table is not read), `either6` is an error.
# Seen:  `ip=ens10:ibft` writes a .network that takes the link with DHCP=no and gives no address: nothing else configures it.
#        `either6` (DHCPv6, else router advertisements) becomes DHCP=ipv6.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 udev=262.1-1

write() {
  inside sid /usr/lib/systemd/systemd-network-generator -- "$1" && grep -E '^(Name|DHCP|Address)=' "$T/sid/run/systemd/network/70-ens10.network"
}
same "$(write ip=ens10:ibft)" "Name=ens10
DHCP=no" ibft || exit 1
same "$(write ip=ens10:either6)" "Name=ens10
DHCP=ipv6" either6 || exit 1
