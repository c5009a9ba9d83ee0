/**
 * NetworkManager 1.42.4 built with ifcfg-rh (build-networkmanager.sh) as the judge of ifcfg files: ten links a run and a file for each,
 * with values that are right and wrong in every way. nmcli says of each link whether it is managed, by which file, and what it got.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { assumedGuest, master } from '../guest.ts';
import { oracles } from '../namespace.ts';
import { directory, judgeFiles, type Files } from './judge.ts';

const built = join(oracles, 'networkmanager-ifcfg');
const skip =
  process.geteuid?.() !== 0
    ? 'not root: no namespaces can be made'
    : existsSync(join(built, 'sbin/NetworkManager'))
      ? false
      : `${built} is missing (test/managers/ifcfg/build-networkmanager.sh makes it, in some 12 minutes)`;

/** nmcli is this machine's, and so is the bus: the plugin's own D-Bus name is not in its policy, and it does without. */
const script = `
set -u
work=$1
mount --make-rprivate /
for folder in /run /etc/NetworkManager /etc/network /etc/sysconfig /var/lib/NetworkManager /opt; do
  mkdir -p $folder; mount -t tmpfs tmpfs $folder
done
mkdir -p /run/dbus /run/NetworkManager /opt/nm
cp /etc/resolv.conf /run/resolv; mount --bind /run/resolv /etc/resolv.conf
mount --bind $2 /opt/nm
mount -t sysfs -o ro sysfs /sys
cp -a $work/etc/. /etc/
for number in 0 1 2 3 4 5 6 7 8 9; do
  ip link add e$number type veth peer name p$number; ip link set e$number up; ip link set p$number up
done
dbus-daemon --system --fork --nopidfile
/opt/nm/sbin/NetworkManager --no-daemon >$work/log 2>&1 &
tries=0
while [ $tries -lt 80 ]; do
  sleep 0.5; tries=$((tries+1))
  case $(nmcli -t -f DEVICE,STATE device 2>/dev/null) in *:unavailable*) ;; *e9:*) break ;; esac
done
sleep 3
nmcli -t -f DEVICE,STATE,CONNECTION device
echo
ip -4 -o address show
`;

const main = '/etc/NetworkManager/NetworkManager.conf';
const conf = '[main]\nplugins=ifcfg-rh,keyfile\nno-auto-default=*\n';
const names = Array.from({ length: 10 }, (_, index) => `e${index}`);

interface Seen {
  readonly managed: boolean;
  readonly profile: boolean;
  readonly address: string | null;
}

function askNetworkManager(files: Files): ReadonlyMap<string, Seen> {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-ifcfg-'));
  try {
    mkdirSync(join(work, directory), { recursive: true });
    mkdirSync(join(work, '/etc/NetworkManager'), { recursive: true });
    writeFileSync(join(work, main), conf);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(work, directory, name), text);
    const namespaces = ['-n', '-m', '-u', '-p', '--fork', '--kill-child', '--mount-proc'];
    const options = { encoding: 'utf8', timeout: 180_000 } as const;
    const { stdout } = spawnSync('unshare', [...namespaces, 'sh', '-c', script, 'ask', work, built], options);
    const [devices = '', addresses = ''] = stdout.split('\n\n');
    assert.match(devices, /^e9:/m, readFileSync(join(work, 'log'), 'utf8').slice(-2000));
    return new Map(
      names.map((name) => {
        const [, state = '', profile = ''] = new RegExp(`^${name}:([^:]*):(.*)$`, 'm').exec(devices) ?? [];
        const address = new RegExp(`\\b${name} +inet (\\S+)`).exec(addresses)?.[1] ?? null;
        return [name, { managed: state !== 'unmanaged', profile: profile !== '', address }];
      }),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function judged(files: Files): ReadonlyMap<string, Seen> {
  const links = names.map((name) => ({ ...master, name, kernelName: name, mac: undefined, permanentMac: undefined }));
  const guest = assumedGuest(252, links, { networkManagerVersion: '1.42.4' });
  const { decisions } = judgeFiles({ ...files, [main]: conf }, guest);
  return new Map(
    decisions
      .filter(({ manager }) => manager === 'networkmanager')
      .map(({ link, winners }) => {
        const effects = winners.filter(({ verdict }) => verdict === 'yes').flatMap((claim) => claim.effects);
        const managed = effects.every(({ kind }) => kind !== 'unmanaged');
        const address = effects.find(({ kind }) => kind === 'address')?.detail ?? null;
        const profile = winners.some((claim) => claim.byDefault !== true && claim.verdict === 'yes') && managed;
        return [link.name, { managed, profile, address }];
      }),
  );
}

/** Undefined: the line is not there. */
const value = (...words: readonly (string | undefined)[]) => fc.constantFrom(...words);
const fileOf = (name: string) =>
  fc
    .record({
      TYPE: value('Ethernet', 'Ethernet', '"Ethernet"', undefined, 'ethernet'),
      DEVICE: value(name, `"${name}"`, `'${name}'`, `${name} # c`, `$'${name}'`, 'e77', `${name};x`),
      ONBOOT: value('yes', undefined, '', 'no', '"no"', 'off', 'false', 'n', '0', 'No', 'maybe', 't'),
      NM_CONTROLLED: value(undefined, undefined, 'yes', 'no', "'no'", 'NO', '0', 'false', 'odd', ''),
      BOOTPROTO: value('none', 'static', undefined, 'dhcp', '"none"', 'bootp', 'bogus', 'NONE', ''),
      IPADDR: value(`192.0.2.1${name.slice(1)}`, `192.0.2.1${name.slice(1)}`, undefined, '192.0.2.300', '""'),
      PREFIX: value('24', '26', undefined, '33', 'x'),
      NETMASK: value(undefined, undefined, '255.255.255.0', '255.0.255.0'),
    })
    .chain((keys) =>
      fc.constantFrom('plain', 'plain', 'plain', 'export', 'crlf', 'twice').map((form) => {
        const lines = Object.entries(keys).flatMap(([key, word]) => (word === undefined ? [] : [`${key}=${word}`]));
        if (form === 'export') lines[0] = `export ${lines[0] ?? ''}`;
        if (form === 'twice') lines.push(`DEVICE=${name}`);
        return `${lines.join(form === 'crlf' ? '\r\n' : '\n')}\n`;
      }),
    );

test('random ifcfg files do to each link what is said of it', { skip }, (context) => {
  const seed = Number(process.env['FAILOVERCTL_SEED'] ?? 20261130);
  const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 2);
  const sets = fc.sample(fc.tuple(...names.map(fileOf)), { seed, numRuns: runs });
  const wrong: string[] = [];
  for (const texts of sets) {
    const files = Object.fromEntries(texts.map((text, index) => [`ifcfg-f${index}`, text]));
    // a file that names no link is for any: beside others that would be another question
    for (const [name, text] of Object.entries(files)) if (!/^DEVICE=(?!""|'')/m.test(text)) delete files[name];
    const [seen, said] = [askNetworkManager(files), judged(files)];
    names.forEach((name, index) => {
      const pair = [said.get(name), seen.get(name)].map((one) => JSON.stringify(one));
      if (pair[0] !== pair[1]) wrong.push(`${name}: said ${pair[0]}, seen ${pair[1]}\n${texts[index]}`);
    });
  }
  context.diagnostic(`${sets.length * names.length} files, seed ${seed}`);
  assert.deepEqual(wrong, []);
});
