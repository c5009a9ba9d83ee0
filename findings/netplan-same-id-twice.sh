#!/bin/bash
# netplan 1.2.2-3 (Debian sid): one id twice in one file (`ens10: {dhcp4: true}` and below `ens10: {dhcp6: true}`).
# Guess: as with most YAML readers, the later mapping replaces the earlier without a word; or it is an error.
# Seen:  exit 0, and both are merged into one definition: DHCP=yes, IPv4 and IPv6.
. "$(dirname "$0")/lib.sh"
root sid netplan.io=1.2.2-3
mkdir -p "$T/sid/w/etc/netplan"
printf 'network:\n  ethernets:\n    ens10: {dhcp4: true}\n    ens10: {dhcp6: true}\n' >"$T/sid/w/etc/netplan/a.yaml"
chmod 600 "$T/sid/w/etc/netplan/a.yaml"

same "$(inside sid /usr/libexec/netplan/configure --root-dir /w 2>&1 && echo passes)" passes 'the command' || exit 1
same "$(grep ^DHCP= "$T/sid/w/run/systemd/network/10-netplan-ens10.network")" DHCP=yes 'both halves' || exit 1
