# shellcheck shell=bash
# Helper, sourced by the scripts here: a throw-away root of pinned Debian packages. Nothing is installed; needs root.
# DEBS=FOLDER keeps downloads and unpacked trees between scripts.
set -eu
export LC_ALL=C SYSTEMD_LOG_TARGET=console SYSTEMD_COLORS=0
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

# root SUITE NAME=VERSION…: unpacks these and what they depend on into $T/SUITE; no maintainer script runs.
root() {
  local s=$1 d="$T/apt-$1" k="${DEBS:-$T/debs}/$1" r="$T/$1" n kept key=/usr/share/keyrings/debian-archive-keyring.gpg
  shift
  mkdir -p "$d/state" "$k/lists/partial" "$k/archives/partial"
  : >"$d/status"
  echo "deb [signed-by=$key] http://deb.debian.org/debian $s main" >"$d/list"
  [ "$s" = sid ] || echo "deb [signed-by=$key] http://deb.debian.org/debian-security $s-security main" >>"$d/list"
  local apt=(apt-get -qq -o "Dir::State=$d/state" -o "Dir::State::status=$d/status" -o "Dir::State::lists=$k/lists"
    -o "Dir::Etc::sourcelist=$d/list" -o Dir::Etc::sourceparts=- -o Dir::Etc::parts=- -o "Dir::Cache=$d" -o "Dir::Cache::archives=$k/archives"
    -o APT::Install-Recommends=0 -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
  [ -n "$(find "$k/lists" -name '*_Packages*' -mmin -240)" ] || "${apt[@]}" update
  "${apt[@]}" -y --download-only install "$@" >/dev/null
  kept="$k/root-$(echo "$*" | md5sum | cut -c1-8)"
  if [ ! -d "$kept" ]; then
    mkdir "$kept.new"
    for n in bin sbin lib lib64; do mkdir -p "$kept.new/usr/$n" && ln -s "usr/$n" "$kept.new/$n"; done
    "${apt[@]}" -s install "$@" | sed -En 's/^Inst (\S+) \((\S+) .*\[(\S+)\]\).*/\1_\2_\3.deb/p' | sed 's/:/%3a/' |
      while read -r n; do dpkg-deb --fsys-tarfile "$k/archives/$n" | tar -x -C "$kept.new" --keep-directory-symlink; done
    mv "$kept.new" "$kept"
  fi
  cp -al "$kept" "$r"
  mkdir -p "$r"/{proc,sys,run,tmp,etc,var,dev}
}

# inside SUITE COMMAND…: runs it in that root, with a network, /proc and /sys of its own. SETUP: host commands to run there before.
inside() {
  local r="$T/$1"
  shift
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare -n -m -p -f --kill-child sh -c 'r=$1; shift; eval "$SETUP"
    mount -t proc proc "$r/proc"; mount -t sysfs sysfs "$r/sys"; mount --bind /dev "$r/dev"
    PATH=/usr/sbin:/usr/bin exec chroot "$r" "$@"' sh "$r" "$@"
}
export SETUP=''

# same SEEN STATED WHAT: ends with 1 if the behaviour is no longer the stated one.
same() {
  if [ "$1" = "$2" ]; then echo "as stated: $3"; else printf 'CHANGED: %s\nseen:   %s\nstated: %s\n' "$3" "$1" "$2" && exit 1; fi
}
