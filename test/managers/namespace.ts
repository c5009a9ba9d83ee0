/**
 * systemd's own daemons as judges: networkd and udevadm are run in namespaces of their own (net, mount, UTS) on links that
 * were made for it, on one configuration after the other. Nothing outside of the namespaces is touched. With `root`, the
 * programs of another system's tree are run, in a chroot.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConfigFile } from '../../src/managers/claim.ts';
import type { Guest, HostFacts, LinkFacts } from '../../src/topology/guest.ts';
import { decodeBytes, encodeText } from '../../src/system/bytes.ts';

const networkdPath = '/usr/lib/systemd/systemd-networkd';

export const oracles = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');

/** The trees of a Debian 13 and, while the mirrors have them, of Debian 11 and unstable, that test/setup-oracles.mjs makes. */
export const trixie = join(oracles, 'trixie');
export const bullseye = join(oracles, 'bullseye');
export const sid = join(oracles, 'sid');

/** Only netplan 1.2 is in it. */
export const sidNetplan = join(oracles, 'sid-netplan');

/** The systems to ask: this one (""), and Debian 13. */
export const systems: readonly string[] = ['', trixie];

/** Why the daemons cannot be asked here, or null. */
export function missingDaemons(root = ''): string | null {
  const missing = [networkdPath, '/usr/bin/udevadm'].find((path) => !existsSync(root + path));
  if (missing !== undefined)
    return `${root}${missing} is missing${root !== '' ? ' (node test/setup-oracles.mjs makes it)' : ''}`;
  if (process.geteuid?.() !== 0) return 'not root: no namespaces can be made';
  const { status } = spawnSync('unshare', ['-n', '-m', '-u', '--fork', 'ip', 'link', 'add', 'v', 'type', 'veth']);
  return status === 0 ? null : 'namespaces with veth links cannot be made';
}

/** A configuration, and what to ask of it. */
export interface Question {
  readonly ask: 'networkd' | 'net_setup_link' | 'rules';
  readonly files: readonly ConfigFile[];
  /** The uevent, for rules. */
  readonly action?: string;
  /** Modes of directories below /etc/systemd/network, or of it; else 0755. */
  readonly directoryModes?: Readonly<Record<string, number>>;
}

/** What the program said: networkd's log is one for all links, under the name ''. */
export type Logs = ReadonlyMap<string, string>;

export interface Session {
  readonly guest: Guest;
  readonly answers: readonly Logs[];
}

/** Links with as different facts as a namespace of a container can hold: ip-link(8) arguments, altnames, udev's properties. */
const links: readonly { readonly make: string; readonly altnames?: readonly string[]; readonly udev?: string }[] = [
  {
    make: 'add ens10 address 52:54:00:00:12:53 type veth peer name ens10peer',
    altnames: ['enp1s0', 'enx525400001253'],
  },
  { make: 'add ens10nsby address 52:54:00:00:12:53 type veth peer name ens11', udev: 'ROLE=standby' },
  { make: 'add eth0 address 52:54:00:aa:bb:01 type ifb', udev: 'ROLE=primary\nID_PATH=pci-0000:02:00.0' },
  { make: 'add br0 address 52:54:00:aa:bb:02 type bridge', udev: 'ID_PATH=pci-0000:01:00.0\nROLE=' },
  { make: 'add br-lan type bridge', altnames: ['office'] },
  { make: 'add mv0 link eth0 type macvlan mode bridge', udev: 'ROLE=none\nNM_UNMANAGED=1' },
  { make: 'add mt0 link eth0 type macvtap', udev: 'ID_NET_MANAGED_BY=io.systemd.Network' },
  { make: 'add vx0 type vxlan id 7 dstport 4789', altnames: ['overlay'], udev: 'ID_NET_MANAGED_BY=unmanaged' },
];

/** Set before `vx0`: a port, for rules that look at the master. */
const afterwards = ['set ens10peer master br0'];

/**
 * Uninitialised links are left alone by networkd, so each has an entry in udev's database. `udevadm test` renames links
 * and writes to the database: both are put back.
 */
const script = `
set -eu
work=$1
root=$2
hostname failover-guest
mount --make-rprivate /
mount -t tmpfs tmpfs $root/run
mkdir -p $root/run/systemd/netif/links $root/run/systemd/netif/leases $root/run/systemd/netif/lldp $root/run/udev/data
: > $root/run/udev/control
mount -t sysfs sysfs $root/sys
if [ -n "$root" ]; then
  mount -t proc proc $root/proc
  mount --bind /dev $root/dev
fi
enter() { if [ -n "$root" ]; then chroot $root "$@"; else "$@"; fi; }
enter chown -R systemd-network:systemd-network /run/systemd/netif
mkdir -p $root/usr/local/lib
mount -t tmpfs tmpfs $root/usr/local/lib
for directory in /etc /run /usr/local/lib /usr/lib; do
  mkdir -p $root$directory/systemd/network $root$directory/udev/rules.d
  mount -t tmpfs tmpfs $root$directory/systemd/network
  mount -t tmpfs tmpfs $root$directory/udev/rules.d
done
while read -r line; do ip link $line; done < $work/links
for path in $root/sys/class/net/*; do
  name=\${path##*/}
  data=$root/run/udev/data/n$(cat $path/ifindex)
  echo I:1 > $data
  if [ -e $work/udev/$name ]; then sed 's/^/E:/' $work/udev/$name >> $data; fi
  echo V:1 >> $data
  cp $path/uevent $work/uevent/$name
done
cp -a $root/run/udev/data $work/database
ip -j -d link > $work/links.json
enter systemd-detect-virt > $work/virtualization || true
enter udevadm --version > $work/version
links=$(ls $root/sys/class/net)
count=$(echo $links | wc -w)
export SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console SYSTEMD_PROC_CMDLINE="$(cat $work/cmdline)"

ask_networkd() {
  # exec: $! has to be the daemon itself, not a shell around it that would be killed in its place
  (if [ -n "$root" ]; then exec chroot $root ${networkdPath}; else exec ${networkdPath}; fi) > $1/log 2>&1 &
  daemon=$!
  : >> $1/log
  tries=0
  while [ $(grep -cE 'State changed: (initialized -> |pending -> unmanaged)' $1/log) -lt $count ] && [ $tries -lt 250 ]; do
    sleep 0.02; tries=$((tries+1))
  done
  kill -9 $daemon || true
  wait $daemon 2>/dev/null || true
}
ask_net_setup_link() {
  for link in $links; do
    enter udevadm test-builtin --action=add net_setup_link /sys/class/net/$link > $1/log.$link 2>&1 || true
  done
}
ask_rules() {
  for link in $links; do
    enter udevadm test --action=$(cat $1/action) /sys/class/net/$link > $1/log.$link 2>&1 || true
    now=$(sed -n "s/.*is renamed from '$link' to '\\(.*\\)'.*/\\1/p" $1/log.$link)
    if [ -n "$now" ]; then ip link set $now name $link; fi
  done
  cp -a $work/database/. $root/run/udev/data/
}
for config in $work/configs/*; do
  for directory in /etc /run /usr/local/lib /usr/lib; do
    for kind in systemd/network udev/rules.d; do
      rm -rf $root$directory/$kind/*
      if [ -d $config/root$directory/$kind ]; then cp -a $config/root$directory/$kind/. $root$directory/$kind/; fi
    done
  done
  chmod 755 $root/etc/systemd/network
  while read -r mode path; do chmod $mode $root$path; done < $config/modes
  ask_$(cat $config/ask) $config
done
`;

export const kernelCommandLine = 'BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro "quoted word" quiet net.ifnames=1';

export function askDaemons(questions: readonly Question[], root = ''): Session {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-daemons-'));
  try {
    // The first question, on no configuration, tells what ethtool says of the links.
    return ask(work, root, [{ ask: 'networkd', files: [] }, ...questions]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function ask(work: string, root: string, questions: readonly Question[]): Session {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), encodeText(text));
  };
  const names = links.map(({ make }) => /^add (\S+)/.exec(make)?.[1] ?? '');
  const altnames = links.flatMap(({ altnames: all = [] }, index) =>
    all.map((name) => `property add dev ${names[index]} altname ${name}`),
  );
  const commands = [...links.map(({ make }) => make), ...altnames, ...afterwards];
  write('links', commands.map((line) => `${line}\n`).join(''));
  write('cmdline', kernelCommandLine);
  mkdirSync(join(work, 'uevent'));
  mkdirSync(join(work, 'udev'));
  links.forEach(({ udev }, index) => udev !== undefined && write(`udev/${names[index]}`, `${udev}\n`));
  const directories = questions.map((_, index) => `configs/${String(index).padStart(5, '0')}`);
  questions.forEach(({ ask: what, files, action = 'add', directoryModes = {} }, index) => {
    write(`${directories[index]}/ask`, what);
    const modes = Object.entries(directoryModes).map(([path, mode]) => `${mode.toString(8)} ${path}\n`);
    write(`${directories[index]}/modes`, modes.join(''));
    write(`${directories[index]}/action`, action);
    for (const { path, source, linkTarget, mode = 0o644 } of files) {
      const place = `${directories[index]}/root${path}`;
      if (linkTarget === undefined) {
        write(place, source.text);
        chmodSync(join(work, place), mode);
      } else {
        mkdirSync(dirname(join(work, place)), { recursive: true });
        symlinkSync(linkTarget, join(work, place));
      }
    }
  });
  const namespaces = ['-n', '-m', '-u', '-p', '--fork', '--kill-child'];
  const { status, stderr } = spawnSync('unshare', [...namespaces, 'bash', '-c', script, 'ask', work, root], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the daemons could not be asked: ${stderr}`);
  const shown = readLinks(work);
  const readLog = (path: string) => (existsSync(path) ? decodeBytes(readFileSync(path)) : null);
  const answers = directories.map((directory) => {
    const logs = new Map<string, string>();
    for (const name of ['', ...shown.map(({ ifname }) => ifname)]) {
      const log = readLog(join(work, directory, name === '' ? 'log' : `log.${name}`));
      if (log !== null) logs.set(name, log);
    }
    return logs;
  });
  const [first, ...rest] = answers;
  return { guest: readGuest(work, names, first?.get('') ?? ''), answers: rest };
}

interface IpLink {
  readonly ifname: string;
  readonly address: string;
  readonly master?: string;
  readonly altnames?: readonly string[];
  readonly linkinfo?: { readonly info_kind?: string };
}

function readLinks(work: string): readonly IpLink[] {
  return JSON.parse(readFileSync(join(work, 'links.json'), 'utf8')) as readonly IpLink[];
}

/** The links as ip-link(8) and sysfs show them; the driver and the permanent MAC are ethtool's, which the daemon asks and logs. */
function readGuest(work: string, names: readonly string[], log: string): Guest {
  const facts = readLinks(work).map(({ ifname, address, altnames = [], linkinfo, master = null }): LinkFacts => {
    const udev = links[names.indexOf(ifname)]?.udev ?? '';
    const properties = new Map(
      udev
        .split('\n')
        .filter((line) => line !== '')
        .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const said = (what: string) => new RegExp(`^${ifname}: ${what}: (.*)$`, 'm').exec(log)?.[1];
    const deviceType = /^DEVTYPE=(.*)$/m.exec(readFileSync(join(work, 'uevent', ifname), 'utf8'))?.[1];
    return {
      role: 'none',
      group: null,
      name: ifname,
      kernelName: ifname,
      altnames,
      mac: address,
      // A link whose address the kernel made up has none: ethtool gives zeros.
      permanentMac: said('Saved permanent hardware address') ?? '00:00:00:00:00:00',
      driver: said('Found driver'),
      parentDriver: null,
      kind: linkinfo?.info_kind ?? null,
      type: deviceType ?? (ifname === 'lo' ? 'loopback' : 'ether'),
      idPath: properties.get('ID_PATH') ?? null,
      properties,
      master,
    };
  });
  return { groups: [], phases: [{ name: 'boot', title: 'at boot', links: facts }], host: readHost(work) };
}

function readHost(work: string): HostFacts {
  const run = (...argv: readonly string[]) =>
    spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8' }).stdout.trim();
  return {
    hostname: 'failover-guest',
    architecture: run('uname', '-m'),
    virtualization: readFileSync(join(work, 'virtualization'), 'utf8').trim(),
    kernelVersion: run('uname', '-r'),
    kernelCommandLine,
    systemdVersion: Number.parseInt(readFileSync(join(work, 'version'), 'utf8'), 10),
    netplanVersion: undefined,
    networkManagerVersion: undefined,
    ifupdownVersion: undefined,
  };
}
