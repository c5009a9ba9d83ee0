#!/bin/sh
# Runs on the host as mmdebstrap's customize hook, once for an image: fetches the kernel (unpacked, not installed: its
# maintainer scripts would build an initramfs), puts the modules a guest may need into the root, and makes the root
# quiet and quick: no manager enabled (a scenario enables its own), no timers, no getty.
# $1: the root. Environment: LAB_OUT (kernel and module files go there), LAB_KERNEL_PACKAGE, LAB_BESIDE, LAB_MODULES, LAB_GUEST_FILES.
set -eu
root=$1

export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
kernel=$(apt-cache depends "$LAB_KERNEL_PACKAGE" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
mkdir -p "$LAB_OUT/deb" "$LAB_OUT/kernel"
(cd "$LAB_OUT/deb" && apt-get -q download "$kernel")
dpkg-deb -x "$LAB_OUT"/deb/*.deb "$LAB_OUT/kernel"
cp "$LAB_OUT"/kernel/boot/vmlinuz-* "$LAB_OUT/vmlinuz"
tree=$(cd "$LAB_OUT/kernel" && for lib in lib usr/lib; do [ ! -d "$lib/modules" ] || echo "$PWD/$lib/modules"; done)
version=$(ls "$tree")
mkdir -p "$root/usr/lib/modules/$version/kernel"
for module in $LAB_MODULES; do
  for path in "$tree/$version/kernel/$module" "$tree/$version/kernel/$module".ko*; do
    [ -e "$path" ] || continue
    folder="$root/usr/lib/modules/$version/kernel/$(dirname "$module")"
    mkdir -p "$folder"
    cp -r "$path" "$folder/"
  done
done
cp "$tree/$version"/modules.builtin* "$tree/$version"/modules.order "$root/usr/lib/modules/$version/"
chroot "$root" depmod "$version"
cp -r "$root/usr/lib/modules/$version" "$LAB_OUT/modules"
mkdir "$LAB_OUT/beside"
for package in $LAB_BESIDE; do
  (cd "$LAB_OUT/beside" && apt-get -q download "$package" && mv "${package}_"*.deb "$package.deb")
done
{
  echo "linux-image $(dpkg-deb -f "$LAB_OUT"/deb/*.deb Version) ($version)"
  chroot "$root" dpkg-query -W -f '${Package} ${Version}\n'
  for package in "$LAB_OUT"/beside/*.deb; do
    echo "$(dpkg-deb -f "$package" Package) $(dpkg-deb -f "$package" Version)"
  done
} >"$LAB_OUT/packages.txt"
rm -rf "$LAB_OUT/deb" "$LAB_OUT/kernel"

# of a package that lies beside the image: made at boot it would be a change of the tree
chroot "$root" useradd --system --no-create-home --home-dir /usr/lib/dhcpcd --shell /bin/false dhcpcd

install -D -m 644 "$LAB_GUEST_FILES/agent.service" "$root/etc/systemd/system/failoverctl-lab.service"
mkdir -p "$root/etc/systemd/system/sysinit.target.wants"
ln -sf /etc/systemd/system/failoverctl-lab.service "$root/etc/systemd/system/sysinit.target.wants/"

echo guest >"$root/etc/hostname"
echo '127.0.0.1 localhost guest' >"$root/etc/hosts"
touch "$root/etc/cloud/cloud-init.disabled"
systemd=$root/etc/systemd/system
rm -f "$systemd"/*/NetworkManager* "$systemd"/*/networking.service "$systemd"/dbus-org.freedesktop.nm-dispatcher.service \
  "$systemd"/*/systemd-networkd* "$systemd"/dbus-org.freedesktop.network1.service
rm -rf "$systemd/timers.target.wants" "$systemd/getty.target.wants"
rm -f "$systemd"/*/e2scrub_reap.service "$systemd"/*/systemd-pstore.service "$systemd"/*/systemd-timesyncd.service \
  "$systemd"/*/remote-fs.target
# Masked: what costs boot time under emulation and no scenario asks for.
for unit in systemd-logind.service systemd-user-sessions.service systemd-update-utmp.service systemd-update-utmp-runlevel.service \
  systemd-journal-flush.service systemd-random-seed.service systemd-remount-fs.service modprobe@.service systemd-binfmt.service \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
  sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount; do
  ln -sf /dev/null "$systemd/$unit"
done
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
