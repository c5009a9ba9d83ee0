#!/bin/bash
# netplan 1.2.2-3 (Debian sid): `match: {}`, "all devices of this type" by netplan's manual, networkd renderer.
# Guess: refused, since networkd has no file without a match.
# Seen:  exit 0; the .network has an empty [Match], which networkd (245 and later) leaves out, and NetworkManager is told
#        managed=0 for type:ethernet: neither of the two configures any Ethernet link.
. "$(dirname "$0")/lib.sh"
root sid netplan.io=1.2.2-3
mkdir -p "$T/sid/w/etc/netplan"
echo 'network: {ethernets: {all: {match: {}, dhcp4: true}}}' >"$T/sid/w/etc/netplan/a.yaml"
chmod 600 "$T/sid/w/etc/netplan/a.yaml"

same "$(inside sid /usr/libexec/netplan/configure --root-dir /w 2>&1 && echo passes)" passes 'accepted' || exit 1
same "$(grep . "$T/sid/w/run/systemd/network/10-netplan-all.network" | head -n 2)" "[Match]
[Network]" 'networkd: nothing to match'
same "$(grep -E '^m' "$T/sid/w/run/NetworkManager/conf.d/netplan.conf")" "match-device=type:ethernet
managed=0" 'NetworkManager: hands off all'
