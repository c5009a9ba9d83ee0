#!/bin/bash
# network-manager 1.58.1-1 (Debian sid): a keyfile whose mac-address is no MAC, and one whose autoconnect is no boolean.
# Guess: refused, as a name of more than 15 characters or an unknown method is.
# Seen:  exit 0, nothing printed, the key is dropped. What is left is a profile for every Ethernet link that connects by
#        itself (41135085296 is what a YAML 1.1 reader makes of an unquoted 52:54:00:12:34:56).
. "$(dirname "$0")/lib.sh"
root sid network-manager=1.58.1-1

read_back() {
  printf '[connection]\nid=x\nuuid=9e2b3a8c-3c1a-4e7e-9a7e-1b0f3c1d2e3f\ntype=ethernet\n%b' "$1" |
    inside sid nmcli --offline connection modify connection.autoconnect-priority 5 2>&1 | grep -E "$2" || echo dropped
}
same "$(read_back '[ethernet]\nmac-address=52:54:00:12:34:56\n' ^mac)" mac-address=52:54:00:12:34:56 'a MAC stays' || exit 1
same "$(read_back '[ethernet]\nmac-address=41135085296\n' '^mac|rror')" dropped 'no MAC' || exit 1
same "$(read_back 'autoconnect=maybe\n' '^autoconnect=|rror')" dropped 'no boolean' || exit 1
same "$(read_back 'interface-name=toolonginterfacename0\n' rror)" \
  "Error: Error writing connection: connection.interface-name: 'toolonginterfacename0': interface name is longer than 15 characters" 'long name'
