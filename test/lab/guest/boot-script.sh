# For initramfs-tools: scripts/lab, for a guest that is started with boot=lab. As scripts/nfs does, it has configure_networking()
# act on ip=, then mounts the root; here the root is the one that init.sh makes, in which only the agent runs.
# shellcheck shell=sh disable=SC2154 # init sets rootmnt
mountroot() {
  modprobe af_packet
  configure_networking

  # What early boot left, before anything else can act on it
  {
    ip -o -4 address show
    ip -4 route show
    for file in /run/net-*.conf; do [ ! -e "$file" ] || echo "written ${file##*/}"; done
  } >/run/initramfs/network 2>&1

  mkdir -p /run/lab/scratch /run/lab/lower /run/lab/state/upper /run/lab/state/work
  for module in virtio_blk virtio_console ext4 overlay; do modprobe "$module"; done
  wait_for_udev 10
  mount -t ext4 -o ro,noload /dev/vda /run/lab/lower || panic 'cannot mount the image'
  mount -t overlay -o lowerdir=/run/lab/lower,upperdir=/run/lab/state/upper,workdir=/run/lab/state/work overlay "$rootmnt" ||
    panic 'cannot mount the overlay'
  cp /agent.sh /run/lab/agent.sh
}
