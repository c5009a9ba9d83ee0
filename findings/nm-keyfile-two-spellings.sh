#!/bin/bash
# network-manager 1.58.1-1 (Debian sid): [ethernet] and its long name [802-3-ethernet] in one keyfile.
# Guess: both are read and merged, whichever key stands in which.
# Seen:  only the long one is read: the mac-address under [ethernet] is lost, without a word and with exit 0, in either order.
. "$(dirname "$0")/lib.sh"
root sid network-manager=1.58.1-1

read_back() {
  printf '[connection]\nid=x\nuuid=9e2b3a8c-3c1a-4e7e-9a7e-1b0f3c1d2e3f\ntype=ethernet\n%b' "$1" |
    inside sid nmcli --offline connection modify connection.autoconnect-priority 5 2>&1 | grep -E '^(mac|mtu)|rror' || true
}
short='[ethernet]\nmac-address=52:54:00:12:34:56\n'
long='[802-3-ethernet]\nmtu=1400\n'
same "$(read_back "$short$long")" mtu=1400 'short name first' || exit 1
same "$(read_back "$long$short")" mtu=1400 'long name first' || exit 1
