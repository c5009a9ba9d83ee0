#!/bin/sh
# Takes the parts of a failover pair out and in again, and prints after each round what every link of the pair holds.
#   replug.sh rounds COUNT CARRIER_EVERY KIND…   the kinds in turn, by unbinding and binding drivers
#   replug.sh no-vf | no-master                  waits until it is gone
#   replug.sh alone ROUND KIND                   waits until a VF without a master has had its chance; prints
#   replug.sh settled ROUND KIND CARRIER         waits until the pair is whole; CARRIER 1: and has carrier; prints
# VF, DRIVER, STANDBY: the PCI address of the VF, its driver, the PCI address of the virtio device.
#
# A line: round, kind, when, role, name, what 92-net-failover.rules say of it ("-": nothing), its addresses. `alone` is
# before the master came; `settled` when udev is done; `carrier` a second after the VF's link came up, so that a DHCP
# client on it has had its chance.
set -u
vf_driver=/sys/bus/pci/drivers/$DRIVER
vf_device=/sys/bus/pci/devices/$VF
virtio_net=/sys/bus/virtio/drivers/virtio_net
standby_device=/sys/bus/pci/devices/$STANDBY

await() { # seconds, what: until that succeeds
  tries=$(($1 * 10))
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || {
      echo "not: $*" >&2
      ls -l /sys/class/net >&2
      exit 1
    }
    sleep 0.1
  done
}
exists() { [ -e "$1" ]; }
no_vf() { ! exists "$vf_device/net"; }
vf() { exists "$vf_device"/net/*/ifindex; }
no_master() { ! exists "$standby_device"/virtio*/net; }
whole() { exists "$vf_device"/net/*/master/ifindex; }
has_carrier() { [ "$(cat "$vf_device"/net/*/carrier 2>/dev/null)" = 1 ]; }
is_down() { # IFF_UP
  read -r flags <"$(echo "$vf_device"/net/*/flags)"
  [ $((flags & 1)) = 0 ]
}
no_release() { [ -z "$(systemctl list-units --plain --no-legend --state=activating 'net-failover-release@*')" ]; }

unbind_vf() {
  echo "$VF" >"$vf_driver/unbind"
  await 120 no_vf
}
bind_vf() { echo "$VF" >"$vf_driver/bind"; }
virtio_name() {
  path=$(echo "$standby_device"/virtio*)
  echo "${path##*/}"
}
unbind_master() { virtio_name >"$virtio_net/unbind"; }
bind_master() { virtio_name >"$virtio_net/bind"; }

move() { # kind, carrier
  case $1 in
  vf-after-master)
    unbind_vf
    bind_vf
    ;;
  vf-before-master)
    unbind_master
    unbind_vf
    bind_vf
    bind_master
    ;;
  vf-long-before-master)
    unbind_master
    unbind_vf
    bind_vf
    alone
    bind_master
    ;;
  master-again)
    unbind_master
    [ "$2" = 0 ] || alone
    bind_master
    ;;
  vf-every-200-ms)
    times=10
    while [ "$times" -gt 0 ]; do
      times=$((times - 1))
      unbind_vf
      sleep 0.2
      bind_vf
      sleep 0.2
    done
    ;;
  *)
    echo "what is $1?" >&2
    exit 2
    ;;
  esac
}

# udev and the managers have done with the VF what they do with any NIC, or have left it down.
alone() {
  await 120 vf
  udevadm settle --timeout=180
  sleep 2
  if ! is_down; then
    await 180 has_carrier
    sleep 2
  fi
  sample alone
}

sample() { # when
  ip -o address show >/run/lab/addresses
  for path in "$standby_device"/virtio*/net/* "$vf_device"/net/*; do
    { read -r index <"$path/ifindex"; } 2>/dev/null || continue
    name=${path##*/}
    case $path in
    */virtio*) if exists "$path/master"; then role=standby; else role=master; fi ;;
    *) if exists "$path/master"; then role=primary; else role=loose; fi ;;
    esac
    property=-
    while IFS= read -r line; do
      case $line in E:ID_NET_FAILOVER=*) property=${line#*=} ;; esac
    done <"/run/udev/data/n$index"
    held=
    while read -r _ link _ address _; do
      [ "$link" != "$name" ] || held="$held $address"
    done </run/lab/addresses
    echo "$round $kind $1 $role $name $property$held"
  done 2>/dev/null
}

settled() { # carrier
  await 180 whole
  udevadm settle --timeout=180
  # Whatever configured the VF while it was an ordinary NIC is taken off it by a service, which takes a second.
  await 180 no_release
  sample settled
  if [ "$1" = 1 ]; then
    await 180 has_carrier
    sleep 1
    sample carrier
  fi
}

case $1 in
rounds)
  count=$2 every=$3
  shift 3
  round=0
  while [ "$round" -lt "$count" ]; do
    round=$((round + 1))
    kind=$1 carrier=$((round % every == 0))
    move "$kind" "$carrier"
    settled "$carrier"
    shift
    set -- "$@" "$kind"
  done
  ;;
no-vf) await 120 no_vf ;;
no-master) await 120 no_master ;;
alone)
  round=$2 kind=$3
  alone
  ;;
settled)
  round=$2 kind=$3
  settled "$4"
  ;;
esac
