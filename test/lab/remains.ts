/** What tree.sh leaves out and must not be left behind either: ours in /run and /var/lib, and what NetworkManager keeps. */
import { poll } from './command.ts';
import type { Guest } from './guest.ts';
import { readLinks } from './links.ts';

/** NetworkManager writes these as it goes: leases, times, keys, its own view of its configuration. */
const passing = '\\.lease$|/(timestamps|seen-bssids|secret_key|NetworkManager-intern\\.conf|NetworkManager\\.state)$';

/**
 * no-auto-default.state has the MACs of NICs whose "Wired connection N" was deleted: with a slave's, which is the master's,
 * NetworkManager would give the master none either.
 */
const script = `
find /run /var/lib '(' -path /run/lab -o -path /run/udev/data -o -path /run/systemd/units ')' -prune -o -name '*failover*' -print
find /run/NetworkManager/system-connections /var/lib/NetworkManager -type f 2>/dev/null | grep -v -E '${passing}'
sed 's/^/no-auto-default.state: /' /var/lib/NetworkManager/no-auto-default.state 2>/dev/null
true
`;

export async function readRemains(guest: Guest): Promise<readonly string[]> {
  return (await guest.must(script)).split('\n').filter(Boolean);
}

/** What was not there before. The daemons have been told, and are given time. */
export async function findLeftBehind(guest: Guest, before: readonly string[]): Promise<readonly string[]> {
  let left: readonly string[] = [];
  const isNothingLeft = async () => {
    left = (await readRemains(guest)).filter((line) => !before.includes(line));
    return left.length === 0;
  };
  await poll('nothing is left in /run and /var/lib', 60_000, isNothingLeft, 1000).catch(() => undefined);
  return left;
}

/** What NetworkManager has made for slaves, "Wired connection N" and leases, and what keeps it from making one for the master. */
export async function readMadeForSlaves(guest: Guest): Promise<readonly string[]> {
  const slaves = (await readLinks(guest)).filter(({ role }) => role === 'standby' || role === 'primary');
  const names = slaves.map(({ name }) => name).join('|');
  const made = await guest.must(`
    cd /run/NetworkManager/system-connections 2>/dev/null || exit 0
    grep -s -E '^interface-name=(${names})$' *
    nmcli -t -f NAME,DEVICE connection show --active | grep -E ':(${names})$'
    ls /var/lib/NetworkManager | grep -E -- '-(${names})\\.lease$|^no-auto-default'
    true
  `);
  return made.split('\n').filter(Boolean);
}
