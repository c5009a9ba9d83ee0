#!/bin/sh
# Runs as root in a guest with two igb cards: makes two virtualization hosts of it, each with a card, its VFs, a bridge with
# a VF as its uplink, and a libvirtd. Host 1 has the guest's own network namespace, host 2 another. Afterwards `on 1 COMMAND`
# runs a command on host 1. /dev/vdc: a Debian with libvirt and QEMU, shared by both; what they write is in RAM.
#
#   inner guest ── VF 0 ──────────────┐
#        └── tap0 ── br0 ── VF 1 ── the card's switch ── PF ── the lab's segment ── the other host
set -eu
program=$1
modprobe -a igb igbvf vfio-pci tun bridge
mkdir -p /host
mount -o ro /dev/vdc /host

cat >/usr/local/bin/on <<'END'
#!/bin/sh
number=$1
shift
inside=
[ "$number" = 1 ] || inside="ip netns exec host$number"
# /sys shows the links of the network namespace that it was mounted from.
exec $inside unshare --uts --mount sh -c '
  number=$1
  shift
  hostname "host-$number"
  mount -t sysfs sysfs "/hosts/$number/sys"
  exec chroot "/hosts/$number" "$@"' sh "$number" env LIBVIRT_DEFAULT_URI=qemu:///system LC_ALL=C "$@"
END
chmod 755 /usr/local/bin/on

card() { # NUMBER: the PCI address of the card of a host
  echo "/sys/bus/pci/devices/0000:0$1:00.0"
}
# udev may still be loading the drivers when systemd says that it is done.
await_link() { # DIRECTORY: a device's net/, until it has one
  tries=0
  until [ -n "$(ls "$1" 2>/dev/null)" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "no link in $1 after 300 s; there are: $(echo /sys/bus/pci/devices/*/net)" >&2 && exit 1; }
    sleep 0.5
  done
}
# A VF's driver asks its PF, which answers only while it is up (igbvf_probe()).
for number in 1 2; do
  await_link "$(card $number)/net"
  ip link set "$(ls "$(card $number)/net")" up
  echo 2 >"$(card $number)/sriov_numvfs"
done
udevadm settle --timeout=60 || :
await_link "$(card 1)/virtfn0/net"
await_link "$(card 1)/virtfn1/net"
ip netns add host2
for place in "$(card 2)/net" "$(card 2)/virtfn0/net" "$(card 2)/virtfn1/net"; do
  await_link "$place"
  ip link set "$(ls "$place")" netns host2
done

for number in 1 2; do
  root=/hosts/$number
  kept=/run/hosts/$number
  mkdir -p "$root" "$kept"
  mount -t tmpfs tmpfs "$kept"
  mkdir "$kept/upper" "$kept/work"
  mount -t overlay -o "lowerdir=/host,upperdir=$kept/upper,workdir=$kept/work" overlay "$root"
  mount --rbind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  mount -t tmpfs tmpfs "$root/run"
  mkdir -p "$root/run/libvirt" "$root/run/lock" "$root/usr/lib/modules" "$root/lab"
  # libvirt looks there for a driver of the VF's own kind
  mount --bind /usr/lib/modules "$root/usr/lib/modules"
  mount --bind /lab "$root/lab"
  cp "$program" "$root/usr/local/sbin/failoverctl"
  # /lab is mounted there: nothing is copied
  ln -s /lab/vmlinuz /lab/initramfs "$root/var/lib/libvirt/"
  cat >>"$root/etc/libvirt/libvirtd.conf" <<END
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
host_uuid = "11111111-2222-4333-8444-00000000000$number"
END
  cat >>"$root/etc/libvirt/qemu.conf" <<END
user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
migration_host = "10.9.0.$number"
END
  on "$number" sh /lab/host-up.sh "$number"
done
