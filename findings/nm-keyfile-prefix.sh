#!/bin/bash
# network-manager 1.58.1-1 (Debian sid): address1= with a prefix that does not exist, or with none.
# Guess: /33 is refused, an address without prefix is a host address (/32).
# Seen:  both become /24, exit 0, nothing printed. (nm-initrd-generator of the same release makes /8 of 10.0.0.2/33.)
. "$(dirname "$0")/lib.sh"
root sid network-manager=1.58.1-1

read_back() {
  printf '[connection]\nid=x\nuuid=9e2b3a8c-3c1a-4e7e-9a7e-1b0f3c1d2e3f\ntype=ethernet\n[ipv4]\nmethod=manual\naddress1=%s\n' "$1" |
    inside sid nmcli --offline connection modify connection.autoconnect-priority 5 2>&1 | grep -E '^address|rror'
}
same "$(read_back 10.0.0.2/33)" address1=10.0.0.2/24 'prefix 33' || exit 1
same "$(read_back 10.0.0.2)" address1=10.0.0.2/24 'no prefix' || exit 1
