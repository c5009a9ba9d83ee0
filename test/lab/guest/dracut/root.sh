#!/bin/sh
# A hook of dracut's "cmdline": says that there is a root, which it would otherwise not go on without.
# shellcheck disable=SC2034 # dracut reads both
root=lab rootok=1
