/**
 * What udev rules cost in a guest, for each kind of link: the time from the kernel's uevent to udev's, and the processes
 * that udevd starts. Ours beside none, beside rules in the manner of azure-vm-utils, and beside Debian's cloud helper.
 */
import { readFileSync } from 'node:fs';
import type { Guest, GuestOptions } from './guest.ts';
import { cloudHelper } from './scenarios/ifupdown.ts';

export type RuleSet = 'none' | 'failoverctl' | 'azure style' | 'cloud helper';

export interface HookCost {
  readonly rules: RuleSet;
  readonly link: string;
  /** Programs that udevd starts for one `add` of the link. */
  readonly processes: number;
  /** From the kernel's uevent to udev's, in microseconds; one for each event. */
  readonly times: readonly number[];
}

/** What each is in the guest that `costlyGuest` describes. */
export const links: Readonly<Record<string, string>> = {
  lab0: 'a virtual link',
  enp0s28: 'an ordinary NIC',
  enp1s0nsby: 'a standby',
  enp2s0: 'a primary',
  enp1s0: 'a master',
};

/** Rules by their files' names, which say when each set has its turn. */
const ruleFiles: Readonly<Record<Exclude<RuleSet, 'none'>, readonly [name: string, text: () => string]>> = {
  failoverctl: ['92-lab.rules', () => readFileSync('hooks/udev/92-net-failover.rules', 'utf8')],
  // One rule, which knows slaves by IFF_SLAVE and by their driver; here the drivers are the lab's.
  'azure style': [
    '10-lab.rules',
    () =>
      'SUBSYSTEM=="net", ACTION!="remove", DRIVERS=="virtio_net|e1000e", ATTR{flags}=="0x?[89ABCDEF]??", ENV{ID_NET_MANAGED_BY}="unmanaged", ENV{NM_UNMANAGED}="1"\n',
  ],
  'cloud helper': [
    '75-lab.rules',
    () => `${textAt('/etc/udev/rules.d/75-cloud-ifupdown.rules').replace('eth*|en*', 'lab*|en*')}`,
  ],
};

function textAt(path: string): string {
  const file = cloudHelper[path];
  if (typeof file !== 'string') throw new Error(`the cloud helper has no text at ${path}`);
  return file;
}

/** No network manager runs; a NIC beside the pair; the helper finds a stanza for each link, which is its shortest way. */
export const costlyGuest: Pick<GuestOptions, 'files' | 'extraArguments'> = {
  files: {
    '/etc/network/cloud-ifupdown-helper': cloudHelper['/etc/network/cloud-ifupdown-helper'] ?? '',
    '/etc/network/interfaces': Object.keys(links)
      .map((name) => `iface ${name} inet manual\n`)
      .join(''),
    // Debian's own hook of ifupdown starts a program for every link, whatever the rules are.
    '/etc/udev/rules.d/80-ifupdown.rules': { link: '/dev/null' },
    ...Object.fromEntries(
      Object.entries(ruleFiles).map(([set, [name, text]]) => [`/usr/local/lib/lab/${set}/${name}`, text()]),
    ),
  },
  extraArguments: ['-device', 'e1000e,mac=52:54:00:00:00:77,addr=0x1c'],
};

/** Prints `RULES|LINK|PROCESSES|MICROSECONDS…`. Sets take turns, so that what else the machine does hits all alike. */
const script = (rounds: number, events: number) => `
set -eu
ip link add lab0 type dummy
udevadm settle
use() {
  rm -f /run/udev/rules.d/*-lab.rules
  if [ "$1" != none ]; then cp "/usr/local/lib/lab/$1/"* /run/udev/rules.d/; fi
  udevadm control --reload
  udevadm settle
}
add() { udevadm trigger --action=add "/sys/class/net/$1"; udevadm settle; }
mkdir -p /run/udev/rules.d /run/lab/cost
count() {
  udevadm control --log-level=debug
  add "$2"
  udevadm control --log-level=info
  journalctl --sync
  journalctl -b -o cat -u systemd-udevd --after-cursor "$3" | grep -c "^$2: Starting '" || true
}
cursor() { journalctl -b -n 0 --show-cursor | sed -n 's/^-- cursor: //p'; }
measure() {
  if [ ${events} = 0 ]; then return; fi
  udevadm monitor --kernel --udev --subsystem-match=net >/run/lab/cost/log &
  monitor=$!
  until grep -q ^KERNEL /run/lab/cost/log; do sleep 0.1; done
  for event in $(seq ${events}); do add "$2"; done
  kill $monitor
  wait $monitor 2>/dev/null || true
  sed -nE "s/^(KERNEL|UDEV) *\\\\[([0-9]+)\\\\.([0-9]+)\\\\] add +[^ ]*\\\\/$2 .*/\\\\1 \\\\2\\\\3/p" /run/lab/cost/log |
    awk '$1 == "KERNEL" { start = $2 } $1 == "UDEV" && start { print $2 - start; start = 0 }' | tr '\\n' ' '
}
for round in $(seq ${rounds}); do
  for rules in none failoverctl 'azure style' 'cloud helper'; do
    use "$rules"
    for link in ${Object.keys(links).join(' ')}; do
      echo "$rules|$link|$(count "$rules" $link "$(cursor)")|$(measure "$rules" $link)"
    done
  done
done
`;

/** `events` at a time of each kind, in `rounds`. */
export async function measureHooks(guest: Guest, rounds: number, events: number): Promise<readonly HookCost[]> {
  await guest.run('systemctl is-system-running --wait', 600_000);
  const out = await guest.must(script(rounds, events), 3_000_000);
  const found = new Map<string, HookCost>();
  for (const row of out.trim().split('\n')) {
    const [rules = '', link = '', processes = '', times = ''] = row.split('|');
    const before = found.get(`${rules}|${link}`);
    found.set(`${rules}|${link}`, {
      rules: rules as RuleSet,
      link,
      processes: Math.max(Number(processes), before?.processes ?? 0),
      times: [...(before?.times ?? []), ...times.trim().split(' ').filter(Boolean).map(Number)],
    });
  }
  return [...found.values()];
}
