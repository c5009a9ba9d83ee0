#!/bin/bash
# netplan 1.2.2-3 (Debian sid): a list under match.driver together with set-name.
# Guess: the udev rules it writes join the drivers with "|", as udev's patterns do.
# Seen:  90-netplan.rules does; 99-netplan-ID.rules joins them with a TAB (DRIVERS=="a<TAB>b"), which matches no driver.
#        The .link beside it is right, so the rename works by that one.
. "$(dirname "$0")/lib.sh"
root sid netplan.io=1.2.2-3
mkdir -p "$T/sid/w/etc/netplan"
echo 'network: {ethernets: {lan: {match: {driver: [net_failover, virtio_net]}, set-name: lan0, dhcp4: true}}}' >"$T/sid/w/etc/netplan/a.yaml"
chmod 600 "$T/sid/w/etc/netplan/a.yaml"

inside sid /usr/libexec/netplan/configure --root-dir /w
same "$(grep -ho 'DRIVERS*}*==".*ver[^"]*"' "$T/sid/w/run/udev/rules.d/99-netplan-lan.rules" | cut -d, -f1)" \
  "$(printf 'DRIVERS=="net_failover\tvirtio_net"')" 'a TAB'
same "$(grep -ho 'ID_NET_DRIVER}=="[^"]*"' "$T/sid/w/run/udev/rules.d/90-netplan.rules")" 'ID_NET_DRIVER}=="net_failover|virtio_net"' 'a bar' || exit 1
same "$(grep -h ^Driver= "$T/sid/w/run/systemd/network/10-netplan-lan.link")" 'Driver=net_failover virtio_net' 'the .link' || exit 1
