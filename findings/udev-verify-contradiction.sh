#!/bin/bash
# udev 262.1-1 (Debian sid). Which contradictions in one line does `udevadm verify` see?
# Guess: two different values for one key are reported wherever both must hold (KERNEL, ENV, ATTR), and two DRIVERS== are
#        fine, since each may be met by another parent.
# Seen:  ENV and KERNEL are reported; ATTR{phys_port_name} with two values passes, though no link can have both; two
#        DRIVERS== are reported as a conflict (all parent keys of a line must hold at one and the same parent).
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 udev=262.1-1

judge() {
  echo "$1, ENV{OUT}=\"1\"" >"$T/sid/etc/x.rules"
  if inside sid udevadm verify --no-summary /etc/x.rules >"$T/out" 2>&1; then echo passes; else sed -n 's/.*:1 //p' "$T/out"; fi
}
conflict='conflicting match expressions, the line has no effect.'
same "$(judge 'KERNEL=="eth0", KERNEL=="eth1"')" "$conflict" 'two KERNEL==' || exit 1
same "$(judge 'ENV{A}=="1", ENV{A}=="2"')" "$conflict" 'two ENV{A}==' || exit 1
same "$(judge 'ATTR{phys_port_name}=="sby", ATTR{phys_port_name}!="sby"')" "$conflict" 'ATTR == and != the same value' || exit 1
same "$(judge 'ATTR{phys_port_name}=="sby", ATTR{phys_port_name}=="p0"')" passes 'two ATTR== with different values' || exit 1
same "$(judge 'DRIVERS=="virtio_net", DRIVERS=="virtio-pci"')" "$conflict" 'two DRIVERS==' || exit 1
