#!/bin/bash
# A virtualization host of its own, in namespaces (net, mount, pid, uts) that end with it. Its libvirtd listens on TCP, as
# the other host's virsh wants it. NAME ADDRESS UUID KERNEL INITRAMFS.
#
#   tap0 (virtio NIC) ── br0 ── up0 ═ up1 ── esw ── wire ── the other hosts
#                                            └──── vf0 (the NIC that stands in for the VF)
#
# esw is what the switch of an SR-IOV card would be, up0 the VF of it that br0 has as its uplink.
set -e
name=$1 address=$2 uuid=$3 kernel=$4 initramfs=$5
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs none /run
for directory in /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /etc/libvirt; do
  mount -t tmpfs none "$directory"
  mkdir "$directory/qemu"
done
mkdir -p /run/libvirt /run/lock
hostname "$name"
cat >/etc/libvirt/libvirtd.conf <<END
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
host_uuid = "$uuid"
END
cat >/etc/libvirt/qemu.conf <<END
user = "root"
group = "root"
clear_emulator_capabilities = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
migration_host = "$address"
END
cp "$kernel" /var/lib/libvirt/vmlinuz
cp "$initramfs" /var/lib/libvirt/initramfs
for family in all default; do echo 1 >"/proc/sys/net/ipv6/conf/$family/disable_ipv6"; done
until [ -e /sys/class/net/wire ]; do sleep 0.1; done
ip link set lo up
ip link add br0 type bridge mcast_snooping 0
ip link add esw type bridge mcast_snooping 0
ip link add up0 type veth peer name up1
ip tuntap add dev vf0 mode tap
ip link set up0 master br0
for port in up1 vf0 wire; do ip link set "$port" master esw; done
for link in up0 up1 vf0 wire esw br0; do ip link set "$link" up; done
ip address add "$address/24" dev br0
/usr/sbin/virtlogd &
while :; do
  # Kept running, as systemd would: a killed libvirtd comes back.
  while [ -e /run/no-libvirtd ]; do sleep 0.2; done
  /usr/sbin/libvirtd --listen || true
done
