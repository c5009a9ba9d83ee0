/** The packages that `npm run release` makes: what they hold, what lintian and rpmlint say, and their life in real systems. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { executable, withoutExecutables } from '../native/engines.ts';
import {
  buildOlder,
  buildPackages,
  type Built,
  hookPath,
  lintExceptions,
  makeFolder,
  oldFile,
  runOrThrow,
} from './built.ts';
import { chosenReleases, runInside, treeOf, withoutChroots } from './chroots.ts';

const folder = makeFolder();
after(() => rmSync(folder, { recursive: true, force: true }));

const isMissing = (program: string): string | false => {
  if (existsSync(`/usr/bin/${program}`)) return false;
  return process.env['CI'] === 'true' ? assert.fail(`${program} is missing`) : `${program} is missing`;
};
const skip = withoutExecutables || isMissing('rpmbuild');
const names = ['failoverctl', 'failoverctl-guard'] as const;

let built: Built;
let older: Built;
before(async () => {
  if (skip !== false) return;
  built = await buildPackages(join(folder, 'one'));
  older = await buildOlder(folder, built);
});

const debOf = (from: Built, name: string) => from.find(`${name}_`, '.deb');
const rpmOf = (from: Built, name: string) => from.find(`${name}-0`, '.rpm');
const filesOfDeb = (deb: string) =>
  runOrThrow('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" | tar -tvf -', 'sh', deb])
    .split('\n')
    .flatMap((line) => {
      const [, mode = '', owner = '', path = ''] = /^(\S+) (\S+) .* \.(\/\S*)$/.exec(line) ?? [];
      return path === '' ? [] : [{ mode, owner, path }];
    });

test('failoverctl runs nothing when it is installed, and lies in /usr alone', { skip }, () => {
  const files = filesOfDeb(debOf(built, 'failoverctl'));
  assert.ok(files.some(({ path, mode }) => path === '/usr/bin/failoverctl' && mode === '-rwxr-xr-x'));
  assert.deepEqual(
    files.filter(({ path, owner }) => !/^\/(?:usr\/.*)?$/.test(path) || owner !== 'root/root'),
    [],
  );
  // where udev, systemd and their kin look there is nothing
  assert.deepEqual(
    files.filter(({ path }) => path.startsWith('/usr/lib/')),
    [],
  );
  for (const script of ['preinst', 'postinst', 'prerm', 'postrm'])
    assert.notEqual(spawnSync('dpkg-deb', ['-I', debOf(built, 'failoverctl'), script]).status, 0, script);
  assert.equal(runOrThrow('rpm', ['-qp', '--scripts', rpmOf(built, 'failoverctl')]), '');
});

test('failoverctl-guard holds what the program prints, byte for byte', { skip }, () => {
  const tree = join(folder, 'guard');
  const printed = join(folder, 'printed');
  runOrThrow('dpkg-deb', ['-x', debOf(built, 'failoverctl-guard'), tree]);
  runOrThrow(executable, ['generate', 'guard', '--out', printed]);
  const { stdout } = spawnSync('diff', ['-r', printed, tree], { encoding: 'utf8' });
  assert.match(stdout, /^(?:Only in \S*\/guard\/usr\/share: (?:doc|lintian)\n){2}$/);
  assert.equal(runOrThrow('dpkg-deb', ['-I', debOf(built, 'failoverctl-guard'), 'conffiles']), `${hookPath}\n`);
});

test('two builds give the same bytes', { skip }, async () => {
  const again = await buildPackages(join(folder, 'a longer name', 'two'));
  assert.equal(again.files.length, built.files.length);
  for (const [index, file] of built.files.entries())
    assert.ok(readFileSync(file).equals(readFileSync(again.files[index] ?? '')), file);
});

test(
  'lintian: nothing but what packaging/lint-exceptions.txt argues, and all of that',
  { skip: skip || isMissing('lintian') },
  async () => {
    // its status counts what is overridden too
    const { stdout, stderr } = spawnSync(
      'lintian',
      ['--allow-root', '--show-overrides', ...names.map((name) => debOf(built, name))],
      { encoding: 'utf8' },
    );
    const said = stdout.split('\n').filter((line) => /^[A-Z]: /.test(line));
    assert.deepEqual(
      said.filter((line) => !line.startsWith('O: ')),
      [],
      stderr,
    );
    for (const name of names)
      for (const line of await lintExceptions('lintian', name))
        assert.ok(said.includes(`O: ${name}: ${line}`), `${line} in ${said.join('\n')}`);
  },
);

test('rpmlint: the same', { skip: skip || isMissing('rpmlint') }, async () => {
  const config = join(folder, 'rpmlint.toml');
  const exceptions = (
    await Promise.all(names.map(async (name) => ({ name, lines: await lintExceptions('rpmlint', name) })))
  ).flatMap(({ name, lines }) => lines.map((line) => ({ name, line })));
  const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const lint = (filters: readonly string[]) => {
    const settings = [
      `Filters = ${JSON.stringify(filters)}`,
      'CompressExtension = "gz"',
      'ValidLicenses = ["MIT", "ISC"]',
    ];
    writeFileSync(config, `${settings.join('\n')}\n`);
    const { stdout } = spawnSync('rpmlint', ['-c', config, ...names.map((name) => rpmOf(built, name))], {
      encoding: 'utf8',
    });
    assert.match(stdout, /2 packages and 0 specfiles checked/);
    return stdout.split('\n').filter((line) => /^failoverctl\S*: [EW]: /.test(line));
  };
  const filters = exceptions.map(({ name, line }) => `^${name}\\.\\w+: [EW]: ${quote(line)}`);
  assert.deepEqual(lint(filters), []);
  const all = lint([]);
  for (const filter of filters)
    assert.ok(
      all.some((line) => new RegExp(filter).test(line)),
      filter,
    );
});

test('every exception has its argument', () => {
  const [, ...blocks] = readFileSync('packaging/lint-exceptions.txt', 'utf8').trim().split('\n\n');
  assert.ok(blocks.length > 3);
  for (const block of blocks)
    assert.match(block, /^(?:# .+\n)+(?:(?:lintian|rpmlint) failoverctl(?:-guard)? \S.*(?:\n|$))+$/);
});

/** Prints every path, but for those of dpkg itself and of what is no part of the system. */
const listing = `list() {
  find / -xdev \\( -path /tmp -o -path /run -o -path /proc -o -path /dev -o -path /var/lib/dpkg -o -path /var/log \\) -prune -o \\
    ! -type d -printf '%p %M %U %G %s\\n' -o -type d -printf '%p %M %U %G\\n' | LC_ALL=C sort
  ls /var/lib/dpkg/info | LC_ALL=C sort
}`;

for (const release of skip === false && withoutChroots === false ? chosenReleases() : []) {
  const tree = treeOf(release);
  const missing = 'reason' in tree ? tree.reason : false;
  test(`${release}: installed, upgraded, removed and purged, and nothing is left`, { skip: missing }, () => {
    if ('reason' in tree) return;
    const given = join(folder, release);
    mkdirSync(given);
    for (const [which, from] of [
      ['old', older],
      ['new', built],
    ] as const)
      for (const name of names) runOrThrow('cp', [debOf(from, name), join(given, `${which}-${name}.deb`)]);
    const stdout = runInside(
      tree.root,
      given,
      `set -e
${listing}
cd /tmp
list >before
dpkg -i given/old-*.deb
test -e ${oldFile}
echo '# mine' >>${hookPath}
dpkg -i --force-confold given/new-*.deb
test ! -e ${oldFile}
grep -q '^# mine$' ${hookPath}
dpkg --audit
dpkg --verify failoverctl failoverctl-guard | grep -v ' c ' && exit 1
failoverctl --version
failoverctl doctor >doctor || :
echo "doctor: $(grep '^guard package' doctor)"
sed -i '/^# /!b; /^# mine$/d; /^# of an older release$/d' ${hookPath}
failoverctl doctor >doctor || :
echo "doctor: $(grep '^guard package' doctor)"
failoverctl install --generic --guard-only --manager networkd
find /etc -newer before -path '*failover*'
failoverctl uninstall
dpkg -r failoverctl failoverctl-guard
test -e ${hookPath}
dpkg -P failoverctl failoverctl-guard
list >after
diff before after
echo purged
`,
    );
    assert.match(
      stdout,
      /doctor: guard package +todo +.*changed or removed: \/etc\/network\/if-pre-up\.d\/net-failover\n/,
    );
    assert.match(stdout, /doctor: guard package +ok /);
    assert.match(stdout, /failoverctl-guard has the guards/);
    assert.doesNotMatch(stdout, /^\/etc\/(?:udev|systemd)/m);
    assert.match(stdout, /\npurged\n$/);
  });
}

test('rpm: installed, upgraded and erased below a root, and nothing is left', { skip }, () => {
  const root = join(folder, 'rpm-root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  const rpm = (...args: readonly string[]) => runOrThrow('rpm', ['--root', root, '--noscripts', '--nodeps', ...args]);
  const files = () => runOrThrow('sh', ['-c', 'cd "$1" && find . ! -path "./var/*" | sort', 'sh', root]);
  runOrThrow('rpm', ['--root', root, '--initdb']);
  const empty = files();
  rpm('-i', rpmOf(older, 'failoverctl-guard'));
  assert.ok(existsSync(root + oldFile));
  rpm('-U', rpmOf(built, 'failoverctl-guard'), rpmOf(built, 'failoverctl'));
  assert.ok(!existsSync(root + oldFile));
  assert.ok(existsSync(join(root, 'usr/lib/udev/rules.d/92-net-failover.rules')));
  assert.ok(!existsSync(join(root, 'etc/network')), 'no ifupdown there');
  const verify = spawnSync('rpm', ['--root', root, '-V', '--nodeps', 'failoverctl-guard', 'failoverctl'], {
    encoding: 'utf8',
  });
  assert.deepEqual([verify.status, verify.stdout], [0, '']);
  const doctor = spawnSync(executable, ['doctor', '--root', root], { encoding: 'utf8' });
  assert.match(doctor.stdout + doctor.stderr, /guard package +ok /);
  rpm('-e', 'failoverctl-guard', 'failoverctl');
  const left = files()
    .split('\n')
    .filter((path) => path !== '' && !empty.split('\n').includes(path));
  // what rpm makes above a package's own folders belongs to the distribution's packages of these names
  assert.deepEqual(
    left.filter((path) => /failover/.test(path)),
    [],
  );
  // Debian's rpm has its database in root's home
  const withoutDatabase = 'find "$1" ! -type d ! -path "*/var/*" ! -path "*/.rpmdb/*"';
  assert.equal(runOrThrow('sh', ['-c', withoutDatabase, 'sh', root]), '');
});

test('scriptlets: dash and bash run them, and only a running guest is told', { skip }, () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const program of ['systemctl', 'udevadm']) {
    writeFileSync(join(bin, program), `#!/bin/sh\necho "${program} $*"\nexit 1\n`);
    chmodSync(join(bin, program), 0o755);
  }
  const scripts = runOrThrow('rpm', ['-qp', '--scripts', rpmOf(built, 'failoverctl-guard')])
    .split(/^post(?:un)?install scriptlet \(using \/bin\/sh\):\n/m)
    .slice(1)
    .map((text) => ({ text, args: ['1'] }));
  assert.equal(scripts.length, 2);
  for (const [name, word] of [
    ['postinst', 'configure'],
    ['postrm', 'remove'],
  ] as const)
    scripts.push({ text: runOrThrow('dpkg-deb', ['-I', debOf(built, 'failoverctl-guard'), name]), args: [word] });
  const told = 'systemctl daemon-reload\nudevadm control --reload\n';
  for (const { text, args } of scripts) {
    assert.equal(spawnSync('shellcheck', ['-s', 'sh', '-'], { input: text }).status ?? 0, 0, text);
    for (const shell of ['dash', 'bash'])
      for (const running of [true, false]) {
        const inside = `mount -t tmpfs tmpfs /run; ${running ? 'mkdir -p /run/systemd/system;' : ''} PATH=$1:$PATH; shift; exec "$@"`;
        const { status, stdout, stderr } = spawnSync(
          'unshare',
          ['-m', 'sh', '-c', inside, 'sh', bin, shell, '-s', '--', ...args],
          { input: text, encoding: 'utf8' },
        );
        assert.deepEqual([status, stdout, stderr], [0, running ? told : '', ''], `${shell}: ${text}`);
      }
  }
  const purge = spawnSync('dash', ['-s', '--', 'purge'], { input: scripts.at(-1)?.text ?? '', encoding: 'utf8' });
  assert.deepEqual([purge.status, purge.stdout], [0, '']);
});
