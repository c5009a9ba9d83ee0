import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writeGuest, type FleetGuest } from './guest-folders.ts';

const folder = resolve('packaging/ansible');

function needs(t: TestContext, programs: readonly string[], root = false): boolean {
  const missing = programs.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  const why =
    missing.length > 0
      ? `not installed: ${missing.join(', ')}`
      : root && process.geteuid?.() !== 0
        ? 'needs root for namespaces'
        : null;
  if (why === null) return true;
  assert.notEqual(process.env['CI'], 'true', why);
  t.skip(why);
  return false;
}

function scratch(t: TestContext): string {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-ansible-'));
  t.after(() => rmSync(work, { recursive: true, force: true }));
  mkdirSync(join(work, 'home'));
  return work;
}

const environment = (work: string) => ({
  PATH: process.env['PATH'],
  LC_ALL: 'C.UTF-8',
  HOME: join(work, 'home'),
  ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
  ANSIBLE_NOCOLOR: '1',
  ANSIBLE_SSH_CONTROL_PATH_DIR: join(work, 'c'),
});

test('ansible-lint finds nothing, by its strictest profile', (t) => {
  if (!needs(t, ['ansible-lint'])) return;
  const args = [
    '--offline',
    '--profile',
    'production',
    '--strict',
    '-q',
    '--nocolor',
    'rollout.yml',
    'roles/failoverctl',
  ];
  const { status, stdout, stderr } = spawnSync('ansible-lint', args, {
    cwd: folder,
    env: environment(scratch(t)),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout + stderr);
});

test('the module documents itself, with the options that it takes', (t) => {
  if (!needs(t, ['ansible-doc'])) return;
  const args = ['-t', 'module', '-M', 'roles/failoverctl/library', '--json', 'failoverctl'];
  const { status, stdout, stderr } = spawnSync('ansible-doc', args, {
    cwd: folder,
    env: environment(scratch(t)),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const { failoverctl } = JSON.parse(stdout) as {
    failoverctl: { doc: { options: Record<string, unknown> }; examples: string; return: unknown };
  };
  const source = readFileSync(join(folder, 'roles/failoverctl/library/failoverctl.py'), 'utf8');
  const taken = [...source.matchAll(/^ {12}"(\w+)": \{"/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(failoverctl.doc.options).sort(), taken.sort());
});

const guests: readonly FleetGuest[] = [
  { name: 'g1', address: '192.0.2.11', mac: '52:54:00:00:12:01' },
  { name: 'g2', address: '192.0.2.12', mac: '52:54:00:00:12:02', darkVf: true },
  { name: 'g3', address: '192.0.2.13', mac: '52:54:00:00:12:03' },
  { name: 'g4', address: '192.0.2.14', mac: '52:54:00:00:12:04' },
];

/** What is done, from the controller; what each guest has afterwards goes to a file. */
const script = (program: string) => `
cd ${folder}
play() {
  name=$1
  shift
  set -- -i "$work/inventory" rollout.yml -e failoverctl_executable=${program} -e failoverctl_snapshots="$work/snapshots" "$@"
  ansible-playbook "$@" > "$work/$name.out" 2>&1 && status=0 || status=$?
  echo $status > "$work/$name.status"
}
on() { ssh -q -i "$work/key" -p 2222 -o UserKnownHostsFile="$work/known" -o StrictHostKeyChecking=accept-new "root@192.0.2.1$1" "$2"; }
look() {
  for number in 1 2 3 4; do
    on $number 'echo $(ls /usr/local/sbin /var/lib/failoverctl/manifest.json /etc/udev/rules.d/92-net-failover.rules 2>/dev/null)'
  done > "$work/$1.guests"
}
play fresh --check --limit g4
look fresh
play first -e '{"failoverctl_batches": [1, 2, 1]}'
for number in 1 2 3 4; do on $number 'touch /run/over; while [ -e /run/timer ] || [ -e /run/service ]; do sleep 0.2; done; rm /run/over'; done
look first
grep -c 'Pubkey auth succeeded' "$work/guests/g1/log" > "$work/connections"
play again --limit g1
play check --check --diff --limit g4
look check
ansible -i "$work/inventory" -M roles/failoverctl/library -m failoverctl -a state=absent g1 > "$work/absent.out" 2>&1
look absent
`;

test('a rollout over ssh to guests in namespaces (recorded /sys, no udevd, no systemd) stops at the first that is not well', (t) => {
  if (!needs(t, ['ansible-playbook', 'dropbear', 'ssh', 'unshare'], true)) return;
  const work = scratch(t);
  for (const guest of guests) writeGuest(join(work, 'guests', guest.name), guest);
  const host = ({ name, address }: FleetGuest) => `${name} ansible_host=${address}`;
  const shared = [
    'ansible_port=2222',
    'ansible_user=root',
    `ansible_ssh_private_key_file=${work}/key`,
    'ansible_python_interpreter=/usr/bin/python3',
    `ansible_ssh_common_args="-o UserKnownHostsFile=${work}/known -o StrictHostKeyChecking=accept-new"`,
  ];
  writeFileSync(join(work, 'inventory'), ['[all]', ...guests.map(host), '[all:vars]', ...shared, ''].join('\n'));
  const executable = resolve(`dist/failoverctl-linux-${process.arch}`);
  writeFileSync(join(work, 'run'), script(existsSync(executable) ? executable : resolve('dist/failoverctl.cjs')));
  const namespaces = ['-n', '-m', '-p', '--fork', '--kill-child', '--mount-proc'];
  const { status, stdout, stderr } = spawnSync('unshare', [...namespaces, 'bash', 'test/packaging/fleet.sh', work], {
    env: environment(work),
    encoding: 'utf8',
    timeout: 900_000,
    killSignal: 'SIGKILL',
  });
  const read = (name: string) => readFileSync(join(work, name), 'utf8');
  const logs = () => guests.map(({ name }) => read(`guests/${name}/log`)).join('');
  assert.equal(status, 0, `${stdout}${stderr}${logs()}`);
  /** "changed=2 unreachable=0 failed=1" of a guest, and whether the run ended well. */
  const outcome = (run: string, guest: string) => {
    const [, words = ''] = new RegExp(`^${guest} +: ok=\\d+ +(.*)$`, 'm').exec(read(`${run}.out`)) ?? [];
    return words.replace(/ +/g, ' ').replace(/ skipped=.*/, '');
  };
  const hasInstalled = (run: string) =>
    read(`${run}.guests`)
      .trimEnd()
      .split('\n')
      .map((line) => line.includes('manifest.json') && line.includes('92-net-failover.rules'));

  assert.equal(read('fresh.status').trim(), '0', read('fresh.out'));
  assert.equal(outcome('fresh', 'g4'), 'changed=2 unreachable=0 failed=0', 'the program, and what it would do');
  assert.doesNotMatch(read('fresh.guests'), /failoverctl/, 'check mode leaves nothing');

  const first = read('first.out');
  assert.notEqual(read('first.status').trim(), '0', first);
  assert.equal(outcome('first', 'g1'), 'changed=3 unreachable=0 failed=0', first);
  assert.match(outcome('first', 'g2'), /failed=1$/, first);
  assert.match(first, /not well: enp2s0 has no carrier: enp1s0 receives nothing .* \(it was so before\)/);
  assert.deepEqual(
    hasInstalled('first'),
    [true, false, false, false],
    'those of its batch are taken back, g4 is not begun',
  );
  assert.match(outcome('first', 'g3'), /^changed=2 unreachable=0 /, 'g3 was installed, and not kept');
  assert.equal(outcome('first', 'g4'), 'changed=1 unreachable=0 failed=0', 'g4 has the program alone');
  assert.deepEqual(
    readdirSync(join(work, 'snapshots')).sort(),
    guests.map(({ name }) => `${name}.json`),
  );
  assert.match(first, /4 guests/, 'one lint of all');
  assert.ok(Number(read('connections')) >= 2, 'it is confirmed over another connection than it was installed by');

  assert.equal(read('again.status').trim(), '0', read('again.out'));
  assert.equal(outcome('again', 'g1'), 'changed=0 unreachable=0 failed=0', read('again.out'));

  assert.equal(outcome('check', 'g4'), 'changed=1 unreachable=0 failed=0', read('check.out'));
  assert.match(read('check.out'), /^\+\+\+ b\/etc\/udev\/rules\.d\/92-net-failover\.rules$/m);
  assert.deepEqual(hasInstalled('check'), [true, false, false, false]);

  assert.match(read('absent.out'), /g1 \| CHANGED/);
  assert.deepEqual(hasInstalled('absent'), [false, false, false, false]);
});
