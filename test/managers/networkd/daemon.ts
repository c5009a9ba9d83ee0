/**
 * systemd-networkd itself as the judge: it is started in namespaces of its own (net, mount, UTS), once for each
 * configuration, on links that were made for it, and its debug log tells which file it chose for which link and what it
 * thought of each line. Nothing outside of the namespaces is touched.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import type { Guest, HostFacts, LinkFacts } from '../../../src/topology/guest.ts';
import { decodeBytes, encodeText } from '../../../src/system/bytes.ts';

export const daemonPath = '/usr/lib/systemd/systemd-networkd';

/** Why the daemon cannot be asked here, or null. */
export function missingDaemon(): string | null {
  if (!existsSync(daemonPath)) return `${daemonPath} is not installed`;
  if (process.geteuid?.() !== 0) return 'not root: no namespaces can be made';
  const { status } = spawnSync('unshare', ['-n', '-m', '-u', '--fork', 'ip', 'link', 'add', 'v', 'type', 'veth']);
  return status === 0 ? null : 'namespaces with veth links cannot be made';
}

export function daemonVersion(): number {
  return Number(/\d+/.exec(spawnSync('systemctl', ['--version'], { encoding: 'utf8' }).stdout)?.[0]);
}

export interface Answer {
  /** Link to the .network file that it matched first; a link that none matched is missing. */
  readonly choices: ReadonlyMap<string, string>;
  /** "FILE:LINE: …" */
  readonly messages: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  readonly log: string;
}

export interface Session {
  readonly guest: Guest;
  readonly answers: readonly Answer[];
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

/** Uninitialised links are left alone, so each has an entry in udev's database, which nothing else writes to here. */
const script = `
set -eu
hostname failover-guest
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp /run/systemd/network /run/udev/data
chown -R systemd-network:systemd-network /run/systemd/netif
: > /run/udev/control
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /usr/local/lib
mkdir -p /usr/local/lib/systemd/network
mount -t tmpfs tmpfs /etc/systemd/network
mount -t tmpfs tmpfs /usr/lib/systemd/network
work=$1
while read -r line; do ip link $line; done < $work/links
for path in /sys/class/net/*; do
  name=\${path##*/}
  data=/run/udev/data/n$(cat $path/ifindex)
  echo I:1 > $data
  if [ -e $work/udev/$name ]; then sed 's/^/E:/' $work/udev/$name >> $data; fi
  echo V:1 >> $data
  cp $path/uevent $work/uevent/$name
done
ip -j -d link > $work/links.json
count=$(ls /sys/class/net | wc -l)
for config in $work/configs/*; do
  for directory in /etc /run /usr/local/lib /usr/lib; do
    rm -rf $directory/systemd/network/*
    if [ -d $config/root$directory/systemd/network ]; then cp -a $config/root$directory/systemd/network/. $directory/systemd/network/; fi
  done
  SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console SYSTEMD_PROC_CMDLINE="$(cat $work/cmdline)" "$2" > $config/log 2>&1 &
  daemon=$!
  : >> $config/log
  tries=0
  while [ $(grep -c 'State changed: initialized -> ' $config/log) -lt $count ] && [ $tries -lt 250 ]; do
    sleep 0.02; tries=$((tries+1))
  done
  kill -9 $daemon || true
  wait $daemon 2>/dev/null || true
done
`;

export const kernelCommandLine = 'BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro "quoted word" quiet net.ifnames=1';

/** Asks the daemon about each configuration: what it would do with each of the links. */
export function askNetworkd(configurations: readonly (readonly ConfigFile[])[]): Session {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-networkd-'));
  try {
    return ask(work, configurations);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function ask(work: string, configurations: readonly (readonly ConfigFile[])[]): Session {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), encodeText(text));
  };
  const names = links.map(({ make }) => /^add (\S+)/.exec(make)?.[1] ?? '');
  const altnames = links.flatMap(({ altnames: all = [] }, index) =>
    all.map((name) => `property add dev ${names[index]} altname ${name}`),
  );
  write('links', [...links.map(({ make }) => make), ...altnames].map((line) => `${line}\n`).join(''));
  write('cmdline', kernelCommandLine);
  mkdirSync(join(work, 'uevent'));
  mkdirSync(join(work, 'udev'));
  links.forEach(({ udev }, index) => udev !== undefined && write(`udev/${names[index]}`, `${udev}\n`));
  const directories = configurations.map((_, index) => `configs/${String(index).padStart(5, '0')}`);
  configurations.forEach((files, index) => {
    mkdirSync(join(work, directories[index] ?? '', 'root'), { recursive: true });
    for (const { path, source, linkTarget } of files) {
      const place = `${directories[index]}/root${path}`;
      if (linkTarget === undefined) write(place, source.text);
      else {
        mkdirSync(dirname(join(work, place)), { recursive: true });
        symlinkSync(linkTarget, join(work, place));
      }
    }
  });
  const { status, stderr } = spawnSync(
    'unshare',
    ['-n', '-m', '-u', '--fork', '--kill-child', 'bash', '-c', script, 'networkd', work, daemonPath],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`networkd could not be asked: ${stderr}`);
  const answers = directories.map((directory) => readAnswer(decodeBytes(readFileSync(join(work, directory, 'log')))));
  return { guest: readGuest(work, names, answers[0]?.log ?? ''), answers };
}

function readAnswer(log: string): Answer {
  const choices = new Map<string, string>();
  for (const [, link = '', path = ''] of log.matchAll(/^(\S+): found matching network '(.*?)'(?:,|\.)/gm))
    choices.set(link, path);
  for (const [, link = '', path = ''] of log.matchAll(/^(\S+): Found matching \.network file.*?: (.*)$/gm))
    choices.set(link, path);
  const messages = [...log.matchAll(/^(\/[^:\n]+\.(?:network|netdev|conf)):(\d+): (.*)$/gm)].map(
    ([, path = '', line = '', text = '']) => ({ path, line: Number(line), text }),
  );
  return { choices, messages, log };
}

interface IpLink {
  readonly ifname: string;
  readonly address: string;
  readonly altnames?: readonly string[];
  readonly linkinfo?: { readonly info_kind?: string };
}

/** The links as ip-link(8) and sysfs show them; the driver and the permanent MAC are ethtool's, which the daemon asks and logs. */
function readGuest(work: string, names: readonly string[], log: string): Guest {
  const shown = JSON.parse(readFileSync(join(work, 'links.json'), 'utf8')) as readonly IpLink[];
  const facts = shown.map(({ ifname, address, altnames = [], linkinfo }): LinkFacts => {
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
      master: null,
    };
  });
  return { groups: [], phases: [{ name: 'boot', title: 'at boot', links: facts }], host: readHost() };
}

function readHost(): HostFacts {
  const run = (...argv: readonly string[]) =>
    spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8' }).stdout.trim();
  return {
    hostname: 'failover-guest',
    architecture: run('uname', '-m'),
    virtualization: run('systemd-detect-virt'),
    kernelVersion: run('uname', '-r'),
    kernelCommandLine,
    systemdVersion: daemonVersion(),
    netplanVersion: undefined,
    networkManagerVersion: undefined,
    ifupdownVersion: undefined,
  };
}
