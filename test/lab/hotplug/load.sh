#!/bin/sh
# The load of a loaded guest: two processes that want the one CPU all the time, and udev asked to look at every network and PCI
# device and every terminal again, twice a second or as fast as it gets done. Ends the load with "stop".
pids=/run/lab/load.pids
if [ "${1:-}" = stop ]; then
  while read -r pid; do kill "$pid"; done <"$pids"
  exit 0
fi
storm() {
  while :; do
    udevadm trigger --action=change --subsystem-match=net --subsystem-match=pci --subsystem-match=tty
    udevadm settle --timeout=60
    sleep 0.5
  done
}
exec </dev/null >/dev/null 2>&1 3>&-
(while :; do :; done) &
echo $! >"$pids"
(while :; do :; done) &
echo $! >>"$pids"
storm &
echo $! >>"$pids"
