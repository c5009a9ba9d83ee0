#!/bin/sh
# Builds NetworkManager 1.42 with ifcfg-rh, the reader of RHEL's ifcfg files, which Debian leaves out of its package. Debian's
# source is built in a Debian 12 root of its own; only the daemon, nmcli and the plugin are kept (8 MB), below
# $FAILOVERCTL_ORACLES/networkmanager-ifcfg (default ~/.cache/failoverctl-oracles), to be run as /opt/nm. Takes about 12 minutes
# with one job. Needs root and mmdebstrap.
set -eu
place=${FAILOVERCTL_ORACLES:-$HOME/.cache/failoverctl-oracles}
result=$place/networkmanager-ifcfg
[ ! -e "$result/sbin/NetworkManager" ] || exit 0
mkdir -p "$place"
root=$place/networkmanager-ifcfg.$$
trap 'rm -rf "$root"' EXIT
mirror=http://deb.debian.org/debian
mmdebstrap --quiet --variant=minbase \
  --include=gcc,libc6-dev,meson,ninja-build,pkg-config,gettext,dpkg-dev,xsltproc,python3,libglib2.0-dev,libudev-dev,libndp-dev,libreadline-dev,libdbus-1-dev,uuid-dev \
  '--customize-hook=chroot "$1" sh -c "mkdir /build && cd /build && apt-get -qq -o APT::Sandbox::User=root source network-manager"' \
  bookworm "$root" "deb $mirror bookworm main" "deb-src $mirror bookworm main"
cat >"$root/build.sh" <<'END'
set -eu
mount -t proc proc /proc
ln -sfn /proc/self/fd /dev/fd
cd /build/network-manager-*/
meson setup /build/out --prefix=/opt/nm --libdir=lib --sysconfdir=/etc --localstatedir=/var --buildtype=plain \
  -Doptimization=0 -Difcfg_rh=true -Difupdown=false -Dwifi=false -Dppp=false -Dmodem_manager=false -Dovs=false -Dpolkit=false \
  -Dselinux=false -Dlibpsl=false -Dconcheck=false -Debpf=false -Dlibaudit=no -Dsystemd_journal=false -Dintrospection=false \
  -Ddocs=false -Dtests=no -Dnmtui=false -Dnm_cloud_setup=false -Dbluez5_dun=false -Dteamdctl=false -Dqt=false \
  -Dcrypto=null -Dsession_tracking=no -Dsession_tracking_consolekit=false -Dsystemdsystemunitdir=no -Dudev_dir=no \
  -Dmodify_system=true -Ddist_version=1.42.4-ifcfg-rh -Diptables=/usr/sbin/iptables -Ddbus_conf_dir=/opt/nm/dbus \
  -Dvapi=false -Dld_gc=false -Dfirewalld_zone=false
cd /build/out
nice -n 19 ninja -j "${JOBS:-1}" src/core/NetworkManager src/nmcli/nmcli src/core/settings/plugins/ifcfg-rh/libnm-settings-plugin-ifcfg-rh.so
mkdir -p /kept/sbin /kept/bin /kept/lib/NetworkManager/1.42.4-ifcfg-rh
cp src/core/NetworkManager /kept/sbin/
cp src/nmcli/nmcli /kept/bin/
cp src/core/settings/plugins/ifcfg-rh/libnm-settings-plugin-ifcfg-rh.so /kept/lib/NetworkManager/1.42.4-ifcfg-rh/
cp src/libnm-client-impl/libnm.so.0* /kept/lib/ 2>/dev/null || true
strip /kept/sbin/* /kept/bin/* /kept/lib/NetworkManager/*/*.so
END
unshare -m -p -f chroot "$root" sh /build.sh >"$place/networkmanager-ifcfg.log" 2>&1 || {
  echo "NetworkManager could not be built: see $place/networkmanager-ifcfg.log" >&2
  exit 1
}
mv "$root/kept" "$result"
rm -f "$place/networkmanager-ifcfg.log"
