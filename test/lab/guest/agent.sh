#!/bin/sh
# Runs the commands that the host sends through the virtio-serial port. A request is one line: an id and a script in
# base64. The answer is one line: the id, the exit status, standard output and standard error in base64 ("-" if empty).
# Runs under dash and under busybox sh.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
scratch=/run/lab/scratch
mkdir -p "$scratch"
port=
while [ ! -c "$port" ]; do # the first number is the virtio device's
  sleep 0.1
  for port in /dev/vport*p1; do :; done
done
exec 3<>"$port"

encoded() {
  if [ -s "$1" ]; then base64 <"$1" | tr -d '\n'; else printf -; fi
}

echo ready >&3
while :; do
  # End of file: nobody is connected to the port. The host comes back, or another host does, after a migration.
  if ! read -r id script <&3; then
    sleep 0.2
    continue
  fi
  printf %s "$script" | base64 -d >"$scratch/script"
  status=0
  sh "$scratch/script" >"$scratch/out" 2>"$scratch/err" </dev/null 3>&- || status=$?
  echo "$id $status $(encoded "$scratch/out") $(encoded "$scratch/err")" >&3
done
