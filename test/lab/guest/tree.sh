#!/bin/sh
# Prints how the guest's tree differs from its image, a line a name: permissions, owner, kind, name; for a file its
# SHA-256, for a link its target. Runs under dash and under busybox sh, also before the guest has booted.
# Left out: /run and /tmp, which do not outlast a boot, and what daemons keep for themselves.
upper=/run/lab/state/upper
lower=/run/lab/lower
scratch=/run/lab/scratch

list() {
  (
    cd "$1" || exit 1
    xargs stat -c '%a %u %g %F %n' <"$scratch/names" 2>/dev/null | sed 's/regular empty file/regular file/'
    while read -r name; do
      if [ -L "$name" ]; then echo "link $name $(readlink "$name")"; fi
    done <"$scratch/names"
    while read -r name; do
      if [ -f "$name" ] && [ ! -L "$name" ]; then echo "$name"; fi
    done <"$scratch/names" | xargs sha256sum
  ) >"$2"
}

(cd "$upper" && find . ! -path . | grep -v -E '^\./(tmp|run|var/(log|tmp|cache|lib/(dbus|systemd|dhcp|dhcpcd|NetworkManager|cloud)))(/|$)' |
  grep -v -E '^\./(var|var/lib|var/\.updated|etc/(machine-id|resolv\.conf|\.updated|\.pwd\.lock))$') >"$scratch/names"
list "$upper" "$scratch/tree.upper"
list "$lower" "$scratch/tree.lower"
grep -v -x -F -f "$scratch/tree.lower" "$scratch/tree.upper" | sort
