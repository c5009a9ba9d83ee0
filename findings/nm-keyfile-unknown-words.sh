#!/bin/bash
# network-manager 1.58.1-1 (Debian sid): unknown keys and sections in a keyfile that nmcli reads and writes again.
# Guess: they are kept, since a newer release may know them, or a warning is shown.
# Seen:  `nmcli --offline connection modify` drops them with exit 0: `interfacename=` and `[ethernets]` leave a profile
#        that binds to no link in particular; of `[match] drivers=` an empty [match] stays.
. "$(dirname "$0")/lib.sh"
root sid network-manager=1.58.1-1

read_back() {
  printf '[connection]\nid=x\nuuid=9e2b3a8c-3c1a-4e7e-9a7e-1b0f3c1d2e3f\ntype=ethernet\n%b' "$1" |
    inside sid nmcli --offline connection modify connection.autoconnect-priority 5 2>&1 | grep -E 'name|mac-|\[ethernets|match|driver|rror' || echo nothing
}
same "$(read_back 'interfacename=ens10\n')" nothing 'unknown key' || exit 1
same "$(read_back '[ethernets]\nmac-address=52:54:00:12:34:56\n')" nothing 'unknown section' || exit 1
same "$(read_back '[match]\ndrivers=net_failover;\n')" '[match]' 'unknown key in [match]' || exit 1
