#!/bin/bash
# systemd 262.1-1 and network-manager 1.58.1-1 (Debian sid): `ip=` with a prefix or netmask that does not exist.
# Guess: nm-initrd-generator writes no address for prefix 33 nor for netmask 255.255.0.255 (the other was seen unguessed).
# Seen:  prefix 33: systemd-network-generator passes it on (10.0.0.2/33), nm-initrd-generator takes
#        the old class of the address, /8. Netmask 255.255.0.255: both write /32. All exit 0 and print nothing.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 network-manager=1.58.1-1

networkd() {
  rm -rf "$T/sid/run/systemd/network"
  inside sid /usr/lib/systemd/systemd-network-generator -- "$1" 2>&1
  grep ^Address= "$T/sid/run/systemd/network/70-ens10.network"
}
manager() { inside sid /usr/libexec/nm-initrd-generator -s -- "$1" 2>&1 | grep ^address1=; }

same "$(networkd ip=10.0.0.2::10.0.0.1:33::ens10:none)" Address=10.0.0.2/33 'networkd, prefix 33' || exit 1
same "$(manager ip=10.0.0.2::10.0.0.1:33::ens10:none)" address1=10.0.0.2/8 'NetworkManager, prefix 33' || exit 1
same "$(networkd ip=10.0.0.2::10.0.0.1:255.255.0.255::ens10:none)" Address=10.0.0.2/32 'networkd, odd netmask' || exit 1
same "$(manager ip=10.0.0.2::10.0.0.1:255.255.0.255::ens10:none)" address1=10.0.0.2/32 'NetworkManager, odd netmask' || exit 1
