#!/bin/bash
# udev 262.1-1 (Debian sid). `udevadm verify` judges the same path by the key it stands under.
# Guess: ATTRS{device/features} is as good as ATTR{device/features}; both walk the same `device` link.
# Seen:  ATTR{device/…} and ATTRS{master/device/…} pass; ATTRS{device/…} fails with exit 1 and
#        "'device' link may not be available in future kernels." So a rule that works can break a packager's check.
. "$(dirname "$0")/lib.sh"
root sid systemd=262.1-1 udev=262.1-1

for key in 'ATTR{device/features}' 'ATTRS{device/features}' 'ATTRS{master/device/features}'; do
  echo "$key==\"1*\", ENV{ROLE}=\"x\"" >"$T/sid/etc/x.rules"
  inside sid udevadm verify --no-summary /etc/x.rules >>"$T/out" 2>&1 && echo "$key passes" >>"$T/out" || echo "$key fails" >>"$T/out"
done
same "$(cat "$T/out")" "ATTR{device/features} passes
/etc/x.rules:1 'device' link may not be available in future kernels.
/etc/x.rules: udev rules check failed.
ATTRS{device/features} fails
ATTRS{master/device/features} passes" 'ATTRS{device/…} fails, ATTR{device/…} passes'
