#!/bin/sh
# Prints what sysfs and udev say of the guest's links, a line an entry: "link PATH TARGET", "text PATH BASE64",
# "error PATH MESSAGE". Values that only count (statistics, queues, power) are left out.
entry() {
  if [ -L "$1" ]; then
    echo "link $1 $(readlink "$1")"
  elif [ -f "$1" ]; then
    # A pipe would hide whether cat failed, and $(…) would eat newlines.
    if message=$(cat "$1" 2>&1 >/run/lab/scratch/value); then
      echo "text $1 $(base64 -w 0 </run/lab/scratch/value)"
    else
      echo "error $1 ${message##*: }"
    fi
  fi
}

for class in /sys/class/net/*; do
  entry "$class"
  [ -d "$class" ] || continue
  netdev=$(readlink -f "$class")
  for path in "$netdev"/* "$netdev"/bonding/* "$netdev"/bridge/* "$netdev"/brport/*; do
    case $path in */flush | */uevent_seqnum) continue ;; esac
    entry "$path"
  done
  [ -e "$netdev/device" ] || continue
  device=$(readlink -f "$netdev/device")
  for name in driver subsystem features vendor device class modalias uevent subsystem_vendor subsystem_device; do
    entry "$device/$name"
  done
  parent=${device%/*}
  for name in driver subsystem vendor device class modalias; do entry "$parent/$name"; done
  entry "/run/udev/data/n$(cat "$class/ifindex")"
done
