/**
 * connman 1.41 of Debian 12 as the judge: started in a namespace on links of which three have one MAC. It brings up what it takes; its
 * services and addresses say what it does there. The package is unpacked and never installed.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { judgeConnman } from '../../../src/managers/connman/manager.ts';
import { rendering } from '../../../src/managers/connman/render.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master, primary, standby } from '../guest.ts';
import { dhcp } from '../master-configs.ts';

const home = resolve('build/oracles/connman');
const root = join(home, 'root');

function whyNot(): string | null {
  if (process.geteuid?.() !== 0) return 'root is needed for a network namespace';
  if (!existsSync(root)) {
    mkdirSync(home, { recursive: true });
    spawnSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', 'connman'], { cwd: home });
    for (const name of readdirSync(home).filter((its) => its.endsWith('.deb')))
      spawnSync('dpkg-deb', ['-x', join(home, name), root]);
  }
  if (!existsSync(join(root, 'usr/sbin/connmand'))) return 'connman cannot be downloaded';
  const { stdout } = spawnSync('ldd', [join(root, 'usr/sbin/connmand')], { encoding: 'utf8' });
  return stdout.includes('not found')
    ? 'connman misses libraries here'
    : existsSync('/usr/bin/dbus-daemon')
      ? null
      : 'no dbus-daemon';
}

interface Question {
  readonly main?: string;
  readonly args?: string;
  readonly service?: string;
  /** The links that it brings up. */
  readonly up: string;
  /** Those that have an address; of a triple's one. */
  readonly addressed?: RegExp;
}

const mac = '52:54:00:00:12:53';
const triple = 'ens10 ens10nsby ens11';
const fixed = 'Type=ethernet\nIPv4=192.0.2.10/255.255.255.0/192.0.2.1\nIPv6=off\n';
const one = /^ens1\w+$/;
const generated = rendering.render(
  { ...dhcp, dhcp4: false, addresses: ['192.0.2.10/24'] },
  { netplanRenderer: 'networkd' },
  () => rendering,
);
const generatedArgs = /^ExecStart=.*connmand -n (.*)$/m.exec(generated[0]?.text ?? '')?.[1] ?? '';

const questions: readonly Question[] = [
  { up: `${triple} eth0` },
  { args: '-i ens10', up: 'ens10' },
  { args: '-i ens1?,eth*', up: 'ens10 ens11 eth0' },
  { args: '-I *nsby --nodevice=eth0', up: triple },
  { args: '-I *nsby,eth0', up: 'ens10 ens11' },
  { main: '[General]\nNetworkInterfaceBlacklist=ens10nsby,ens11\n', up: 'ens10 eth0' },
  { main: '[General]\nNetworkInterfaceBlacklist = ens10 , et\n', up: 'ens11' },
  { main: '[general]\nNetworkInterfaceBlacklist=ens\n', up: `${triple} eth0` },
  { service: `[service_a]\nMAC=${mac}\n${fixed}`, up: `${triple} eth0`, addressed: one },
  { service: `[service_a]\nDeviceName=eth0\n${fixed}`, up: `${triple} eth0`, addressed: /^eth0$/ },
  { service: `[service_a]\n${fixed}`, up: `${triple} eth0`, addressed: /^ens1\w+ eth0$/ },
  { service: `[service_a]\nMAC=${mac}\nIPv4=192.0.2.10/24\n`, up: `${triple} eth0` },
  { args: generatedArgs, service: generated[1]?.text ?? '', up: 'ens10', addressed: /^ens10$/ },
];

const bus =
  '<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth><policy context="default">' +
  '<allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/>' +
  '<allow send_requested_reply="true" send_type="method_return"/><allow send_requested_reply="true" send_type="error"/>' +
  '<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>' +
  '</policy></busconfig>';

/** All at once, each in namespaces of its own; the peers are out of its sight, in another network namespace. */
const script = `
work=$1 root=$2
for directory in $work/*/; do
  unshare -n -m -p --fork --kill-child sh -c '
    work=$1 root=$2
    mount --make-rprivate /
    mount -t tmpfs tmpfs /run; mkdir -p /run/dbus; mount -t tmpfs tmpfs /var/lib; mkdir -p /var/lib/connman
    mount -t proc proc /proc; mount -t sysfs sysfs /sys
    # connmand writes /etc/resolv.conf: never the machine'"'"'s
    mkdir $work/etc; cp /etc/passwd /etc/group /etc/nsswitch.conf $work/etc; mount --bind $work/etc /etc
    ip link set lo up
    sleep 60 & unshare -n sleep 60 & away=$!
    sleep 0.3
    for name in ${triple} eth0; do
      mac=${mac}; [ $name = eth0 ] && mac=52:54:00:00:12:99
      ip link add $name address $mac type veth peer name p-$name
      ip link set p-$name netns $away; nsenter -t $away -n ip link set p-$name up
    done
    [ -s $work/service ] && cp $work/service /var/lib/connman/a.config
    dbus-daemon --config-file=$work/../bus.conf --fork --nopidfile
    set -f; $root/usr/sbin/connmand -n -d -c $work/main $(cat $work/args) >$work/log 2>&1 &
    sleep 8
    for name in ${triple} eth0; do ip -o link show $name | grep -q "[<,]UP[,>]" && printf "$name "; done >$work/up
    for name in ${triple} eth0; do ip -o -4 addr show $name | grep -q inet && printf "$name "; done >$work/addressed
  ' sh "$directory" "$root" </dev/null &
done
wait
`;

function filesOf({ main = '[General]\n', args = '', service }: Question): readonly ConfigFile[] {
  return [
    configFile('/etc/connman/main.conf', main),
    configFile('/usr/lib/systemd/system/connman.service', `[Service]\nExecStart=/usr/sbin/connmand -n ${args}\n`),
    ...(service === undefined ? [] : [configFile('/var/lib/connman/a.config', service)]),
  ];
}

const eth0 = { ...primary, name: 'eth0', role: 'none', group: null, master: null, mac: '52:54:00:00:12:99' } as const;

function predict(question: Question) {
  const { decisions } = judgeConnman(filesOf(question), assumedGuest(252, [master, standby, primary, eth0]));
  const taken = decisions.filter(({ winners }) =>
    winners.some(({ effects }) => effects.some(({ kind }) => kind === 'up')),
  );
  const addressed = taken.filter(({ winners }) =>
    winners.some(({ effects }) => effects.some(({ kind }) => kind === 'address')),
  );
  return { up: taken.map(({ link }) => link.name).join(' '), addressed: addressed.map(({ link }) => link.name) };
}

test('what we say is what is expected of each', () => {
  for (const question of questions) {
    const { up, addressed } = predict(question);
    assert.equal(up, question.up, JSON.stringify(question));
    assert.equal(addressed.length > 0, question.addressed !== undefined, JSON.stringify(question));
  }
});

const reason = whyNot();
const skip = reason !== null && process.env['CI'] !== 'true' ? `skipped: ${reason}` : false;

test('and what connman does', { skip }, (context) => {
  assert.equal(reason, null);
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-connman-'));
  try {
    writeFileSync(join(work, 'bus.conf'), bus);
    questions.forEach(({ main = '[General]\n', args = '', service = '' }, index) => {
      const directory = join(work, String(index));
      mkdirSync(directory);
      for (const [name, text] of Object.entries({ main, args, service })) writeFileSync(join(directory, name), text);
    });
    const { stderr } = spawnSync('sh', ['-c', script, 'sh', work, root], { encoding: 'utf8', timeout: 120_000 });
    questions.forEach((question, index) => {
      const read = (name: string) => readFileSync(join(work, String(index), name), 'utf8').trim();
      const about = `${JSON.stringify(question)}\n${stderr}\n${read('log').slice(-2000)}`;
      assert.equal(read('up'), question.up, about);
      const addressed = read('addressed');
      if (question.addressed === undefined) assert.equal(addressed, '', about);
      else assert.match(addressed, question.addressed, about);
      const possible = predict(question).addressed;
      assert.ok(addressed === '' || addressed.split(' ').every((name) => possible.includes(name)), about);
    });
    context.diagnostic(`${questions.length} configurations`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
