#!/bin/busybox sh
# The first process of every lab guest. Loads what it takes to see the disks; then either stays here (the minimal guest:
# lab.guest=minimal) or builds the root of a Debian guest, all of whose state is in RAM, so that it can be migrated:
#   /dev/vda  the image, read-only, shared by all guests
#   /dev/vdb  a tar: tree/ goes over the root; before-boot.sh is run as an image builder would, on the tree in /newroot
# With lab.state=DEVICE the state is on that disk (ext4) and outlasts a reboot; what the tar holds is for the first boot.
# After the switch the parts are at /run/lab: lower (the image), state/upper (what differs from it), scenario (the tar).
/bin/busybox mkdir -p /proc /sys /dev /run /newroot /sbin /usr/bin /usr/sbin /tmp
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o mode=755,size=80% tmpfs /run
mkdir -p /run/lab/scenario/tree /run/lab/scratch /run/lab/lower /run/lab/state/upper /run/lab/state/work

load() {
  while read -r module; do insmod "/modules/$module"; done <"/modules/$1"
}
fail() {
  echo "lab init: $*"
  sleep 5
  poweroff -f
}

load boot
if grep -q lab.guest=minimal /proc/cmdline; then
  load network
  exec sh /agent.sh
fi

tries=0
until [ -b /dev/vda ] && [ -b /dev/vdb ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || fail 'no disks'
  sleep 0.1
done
mount -t ext4 -o ro,noload /dev/vda /run/lab/lower || fail 'cannot mount the image'
state=$(sed -n 's/.*lab\.state=\([^ ]*\).*/\1/p' /proc/cmdline)
booted=
if [ -n "$state" ]; then
  mount -t ext4 "/dev/$state" /run/lab/state || fail 'cannot mount the disk for the state'
  [ ! -d /run/lab/state/upper ] || booted=yes
  mkdir -p /run/lab/state/upper /run/lab/state/work
fi
tar -x -f /dev/vdb -C /run/lab/scenario || fail 'cannot unpack the scenario'
mount -t overlay -o lowerdir=/run/lab/lower,upperdir=/run/lab/state/upper,workdir=/run/lab/state/work overlay /newroot ||
  fail 'cannot mount the overlay'
[ -n "$booted" ] || cp -a /run/lab/scenario/tree/. /newroot/ || fail 'cannot copy the scenario'
rm -rf /run/lab/scenario/tree
if [ -f /run/lab/scenario/before-boot.sh ] && [ -z "$booted" ]; then
  sh /run/lab/scenario/before-boot.sh >/run/lab/before-boot.out 2>/run/lab/before-boot.err
  echo $? >/run/lab/before-boot.status
fi
cp /agent.sh /run/lab/agent.sh
mount --move /run /newroot/run
umount /dev /sys /proc
exec switch_root /newroot /sbin/init
