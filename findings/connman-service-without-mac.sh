#!/bin/bash
# connman 1.41-3 (Debian 12): a [service_NAME] of Type=ethernet with neither MAC= nor DeviceName=, on a machine with two NICs.
# Guess: one NIC gets the static address, the first, as connman-service.config(5) has it ("the first found interface is used").
# Seen:  both get it: one address, twice on the network, and two connected routes.
. "$(dirname "$0")/lib.sh"
root bookworm connman=1.41-3 dbus-daemon=1.14.10-1~deb12u1 iproute2=6.1.0-3 dash=0.5.12-2 coreutils=9.1-1 grep=3.8-5

mkdir -p "$T/bookworm/var/lib/connman" "$T/bookworm/run/dbus"
printf '[service_lan]\nType=ethernet\nIPv4=192.0.2.10/255.255.255.0\nIPv6=off\n' >"$T/bookworm/var/lib/connman/a.config"
printf '[General]\nNetworkInterfaceBlacklist=peer\n' >"$T/bookworm/main.conf"
echo 'root:x:0:0::/:/bin/sh' >"$T/bookworm/etc/passwd"
types='method_call method_return error signal'
{
  echo '<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><policy context="default">'
  echo '<allow user="*"/><allow own="*"/>'
  for t in $types; do echo "<allow send_type=\"$t\" send_requested_reply=\"true\"/><allow receive_type=\"$t\"/>"; done
  echo '<allow send_type="method_call"/><allow send_type="signal"/></policy></busconfig>'
} >"$T/bookworm/bus.conf"
cat >"$T/bookworm/try" <<'EOF'
ip link set lo up
for n in 0 1; do ip link add eth$n type veth peer name peer$n; ip link set peer$n up; done
dbus-daemon --config-file=/bus.conf --fork --nopidfile
connmand -n -c /main.conf >/dev/null 2>&1 &
for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 2; [ "$(ip -4 -o address | grep -c 192.0.2)" -lt 2 ] || break; done
ip -4 -o address show | grep -o 'eth[01] *inet [0-9./]*' | tr -s ' ' | sort
EOF
same "$(inside bookworm sh /try)" 'eth0 inet 192.0.2.10/24
eth1 inet 192.0.2.10/24' 'both NICs have the address' || exit 1
