#!/bin/bash
# One TCP connection to ADDRESS PORT that is kept open: numbered lines go out ten times a second, and those that come in
# are counted, until there is a file /run/lab/stream.stop. Built-ins only: under emulation a process costs more than a line.
# Prints "connected", at the end what was sent and received, and whatever went wrong.
trap '' PIPE
padding=$(printf '%0160d' 0)
exec 3<>"/dev/tcp/$1/$2" || exit 1
echo connected
exec 4<> <(:) # nothing ever comes from here: to wait on

{
  count=0
  while read -r word number _ <&3 && [ "$word" = line ]; do
    [ "$number" = "$count" ] || echo "line $number came where $count was expected"
    count=$((count + 1))
  done
  echo "received $count, then ${word:-the end of the connection}"
} &

count=0
until [ -e /run/lab/stream.stop ]; do
  printf 'line %d %s\n' "$count" "$padding" >&3 || break
  count=$((count + 1))
  read -r -t 0.1 <&4
done
printf 'end\n' >&3
echo "sent $count"
wait
