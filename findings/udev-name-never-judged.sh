#!/bin/bash
# udev 262.1-1 (Debian sid). What do verify and test say to an interface name that the kernel cannot take?
# Guess: `udevadm test` at least reports that a name of 21 characters is too long. (What verify says was seen unguessed.)
# Seen:  verify passes all three. test turns slash and space into "_" ("a_b", "eth_0") and shows the name of 21 characters
#        as the result (exit 0), also in SYSTEMD_ALIAS; only the rename itself can fail (the kernel's limit is 15).
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 udev=262.1-1
mkdir -p "$T/sid/etc/udev/rules.d"
SETUP='ip link add v0 type veth peer name v1'

for name in a/b 'eth 0' toolonginterfacename0; do
  echo "SUBSYSTEM==\"net\", NAME=\"$name\"" >"$T/sid/etc/udev/rules.d/85-x.rules"
  inside sid udevadm verify --no-summary /etc/udev/rules.d/85-x.rules && verdict=passes || verdict=fails
  result=$(inside sid udevadm test --action=add /sys/class/net/v0 2>/dev/null | sed -n '/^Network interface name:/{n;p;}')
  echo "$name $verdict ->$result" >>"$T/seen"
done
same "$(cat "$T/seen")" "a/b passes ->  a_b
eth 0 passes ->  eth_0
toolonginterfacename0 passes ->  toolonginterfacename0" 'no name is refused' || exit 1
