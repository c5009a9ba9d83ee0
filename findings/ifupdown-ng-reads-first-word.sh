#!/bin/bash
# ifupdown-ng 0.12.1-8 (Debian sid) reads the files of ifupdown 0.8.45, but not all of their grammar.
# Guess: `auto a b` marks both, as ifupdown's manual has it; a pattern (`auto /en*`) is expanded or refused.
# Seen:  only the first name is marked, and the pattern marks no interface that fits it. Exit 0, nothing printed.
. "$(dirname "$0")/lib.sh"
root sid ifupdown-ng=0.12.1-8 dash=0.5.12-12 coreutils=9.10-1

marked() { inside sid ifquery-ng -S /dev/null -i /i "$1" 2>&1 | grep -c ^auto || true; }
printf 'auto ens10 ens11\niface ens10 inet dhcp\niface ens11 inet dhcp\n' >"$T/sid/i"
same "$(marked ens10)" 1 'the first name of auto' || exit 1
same "$(marked ens11)" 0 'the second' || exit 1
printf 'auto /en*\niface ens10 inet dhcp\n' >"$T/sid/i"
same "$(marked ens10)" 0 'a pattern' || exit 1
