#!/bin/bash
# For dracut: /usr/lib/dracut/modules.d/96net-failover/module-setup.sh. Puts the rules that know the links of a failover group
# into the initramfs, and what keeps its network managers off the slaves. NetworkManager heeds the rules themselves.

# shellcheck disable=SC2154 # dracut sets moddir and initdir
check() {
  require_binaries udevadm mkdir || return 1
  return 0
}

depends() {
  return 0
}

install() {
  inst_multiple udevadm mkdir rmdir true
  # by its whole path: without --hostonly inst_rules passes over what is in /etc
  local rules
  for rules in /etc/udev/rules.d /usr/lib/udev/rules.d; do
    [[ -e ${dracutsysrootdir-}$rules/92-net-failover.rules ]] || continue
    inst_simple "$rules/92-net-failover.rules"
    break
  done
  # network-legacy: 91-default-net.rules starts ifup for every link
  inst_rules "$moddir/93-net-failover-dracut.rules"
  # systemd-networkd: for any guest, and by MAC if the system itself is guarded so
  inst_simple "$moddir/05-failover-slaves.network" /etc/systemd/network/05-failover-slaves.network
  inst_multiple -o /etc/systemd/network/05-failover-slaves-by-mac.network
}
