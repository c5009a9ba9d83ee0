#!/bin/sh
# Runs on a host that hosts.sh made, whose NUMBER it is given: its network, and its libvirtd.
set -eu
number=$1
card=/sys/bus/pci/devices/0000:0$number:00.0
pf=$(ls "$card/net")
uplink=$(ls "$card/virtfn1/net")

ip link set lo up
ip link set "$pf" up
# A VF that is a bridge's uplink sends for others and takes more than one MAC: who runs such a host must have it so.
ip link set "$pf" vf 1 trust on
ip link set "$pf" vf 1 spoofchk off
# Its driver asks the PF for what it does not have before its link: EINVAL until then.
retry() {
  tries=0
  until "$@" 2>/run/said; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { cat /run/said >&2 && exit 1; }
    sleep 0.3
  done
}
retry ip link set "$uplink" up
# igbvf cannot be promiscuous: the bridge hears what is for itself by the VF's own MAC.
ip link add br0 address "$(cat "/sys/class/net/$uplink/address")" type bridge mcast_snooping 0
retry ip link set "$uplink" master br0
ip link set br0 up
ip address add "10.9.0.$number/24" dev br0

virtlogd --daemon
libvirtd --daemon --listen
