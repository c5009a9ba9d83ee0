/** What four programs make of interfaces(5), asked with Debian's packages, which are never installed. busybox 1.35 knows no `inet` in a namespace: 1.37 is asked. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { isKnown, planPhase } from '../../../src/managers/ifupdown/bring-up.ts';
import { readConfiguration } from '../../../src/managers/ifupdown/configuration.ts';
import { dialectOf, dialects, type Dialect } from '../../../src/managers/ifupdown/dialect.ts';
import { narrow } from '../../../src/managers/ifupdown/narrow.ts';
import { ifupdown } from '../../../src/managers/ifupdown/manager.ts';
import { fnmatch } from '../../../src/text/fnmatch.ts';
import { sid } from '../namespace.ts';
import { file, guest, link, noInclude, triplePhases } from './guest.ts';

const packages = ['ifupdown2', 'ifupdown-ng'];
/** busybox 1.37, by the loader of its own tree. */
const isOlder = () => readdirSync(home).some((name) => /^ifupdown-ng_0\.(?:9|1[01])\./.test(name));
const newer = `${sid}-network`;
const home = resolve('build/oracles/ifupdown');
const root = join(home, 'root');

const eth = (number: number) => `iface eth${number} inet static\n address 192.0.2.${number}\n netmask 255.255.255.0\n`;
const both = eth(8) + eth(9);
const directory = '/etc/network/interfaces.d';

/** Files of each case beside the top one; the links that get an address by each dialect. */
const cases: readonly {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly ups: Readonly<Record<Dialect['name'], string>>;
  /** By ifupdown-ng before 0.12. */
  readonly older?: string;
}[] = [
  {
    text: `auto eth8 eth9\n${both}`,
    ups: { classic: 'eth8 eth9', ifupdown2: 'eth8 eth9', 'ifupdown-ng': 'eth8', busybox: 'eth8 eth9' },
  },
  {
    text: `auto /eth[89]\n${both}`,
    ups: { classic: 'eth8 eth9', ifupdown2: '', 'ifupdown-ng': '', busybox: '' },
  },
  {
    text: `allow-hotplug eth9\nauto eth8\n${both}`,
    ups: { classic: 'eth8', ifupdown2: 'eth8', 'ifupdown-ng': 'eth8', busybox: '' },
  },
  {
    text: `auto eth8\niface eth8\n address 192.0.2.8\n netmask 255.255.255.0\n`,
    ups: { classic: '', ifupdown2: 'eth8', 'ifupdown-ng': 'eth8', busybox: '' },
  },
  {
    text: `auto eth8\nnonsense here\n${eth(8)}`,
    ups: { classic: '', ifupdown2: 'eth8', 'ifupdown-ng': 'eth8', busybox: '' },
  },
  {
    text: `source-directory ${directory}\n`,
    files: { x: `auto eth8\n${eth(8)}`, 'x.dpkg-old': `auto eth9\n${eth(9)}` },
    ups: { classic: 'eth8', ifupdown2: '', 'ifupdown-ng': 'eth8 eth9', busybox: 'eth8 eth9' },
  },
  {
    text: `source ${directory}/*\n`,
    files: { x: `auto eth8\n${eth(8)}`, 'x.dpkg-old': `auto eth9\n${eth(9)}` },
    ups: { classic: 'eth8 eth9', ifupdown2: 'eth8 eth9', 'ifupdown-ng': 'eth8 eth9', busybox: '' },
    older: '',
  },
  {
    text: `auto eth8=home\n${eth(8).replace('eth8', 'home')}`,
    ups: { classic: 'eth8', ifupdown2: '', 'ifupdown-ng': '', busybox: 'eth8' },
  },
  {
    text: `no-scripts eth8\nauto eth8\n${eth(8)}`,
    ups: { classic: 'eth8', ifupdown2: 'eth8', 'ifupdown-ng': 'eth8', busybox: '' },
  },
];

const names = Object.keys(dialects) as readonly Dialect['name'][];

function predict({ text, files = {} }: (typeof cases)[number], dialect: Dialect): string {
  const all = Object.entries(files).map(([name, its]) => file(`${directory}/${name}`, its));
  const find = (glob: string) => all.filter(({ path }) => fnmatch(glob, path, { pathname: true, period: true }));
  const configuration = narrow(readConfiguration([file('/etc/network/interfaces', text)], find, dialect), dialect);
  const links = ['eth8', 'eth9'].map((name) => link(name));
  const ups = planPhase(configuration, [], { name: 'boot', title: 'at boot', links })
    .bringUps.filter(
      ({ how, physical, logical }) => how === 'boot' && physical !== 'lo' && isKnown(configuration, logical),
    )
    .map(({ physical }) => physical);
  return [...new Set(ups)].sort().join(' ');
}

for (const name of names) {
  test(`what ${name} brings up`, () => {
    for (const one of cases) assert.equal(predict(one, dialects[name]), one.ups[name], one.text);
  });
}

test('the dialect is that of the program, or of its version', () => {
  assert.equal(dialectOf({ ifup: 'busybox', ifupdownVersion: undefined }).name, 'busybox');
  assert.equal(dialectOf({ ifup: 'ifupdown-ng', ifupdownVersion: '0.8.44' }).name, 'ifupdown-ng');
  assert.equal(dialectOf({ ifup: 'ifupdown', ifupdownVersion: '0.8.44' }).name, 'classic');
  assert.equal(dialectOf({ ifupdownVersion: '3.0.0' }).name, 'ifupdown2');
  assert.equal(dialectOf({ ifupdownVersion: undefined }).name, 'classic');
});

test('a guard keeps all off under busybox, DHCP but no static address under ifupdown2, nothing under ifupdown-ng', () => {
  const guard = '#!/bin/sh\n[ -e "/sys/class/net/$IFACE/master" ] && exit 1\nexit 0\n';
  const judge = (ifup: string, stanza: string) => {
    const files = [
      file('/etc/network/interfaces', `auto ens11\niface ens11 inet ${stanza}\n`),
      file('/etc/network/if-pre-up.d/guard', guard, 0o755),
    ];
    const its = guest(triplePhases());
    const { decisions } = ifupdown.judge(files, { ...its, host: { ...its.host, ifup } }, noInclude);
    const found = decisions.find(({ phase, link: { name } }) => phase.name === 'boot' && name === 'ens11');
    return found?.winners.flatMap(({ effects }) => effects.map(({ kind }) => kind)).join(' ');
  };
  const address = 'static\n address 192.0.2.1/24';
  assert.deepEqual([judge('busybox', 'dhcp'), judge('busybox', address)], ['unmanaged', 'unmanaged']);
  assert.deepEqual([judge('ifupdown2', 'dhcp'), judge('ifupdown2', address)], ['unmanaged', 'up address']);
  assert.deepEqual([judge('ifupdown-ng', 'dhcp'), judge('ifupdown-ng', address)], ['up dhcp4', 'up address']);
});

function whyNot(): string | null {
  if (process.geteuid?.() !== 0) return 'root is needed for a network namespace';
  if (!existsSync(join(root, 'sbin/ifupdown'))) {
    mkdirSync(home, { recursive: true });
    spawnSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...packages], { cwd: home });
    for (const name of readdirSync(home).filter((its) => its.endsWith('.deb')))
      spawnSync('dpkg-deb', ['-x', join(home, name), root]);
  }
  return existsSync(join(root, 'usr/share/ifupdown2')) && existsSync(join(root, 'sbin/ifupdown'))
    ? null
    : `${packages.join(', ')} cannot be downloaded`;
}

const commands: Readonly<Record<string, string>> = {
  ifupdown2: 'python3 -W ignore $T/ifup -a',
  classic: '/usr/sbin/ifup -a',
  'ifupdown-ng': '$T/ng/ifup -a',
  busybox: `${newer}/lib64/ld-linux-x86-64.so.2 --library-path ${newer}/usr/lib/x86_64-linux-gnu ${newer}/usr/bin/busybox ifup -a`,
};

const reason = whyNot();
const skip = reason !== null && process.env['CI'] !== 'true' ? `skipped: ${reason}` : false;

test('the programs bring up the same links, and a failing hook keeps off the same', { skip }, (context) => {
  assert.equal(reason, null);
  const temporary = mkdtempSync(join(tmpdir(), 'failoverctl-dialect-'));
  try {
    for (const [index, { text, files = {} }] of cases.entries()) {
      const tree = join(temporary, String(index));
      mkdirSync(join(tree, 'interfaces.d'), { recursive: true });
      writeFileSync(join(tree, 'interfaces'), text);
      for (const [name, its] of Object.entries(files)) writeFileSync(join(tree, 'interfaces.d', name), its);
    }
    const isThere: Readonly<Record<Dialect['name'], boolean>> = {
      classic: existsSync('/usr/sbin/ifup'),
      ifupdown2: true,
      'ifupdown-ng': true,
      busybox: existsSync(`${newer}/usr/bin/busybox`),
    };
    const asked = names.filter((name) => isThere[name]);
    const script = [
      `T=${temporary}; mount --make-rprivate /; mount -t tmpfs t /run; mkdir -p /run/network; mount -t sysfs s /sys`,
      'mount -t tmpfs t /etc/network; for at in pre-up up down post-down; do mkdir -p /etc/network/if-$at.d; done',
      ' mount -t tmpfs t /var/tmp; mkdir -p /var/tmp/network',
      `mount -t overlay -o lowerdir=${root}/usr/share:/usr/share o /usr/share`,
      `mkdir -p /usr/libexec $T/ng; mount -t overlay -o lowerdir=${root}/usr/libexec:/usr/libexec o /usr/libexec; ln -s ${root}/sbin/ifupdown $T/ng/ifup`,
      `ln -s /usr/share/ifupdown2/__main__.py $T/ifup; cp -a ${root}/etc/network/* /etc/network/`,
      `run() { ip link del eth8; ip link del eth9; ip link add eth8 type veth peer name p8; ip link add eth9 type veth peer name p9`,
      ` ip link set p8 up; ip link set p9 up; rm -rf /run/network/* /run/ifstate* /var/tmp/network/*`,
      ` timeout 20 $2 >$T/$1.log 2>&1 </dev/null; ip -4 -o address show | grep -o 'eth[89]' | sort -u | tr '\\n' ' ' >$T/$1.out; }`,
      ...asked.flatMap((name) => [
        ...cases.map(
          (_, index) =>
            `rm -rf ${directory}; cp -a $T/${index}/. /etc/network/; run ${name}-${index} "${commands[name] ?? ''}"`,
        ),
        `printf '#!/bin/sh\\nexit 1\\n' >/etc/network/if-pre-up.d/guard; chmod 755 /etc/network/if-pre-up.d/guard`,
        `printf '${`auto eth8\n${eth(8)}`.replaceAll('\n', '\\n')}' >/etc/network/interfaces; run ${name}-hook "${commands[name] ?? ''}"; rm /etc/network/if-pre-up.d/guard`,
      ]),
    ].join('\n');
    writeFileSync(join(temporary, 'run.sh'), script);
    spawnSync('unshare', ['-n', '-m', 'sh', join(temporary, 'run.sh')], { encoding: 'utf8' });
    const answer = (what: string) => readFileSync(join(temporary, `${what}.out`), 'utf8').trim();
    const wrong: string[] = [];
    for (const name of asked) {
      for (const [index, { text, ups, older }] of cases.entries()) {
        const log = readFileSync(join(temporary, `${name}-${index}.log`), 'utf8');
        const expected = name === 'ifupdown-ng' && isOlder() ? (older ?? ups[name]) : ups[name];
        const found = answer(`${name}-${index}`);
        if (found !== expected) wrong.push(`${name}: '${found}', not '${expected}':\n${text}${log}`);
      }
      const hooked = answer(`${name}-hook`);
      if ((hooked === '') !== (dialects[name].failingHook === 'all'))
        wrong.push(`${name}, a failing hook: '${hooked}'`);
    }
    assert.deepEqual(wrong, []);
    context.diagnostic(`${cases.length} configurations and a failing hook, asked of ${asked.join(', ')}`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
});
