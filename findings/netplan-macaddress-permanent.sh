#!/bin/bash
# netplan 1.2.2-3 (Debian sid): `macaddress: permanent`, one of NetworkManager's words, with the networkd renderer.
# Guess: refused, since it is no address and networkd has no such word for MACAddress=.
# Seen:  accepted; the .link says MACAddressPolicy=persistent, another thing (by systemd.link(5): keep a hardware address,
#        else make a stable one).
. "$(dirname "$0")/lib.sh"
root sid netplan.io=1.2.2-3
mkdir -p "$T/sid/w/etc/netplan"
echo 'network: {ethernets: {ens10: {macaddress: permanent, dhcp4: true}}}' >"$T/sid/w/etc/netplan/a.yaml"
chmod 600 "$T/sid/w/etc/netplan/a.yaml"

same "$(inside sid /usr/libexec/netplan/configure --root-dir /w 2>&1 && echo passes)" passes 'accepted' || exit 1
same "$(grep -h MACAddress "$T"/sid/w/run/systemd/network/*)" MACAddressPolicy=persistent 'policy in the .link' || exit 1
