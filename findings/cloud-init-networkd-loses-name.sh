#!/bin/bash
# cloud-init 26.2-1 (Debian sid): version 2 with `match: {name: "en*"}` under the id `lan`, rendered for networkd.
# Guess: [Match] Name=en*, as netplan makes of the same text.
# Seen:  Name=lan: the id takes the place of the pattern, so no link of that machine is configured. netplan 1.2.2-3 writes
#        Name=en*.
. "$(dirname "$0")/lib.sh"
root sid cloud-init=26.2-1 netplan.io=1.2.2-3
mkdir -p "$T/sid/w/etc/netplan" "$T/sid/out"
echo 'systemd-network:x:998:998::/:/usr/sbin/nologin' >"$T/sid/etc/passwd"
echo 'systemd-network:x:998:' >"$T/sid/etc/group"
printf 'version: 2\nethernets:\n  lan: {match: {name: "en*"}, dhcp4: true}\n' >"$T/sid/v2.yaml"
(echo network: && sed 's/^/  /' "$T/sid/v2.yaml") >"$T/sid/w/etc/netplan/a.yaml"
chmod 600 "$T/sid/w/etc/netplan/a.yaml"

inside sid cloud-init devel net-convert -p /v2.yaml -k yaml -d /out -D debian -O networkd >/dev/null 2>&1
same "$(grep -rh ^Name= "$T/sid/out")" Name=lan 'cloud-init' || exit 1
inside sid /usr/libexec/netplan/configure --root-dir /w
same "$(grep -h ^Name= "$T/sid/w/run/systemd/network/10-netplan-lan.network")" 'Name=en*' 'netplan' || exit 1
