# Has a running guest read what has come or gone. In an image that is being built nothing runs, and nothing is done.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || :
  udevadm control --reload || :
fi
