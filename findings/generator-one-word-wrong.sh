#!/bin/bash
# systemd 262.1-1 and network-manager 1.58.1-1 (Debian sid): one `ip=` with a word that only the other side knows, or none.
# Guess: nm-initrd-generator warns of `dhcp4` and takes it as DHCP, as it does with dracut's `single-dhcp`; without any
#        `ip=`, `rd.neednet=1` makes it write its default profile.
# Seen:  `ip=ens10:dhcp4` gives no profile and exit 0; systemd-network-generator ends with 1 there and with `single-dhcp`,
#        which dracut documents, and writes nothing, not even for the other links named. rd.neednet=1 alone: no profile.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 network-manager=1.58.1-1

manager() { inside sid /usr/libexec/nm-initrd-generator -s -- "$1" 2>/dev/null | grep -c '^method=auto' || true; }
networkd() {
  inside sid /usr/lib/systemd/systemd-network-generator -- ip=ens11:dhcp "$1" 2>/dev/null || echo "exit $?"
  ls "$T/sid/run/systemd/network" 2>/dev/null || true
}
same "$(manager ip=ens10:dhcp4)" 0 'NetworkManager, dhcp4' || exit 1
same "$(manager ip=ens10:single-dhcp)" 2 'NetworkManager, single-dhcp' || exit 1
same "$(manager rd.neednet=1)" 0 'NetworkManager, no ip=' || exit 1
same "$(networkd ip=ens10:dhcp4)" 'exit 1' 'networkd, dhcp4' || exit 1
same "$(networkd ip=ens10:single-dhcp)" 'exit 1' 'networkd, single-dhcp' || exit 1
