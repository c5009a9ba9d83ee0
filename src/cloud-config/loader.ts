/** What user data runs: unpacks what it carries, compares its checksum, and starts it. POSIX sh. */
import { encodeText } from '../system/bytes.ts';
import { encodeBase64 } from '../text/base64.ts';
import { gzip } from '../text/gzip.ts';
import { sha256 } from '../text/sha256.ts';

/** gzip and base 64, since every guest can undo them, and nothing has to be loaded. */
function unpackInto(variable: string, payload: string): string {
  const bytes = encodeText(payload);
  return `base64 -d <<'failoverctl_end' | gzip -d >"${variable}"
${encodeBase64(gzip(bytes), 76)}
failoverctl_end
[ "$(sha256sum <"${variable}")" = '${sha256(bytes)}  -' ] || {
  echo 'failoverctl: the checksum of what the user data carries is wrong; nothing is changed' >&2
  exit 1
}
`;
}

/** In a subshell: what comes after it in the user data runs whatever becomes of it. */
function guarded(body: string): string {
  return `(
umask 022
work=$(mktemp -d /run/failoverctl.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
${body}) || echo "failoverctl: failed with status $?" >&2
`;
}

/** Carries a script of the guards and hooks. */
export function loadScript(script: string): string {
  return guarded(`${unpackInto('$work/script', script)}sh "$work/script"\n`);
}

export const programPath = '/usr/local/sbin/failoverctl';

/**
 * Carries the executable. Before network-pre.target no manager has begun: the files are written, and udev is told. After
 * it, `--now` heals what has begun. A guest without a failover NIC gets the guards, for the day on which it has one.
 */
export function loadProgram(executable: string, machine: string): string {
  return guarded(`[ "$(uname -m)" = ${machine} ] || {
  echo "failoverctl: this user data carries a program for ${machine}" >&2
  exit 1
}
${unpackInto('$work/failoverctl', executable)}chmod 0755 "$work/failoverctl" || exit 1
mkdir -p ${programPath.slice(0, programPath.lastIndexOf('/'))} || exit 1
cp -p "$work/failoverctl" ${programPath}.new || exit 1
mv -f ${programPath}.new ${programPath} || exit 1
now=
if systemctl --quiet is-active network-pre.target; then now=--now; fi
if ${programPath} detect --quiet; then
  ${programPath} install $now
else
  ${programPath} install --generic --guard-only
fi
if [ -z "$now" ]; then
  systemctl daemon-reload
  udevadm control --reload
  udevadm trigger --action=change --subsystem-match=net
  udevadm settle --timeout=30
fi
`);
}

/** The `uname -m` of a static executable for Linux, by e_machine of its ELF header (elf(5)); null: it is none. */
export function machineOf(executable: string): string | null {
  if (!executable.startsWith('\x7fELF')) return null;
  const low = executable.codePointAt(18) ?? 0;
  return low === 62 ? 'x86_64' : (low & 0xff) === 183 ? 'aarch64' : null;
}
