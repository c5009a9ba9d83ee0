# A controller and its guests: the controller in a network namespace with a bridge, each guest in namespaces of its own (net,
# mount, UTS, PID) behind a port of it. Run by test/packaging/ansible.test.ts as `unshare … bash fleet.sh WORK`: all of it ends
# with this script. WORK/guests/NAME holds `address`, `mac` and the folders `sys`, `udev` and `etc`; WORK/run is what to do when
# all answer.
#
# Real in a guest: addresses and routes, sshd (dropbear), the programs of this machine. Recorded: /sys and udev's database.
# Stand-ins: no udevd and no systemd run. systemctl knows no unit but the timer, which is a process; its time is over when
# /run/over is there.
set -eu
work=$1
mount --make-rprivate /
ip link set lo up
ip link add br0 type bridge
ip link set br0 up
ip address add 192.0.2.1/24 dev br0

mkdir "$work/stand-ins"
cat > "$work/stand-ins/systemd-run" << 'END'
#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; done
(
  until [ -e /run/over ]; do sleep 0.2; done
  touch /run/service
  rm /run/timer
  "$@" > /run/rollback.log 2>&1
  rm /run/service
) < /dev/null > /dev/null 2>&1 &
echo $! > /run/timer
END
cat > "$work/stand-ins/systemctl" << 'END'
#!/bin/sh
case "$*" in
"is-active failoverctl-rollback.timer") [ ! -e /run/timer ] || exec echo active ;;
"is-active failoverctl-rollback.service") [ ! -e /run/service ] || exec echo active ;;
"stop failoverctl-rollback.timer") kill "$(cat /run/timer)" && exec rm /run/timer ;;
daemon-reload) exit 0 ;;
esac
[ "$1" != is-active ] || shift
for unit; do echo inactive; done
exit 3
END
cat > "$work/stand-ins/udevadm" << 'END'
#!/bin/sh
exit 0
END
chmod 755 "$work"/stand-ins/*

enter_guest() {
  guest=$1
  hostname "$(basename "$guest")"
  mount -t proc proc /proc
  for folder in /run /var /root /usr/local; do mount -t tmpfs -o mode=755 tmpfs $folder; done
  mkdir -p /run/udev/data /var/lib /var/tmp /usr/local/sbin
  cp -a "$guest/udev/." /run/udev/data
  mount --bind "$guest/sys" /sys
  mount --bind "$guest/etc" /etc
  for program in systemctl systemd-run udevadm; do mount --bind "$work/stand-ins/$program" /usr/bin/$program; done
  mkdir -m 700 /root/.ssh
  cp "$work/key.pub" /root/.ssh/authorized_keys
  ip link set lo up
  # The kernel behind a real triple has one link-local address of the three fail.
  echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
  mac=$(cat "$guest/mac")
  ip link add enp1s0nsby address "$mac" type veth peer name enp2s0 address "$mac"
  ip link set enp1s0nsby up
  ip link set enp2s0 up
  ip address add 198.51.100.9/24 dev enp1s0nsby
  ip address add "$(cat "$guest/address")/24" dev enp1s0
  ip link set enp1s0 up
  exec dropbear -F -E -s -m -p 2222 -P /run/dropbear.pid -r "$work/host-key"
}

ssh-keygen -q -t ed25519 -N '' -f "$work/key"
dropbearkey -t ed25519 -f "$work/host-key" > "$work/host-key.log" 2>&1
own=$(readlink /proc/self/ns/net)
for guest in "$work"/guests/*; do
  mkfifo "$guest/go"
  unshare -n -m -u -p --fork --kill-child bash -c "$(declare -f enter_guest)
    set -eu; work=$work; read -r _ < '$guest/go'; enter_guest '$guest'" > "$guest/log" 2>&1 &
  until [ "$(readlink /proc/$!/ns/net)" != "$own" ]; do sleep 0.05; done
  port=port$!
  ip link add "$port" type veth peer name enp1s0 address "$(cat "$guest/mac")" netns $!
  ip link set "$port" master br0 up
  echo $! > "$guest/pid"
  echo > "$guest/go"
done
for guest in "$work"/guests/*; do
  until grep -q 'Not backgrounding' "$guest/log"; do
    kill -0 "$(cat "$guest/pid")"
    sleep 0.1
  done
done
. "$work/run"
