# Before each script of checks/stacks.ts: the links of the first pair, its re-plug, and what is said of them in words.
M=enp1s0 S=enp1s0nsby V=enp2s0 vf=0000:02:00.0
host=10.66.0.1

await() { # what: until that succeeds, a minute at most
  tries=600
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || {
      echo "not: $*" >&2
      exit 1
    }
    sleep 0.1
  done
}
is_not() { ! "$@"; }
addresses() { ip -o -4 address show dev "$1" 2>/dev/null | grep -c 'inet 10'; }
has_address() { [ "$(addresses "$1")" -gt 0 ]; }
has_carrier() { [ "$(cat /sys/class/net/"$1"/carrier 2>/dev/null)" = 1 ]; }
plug_out() {
  echo $vf >/sys/bus/pci/drivers/e1000e/unbind
  await is_not test -e /sys/class/net/$V
}
plug_in() {
  echo $vf >/sys/bus/pci/drivers/e1000e/bind
  await test -e /sys/class/net/$V
  udevadm settle --timeout=100
}
replug() {
  plug_out
  plug_in
  await has_carrier $V
}
# Does an address answer? A guest that is slow is given time; one that is dark is asked eight times.
reach() { # address, command before ping
  address=$1
  shift
  for _ in 1 2 3 4 5 6 7 8; do
    if "$@" ping -n -q -c 1 -W 1 "$address" >/dev/null 2>&1; then
      echo reached
      return
    fi
    sleep 0.5
  done
  echo dark
}
container() { ip netns exec c "$@"; }
behind() { reach "${1:-$host}" container; }
make_container() { # address
  [ -e /run/netns/c ] || ip netns add c
  ip link show v0 >/dev/null 2>&1 || ip link add v0 type veth peer name e0 netns c
  ip link set v0 master br0
  ip link set v0 up
  ip -n c link set e0 up
  ip -n c address replace "$1" dev e0
}
count() {
  if [ -e "/sys/class/net/$1" ]; then ip -d link show "$1" | sed -n 's/.*promiscuity \([0-9]*\).*/\1/p'; else echo -; fi
}
promiscuity() { echo "promiscuity $(count $M) $(count $V) $(count $S)"; }
problems() { failoverctl status --json | sed -n 's/^ *"id": "\(.*\)",*$/\1/p' | sort -u | grep -x -E "$1" | paste -s -d' '; }
enslaved() { if [ -e "/sys/class/net/$1/master" ]; then echo enslaved; else echo free; fi; }
refused() { if "$@" 2>/dev/null; then echo taken; else echo refused; fi; }
