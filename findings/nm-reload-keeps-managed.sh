#!/bin/bash
# network-manager 1.58.1-1 (Debian sid): a [device] section with managed=0 is written while NetworkManager runs, and it is told to
# read its configuration ('nmcli general reload conf'); then the section is taken away again, and it is told again.
# Guess: the link becomes unmanaged, and managed again (NetworkManager.conf(5) has 'managed' among what [device] sets).
# Seen:  it stays as it was when the link first came, both times, with exit 0; 'unmanaged-devices' in [keyfile] works at once.
. "$(dirname "$0")/lib.sh"
root sid network-manager=1.58.1-1 dbus-daemon=1.16.2-8 iproute2 mount dash coreutils grep

N=$T/sid
mkdir -p "$N/etc/NetworkManager/conf.d" "$N/run/dbus" "$N/var/lib/NetworkManager"
printf '[main]\nno-auto-default=*\n' >"$N/etc/NetworkManager/NetworkManager.conf"
echo 'root:x:0:0::/:/bin/sh' >"$N/etc/passwd"
echo 'hosts: files' >"$N/etc/nsswitch.conf"
echo 0123456789abcdef0123456789abcdef >"$N/etc/machine-id"
types='method_call method_return error signal'
{
  echo '<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><policy context="default">'
  echo '<allow user="*"/><allow own="*"/>'
  for t in $types; do echo "<allow send_type=\"$t\" send_requested_reply=\"true\"/><allow receive_type=\"$t\"/>"; done
  echo '<allow send_type="method_call"/><allow send_type="signal"/></policy></busconfig>'
} >"$N/bus.conf"
cat >"$N/try" <<'EOF'
mount -o remount,ro /sys # else it waits for a udev that is not there
for n in 0 1; do ip link add eth$n type veth peer name peer$n; ip link set eth$n up; ip link set peer$n up; done
dbus-daemon --config-file=/bus.conf --fork --nopidfile
NetworkManager --no-daemon >/dev/null 2>&1 &
state() { nmcli -t -f DEVICE,STATE device 2>/dev/null | grep '^eth0:'; }
for _ in $(seq 20); do [ "$(state)" != eth0:disconnected ] || break; sleep 1; done
conf=/etc/NetworkManager/conf.d/50.conf
state
printf '[device-x]\nmatch-device=interface-name:eth0\nmanaged=0\n' >$conf; nmcli general reload conf; sleep 2; state
printf '[keyfile]\nunmanaged-devices=interface-name:eth0\n' >$conf; nmcli general reload conf; sleep 2; state
EOF
same "$(inside sid sh /try)" 'eth0:disconnected
eth0:disconnected
eth0:unmanaged' 'managed=0 is not heeded at a reload, unmanaged-devices is' || exit 1
