#!/bin/bash
# udev 262.1-1 (Debian sid). A rules file saved with Windows line ends.
# Guess: the carriage return is an unknown token, so the line is dropped or `udevadm verify` fails.
# Seen:  verify passes without a word, the rule works, and the value has no carriage return in it.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 udev=262.1-1
mkdir -p "$T/sid/etc/udev/rules.d"
printf 'SUBSYSTEM=="net", ENV{ROLE}="standby"\r\n' >"$T/sid/etc/udev/rules.d/85-x.rules"
SETUP='ip link add v0 type veth peer name v1'

same "$(inside sid udevadm verify --no-summary /etc/udev/rules.d/85-x.rules 2>&1 && echo passes)" passes 'verify' || exit 1
same "$(inside sid udevadm test --action=add /sys/class/net/v0 2>/dev/null | grep ROLE=)" '  ROLE=standby' 'the property' || exit 1
