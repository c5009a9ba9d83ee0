#!/bin/bash
# cloud-init 26.2-1 (Debian sid) and netplan 1.2.2-3: `macaddress: 52:54:00:12:34:56` without quotes (QEMU's default MAC).
# Six pairs of decimal digits below 60 are one number in YAML 1.1, which cloud-init's reader speaks and netplan's does not.
# Guess: both netplan and networkd output of cloud-init carry the number, the schema check refuses it.
# Seen:  netplan itself takes the address as it stands. cloud-init's networkd renderer ends with an exception, its netplan
#        renderer passes 41135085296 on, and netplan refuses that file. With one hexadecimal letter in it all is well.
. "$(dirname "$0")/lib.sh"
root sid cloud-init=26.2-1 netplan.io=1.2.2-3
mkdir -p "$T/sid/w/etc/netplan" "$T/sid/out"
find "$T/sid/usr/lib/python3" -name netplan -type d -exec mv {} "$T/hidden" \; -prune
yaml() { printf 'version: 2\nethernets:\n  ens10: {match: {macaddress: %s}, dhcp4: true}\n' "$1" >"$T/sid/v2.yaml"; }
render() { inside sid cloud-init devel net-convert -p /v2.yaml -k yaml -d /out -D debian -O "$1" 2>&1 | tail -n 1; }
judge() { chmod 600 "$T"/sid/w/etc/netplan/*; if inside sid /usr/libexec/netplan/configure --root-dir /w >/dev/null 2>&1; then echo takes; else echo refuses; fi; }

yaml 52:54:00:12:34:56
(echo network: && sed 's/^/  /' "$T/sid/v2.yaml") >"$T/sid/w/etc/netplan/a.yaml"
same "$(judge)" takes 'netplan reads the address'
same "$(render networkd)" "AttributeError: 'int' object has no attribute 'lower'" 'networkd renderer'
render netplan >/dev/null
mv "$(find "$T/sid/out" -name '*.yaml')" "$T/sid/w/etc/netplan/a.yaml"
same "$(grep -o 'macaddress: .*' "$T/sid/w/etc/netplan/a.yaml")" 'macaddress: 41135085296' 'netplan renderer'
same "$(judge)" refuses 'netplan reads what cloud-init wrote'
