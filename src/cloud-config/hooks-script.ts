/**
 * The guards and hooks as one shell script that puts them in place: what user data carries where it is too small for the
 * program. It keeps a manifest, so that `failoverctl install` can take over and `uninstall` takes it all back.
 */
import { digestOf } from '../inventory/file-state.ts';
import { manifestPath, printManifest } from '../inventory/manifest.ts';
import { renderIfupdownHooks } from '../managers/ifupdown/render.ts';
import { renderNetworkdGuard } from '../managers/networkd/render.ts';
import { listGuardPath } from '../managers/networkmanager/list-guard.ts';
import { renderNetworkManagerGuard } from '../managers/networkmanager/render.ts';
import { renderUdev } from '../managers/udev/render.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';

/** For any guest and any manager: which one it has is not known here, and a guard of another one is read by nobody. */
export function collectHooks(command: string): readonly GeneratedFile[] {
  const config = { masters: null, command };
  return [
    ...renderUdev(config),
    ...renderNetworkdGuard(config),
    // what its list says there is not known here, and it could be of exceptions
    ...renderNetworkManagerGuard(config).filter(({ path }) => path !== listGuardPath),
    ...renderIfupdownHooks(config),
  ];
}

/** Directories that nobody but us fills. */
const ownDirectories = [
  '/usr/local/lib/failoverctl',
  '/etc/systemd/system/ifup@.service.d',
  '/etc/systemd/system/networking.service.d',
  '/var/lib/failoverctl',
];

/** `version` of the program that made it. The script takes a directory that stands for `/`, for images and tests. */
export function renderHooksScript(files: readonly GeneratedFile[], version: string): string {
  const manifest = printManifest({
    command: 'failoverctl install --generic --guard-only',
    files: files.map(({ path, text, mode }) => ({
      path,
      wrote: [digestOf({ kind: 'file', text, mode, uid: 0, gid: 0 })],
      before: { kind: 'absent' },
    })),
    directories: ownDirectories,
  });
  const staged = [...files, { path: manifestPath, text: manifest, mode: 0o600 }];
  return `#!/bin/sh
# The guards and hooks of failoverctl ${version}, for guests with a failover NIC. $1: a tree other than /.
set -eu
umask 022
root=\${1-}
work=$(mktemp -d "\${TMPDIR:-/run}/failoverctl.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Installed already, by this or by failoverctl itself: what was changed since is its owner's.
[ ! -e "$root${manifestPath}" ] || exit 0

stage() {
  mkdir -p "$work\${2%/*}"
  cat >"$work$2"
  chmod "$1" "$work$2"
}
${staged.map(stageFile).join('')}
paths='${files.map(({ path }) => path).join('\n')}'
for path in $paths; do
  [ -e "$root$path" ] || [ -L "$root$path" ] || continue
  cmp -s "$work$path" "$root$path" && continue
  echo "failoverctl: $root$path is there already and is not ours; nothing is changed" >&2
  exit 1
done
# All under other names first, the same that install uses: it clears them up after a run that was cut short. The manifest comes last: until it is there, the next boot tries again.
hidden() { printf '%s/.%s.failoverctl-new' "$root\${1%/*}" "\${1##*/}"; }
place() {
  mkdir -p "$root\${1%/*}"
  cp -p "$work$1" "$(hidden "$1")"
}
for path in $paths ${manifestPath}; do place "$path"; done
sync
for path in $paths ${manifestPath}; do mv -f "$(hidden "$path")" "$root$path"; done
[ -z "$root" ] || exit 0
${reload}`;
}

/**
 * udev gives every link its role. A slave that was configured as an ordinary NIC is released by the rules themselves
 * (release-slave). Before network-pre.target no manager runs yet, and udev alone is told. In cloud-init's stage after the
 * network D-Bus does not run yet, and systemd-networkd cannot be told: release-slave sees to that.
 *
 * Units come after networkd: netplan's generator writes all its files anew, and networkd would take them for changed.
 */
const reload = `
if command -v networkctl >/dev/null && systemctl --quiet is-active systemd-networkd.service; then networkctl reload || :; fi
if command -v nmcli >/dev/null && systemctl --quiet is-active NetworkManager.service; then nmcli general reload conf || :; fi
[ ! -d /run/systemd/system ] || systemctl daemon-reload || :
udevadm control --reload || :
udevadm trigger --action=change --subsystem-match=net || :
udevadm settle --timeout=30 || :
`;

/** No line of ours is only this word. */
const endOfFile = 'failoverctl_end_of_file';

function stageFile({ path, text, mode }: GeneratedFile): string {
  return `stage ${mode.toString(8).padStart(4, '0')} '${path}' <<'${endOfFile}'\n${text}${endOfFile}\n`;
}
