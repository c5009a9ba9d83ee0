#!/bin/bash
# netplan 1.2.2-3 (Debian sid): set-name of more than 15 characters, the kernel's limit.
# Guess: refused with file, line and column, as other faults are.
# Seen:  a warning ("too long. It will be ignored by the backend"), exit 0. The backend ignores it for the rename, but the
#        .network still asks for Name=<the long name>: the link keeps its old name, and nothing configures it.
. "$(dirname "$0")/lib.sh"
root sid netplan.io=1.2.2-3
mkdir -p "$T/sid/w/etc/netplan"
printf 'network: {ethernets: {lan: {match: {macaddress: "52:54:00:12:34:56"}, set-name: toolonginterfacename0, dhcp4: true}}}\n' \
  >"$T/sid/w/etc/netplan/a.yaml"
chmod 600 "$T/sid/w/etc/netplan/a.yaml"

same "$(inside sid /usr/libexec/netplan/configure --root-dir /w 2>&1 | sed -n 's/.*Interface/Interface/p')" \
  "Interface name 'toolonginterfacename0' is too long. It will be ignored by the backend." 'a warning' || exit 1
same "$(grep -h Name= "$T"/sid/w/run/systemd/network/*)" "Name=toolonginterfacename0
Name=toolonginterfacename0" 'both files have the name' || exit 1
