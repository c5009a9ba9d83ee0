/**
 * Everything that the Node bundle does, the executable does: the same bytes on both outputs, the same exit status, the
 * same files left behind.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeGuestTree } from './guest-tree.ts';
import { assertSame, onNode, onQuickJs, runProgram, scratch, withoutExecutables } from './engines.ts';

const skip = withoutExecutables;
const guests = 'test/fixtures/guests';
const recordings = readdirSync(guests).filter((name) => name.endsWith('.json'));
const corpora = '../shared/corpora';

/** The commands, as `--help` lists them, so that a new one is not forgotten. */
const help = skip === false ? runProgram(onNode, ['--help']).stdout : '';
const everyCommand = [...help.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, name]) => name ?? '');

test('help and version of every command', { skip }, () => {
  assert.ok(everyCommand.length >= 8, help);
  for (const args of [[], ['--version'], ['--help'], ['nonsense'], ['--nonsense']]) assertSame(args);
  for (const command of everyCommand) {
    assertSame(['help', command]);
    assertSame([command, '--no-such-option']);
    assertSame([command, '--root', '/nonexistent']);
  }
  const hostCommands = runProgram(onNode, ['host', '--help']).stdout.matchAll(/^ {2}([a-z-]+)[^\n]* {2,}\S/gm);
  for (const [, name = ''] of hostCommands) assertSame(['host', name, '--help']);
});

test('every recorded guest, and every command that looks at one', { skip }, (context) => {
  recordings.forEach((recording, turn) => {
    const root = join(scratch(context), 'root');
    writeGuestTree(join(guests, recording), root);
    const at = ['--root', root];
    const commands = [
      ['detect', ...at],
      ['detect', '--json', ...at],
      ['detect', '--quiet', ...at],
      ['map', ...at],
      ['map', '--format', 'html', ...at],
      ['map', '--format', 'svg', ...at],
      ['status', ...at],
      ['status', '--json', ...at],
      ['status', '--metrics', ...at],
      ['lint', ...at],
      ['lint', '--format', 'json', ...at],
      ['explain', 'ens10', ...at],
      ['explain', 'ens11', '--json', ...at],
      ['generate', 'networkd', ...at],
      ['generate', 'ifupdown', ...at],
      ['generate', 'netplan', ...at],
      ['generate', 'networkmanager', ...at],
      ['install', '--dry-run', '--diff', ...at],
    ];
    // A third of them for each guest: by turns, every command meets four guests.
    for (const [index, args] of commands.entries()) if (index % 3 === turn % 3) assertSame(args);
  });
});

test('every manager, every kind of addressing', { skip }, () => {
  const addressings = [
    ['--dhcp4', '--dhcp6', '--ra'],
    ['--address', '192.0.2.10/24', '--gateway', '192.0.2.1', '--dns', '192.0.2.53', '--mtu', '9000', '--metric', '50'],
    ['--address', '2001:db8::10/64', '--gateway', '2001:db8::1'],
    ['--address', 'nonsense'],
  ];
  for (const manager of ['networkd', 'ifupdown', 'netplan', 'networkmanager', 'udev', 'nonsense'])
    for (const addressing of addressings) assertSame(['generate', manager, '--generic', ...addressing]);
});

test('every rule', { skip }, () => {
  assertSame(['rule', '--markdown']);
  const ids = [...new Set(assertSame(['rule']).stdout.match(/\bFO\d{3}\b/g))];
  assert.ok(ids.length > 30, ids.join(' '));
  for (const id of ids) assertSame(['rule', id]);
});

test('install and uninstall leave the same tree', { skip }, (context) => {
  const directory = scratch(context);
  const start = join(directory, 'start');
  writeGuestTree(join(guests, 'bookworm-triple.json'), start);
  for (const [path, text] of [
    ['etc/systemd/network/10-all.network', '[Match]\nName=en*\n[Network]\nDHCP=yes\n'],
    ['etc/network/interfaces', 'auto lo\niface lo inet loopback\nallow-hotplug ens10\niface ens10 inet dhcp\n'],
    ['etc/netplan/90-default.yaml', 'network: {version: 2, ethernets: {all: {match: {name: "en*"}, dhcp4: true}}}\n'],
    ['usr/lib/systemd/systemd-networkd', ''],
    ['usr/sbin/ifup', ''],
    ['usr/sbin/netplan', ''],
  ] as const) {
    mkdirSync(join(start, path, '..'), { recursive: true });
    writeFileSync(join(start, path), text, { mode: path.includes('sbin') ? 0o755 : 0o600 });
  }
  const listing = (root: string) =>
    spawnSync(
      'sh',
      ['-c', 'find . -printf "%P %y %m %U:%G %l\\n" | sort; find . -type f ! -path "./sys/*" | sort | xargs sha256sum'],
      {
        cwd: root,
        encoding: 'utf8',
      },
    ).stdout;
  // one path for both: it is part of what they print
  const root = join(directory, 'root');
  const results = [onNode, onQuickJs].map((program) => {
    spawnSync('rm', ['-rf', root]);
    cpSync(start, root, { recursive: true, verbatimSymlinks: true });
    const before = listing(root);
    const steps = [['install'], ['install'], ['uninstall']].map((args) => {
      const outcome = runProgram(program, [...args, '--root', root]);
      // the manifest says when
      return { outcome, tree: listing(root).replace(/^[0-9a-f]{64}(?=.*manifest)/gm, '') };
    });
    assert.equal(steps[2]?.tree, before, 'uninstall restores every byte');
    return steps;
  });
  assert.deepEqual(results[1], results[0]);
  assert.notEqual(results[0]?.[0]?.tree, results[0]?.[2]?.tree, 'install did something');
});

const corpus = existsSync(corpora)
  ? readdirSync(corpora, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:network|link|netdev|yaml|rules|conf|nmconnection|cfg)$|interfaces/.test(name))
      .sort()
  : [];

test('files of the corpora', { skip }, (context) => {
  if (corpus.length === 0) return context.diagnostic(`${corpora} is not there: nothing compared`);
  // every so many, so that each folder has its share; the whole with FAILOVERCTL_LONG=1
  const step = process.env['FAILOVERCTL_LONG'] === '1' ? 1 : Math.ceil(corpus.length / 150);
  const some = corpus.filter((_, index) => index % step === 0).map((name) => join(corpora, name));
  for (let at = 0; at < some.length; at += 25) {
    const files = some.slice(at, at + 25);
    assertSame(['lint', '--format', 'json', ...files]);
    assertSame(['lint', ...files]);
  }
  for (const file of some.slice(0, 10)) assertSame(['lint', '--format', 'sarif', file]);
  context.diagnostic(`${some.length} of ${corpus.length} files: the same findings from both`);
});

test('text that is hard: Unicode, bytes that are not UTF-8, a megabyte, depth', { skip }, (context) => {
  const directory = scratch(context);
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const network = '[Match]\nName=en*\n[Network]\nDHCP=yes\n';
  const files = [
    write('10-unicode.network', `# ß𝒳\u0301 😀 ﷺ\n${network}Description=日本語 ’\n`),
    write('10-bytes.network', Buffer.from(`# \xff\xfe\xc3\x28\xed\xa0\x80\n${network}Description=\xe9\n`, 'latin1')),
    write('10-nul.network', `[Match]\nName=en\0*\n`),
    write('10-cr.network', network.replaceAll('\n', '\r\n')),
    write('10-bom.network', `\ufeff${network}`),
    write('10-empty.network', ''),
    write('10-no-newline.network', network.trimEnd()),
    write('10-long.network', `${network}Description=${'x'.repeat(1_000_000)}\n`),
    write('10-many.network', `${network}${'# a line of comment, one of many\n'.repeat(30_000)}`),
    write('10-continued.network', `[Match]\nName=${'en* \\\n'.repeat(5_000)}\n`),
    write(
      'deep.yaml',
      `network:\n${Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth + 1)}a:\n`).join('')}`,
    ),
    write('deep-flow.yaml', `network: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`),
    write('tags.yaml', 'network: {version: !!int 2, ethernets: &a {x: {match: {name: "en*"}, dhcp4: yes}, y: *a}}\n'),
    write(
      'wide.yaml',
      `network:\n  version: 2\n  ethernets:\n${Array.from({ length: 1_000 }, (_, at) => `    e${at}: {dhcp4: true}\n`).join('')}`,
    ),
  ];
  for (const file of files) {
    assertSame(['lint', file]);
    assertSame(['lint', '--format', 'json', file]);
  }
  for (const file of files.slice(0, 4)) {
    assertSame(['lint', '-', '--stdin-filename', '/etc/systemd/network/10-x.network'], { input: readFileSync(file) });
  }
});

test('standard output that is closed, full, or has no reader', { skip }, () => {
  for (const [redirection, status] of [
    ['>/dev/full', 3],
    ['| true', null],
    ['>&-', null],
  ] as const) {
    const [node, quickjs] = [onNode, onQuickJs].map((program) => {
      const script = `"$@" rule --markdown ${redirection}; echo "$? \${PIPESTATUS[0]}"`;
      return spawnSync('bash', ['-c', `exec 2>&1; ${script}`, 'bash', ...program], { encoding: 'utf8' }).stdout;
    });
    assert.equal(quickjs, node, redirection);
    if (status !== null) assert.match(quickjs ?? '', new RegExp(`ENOSPC[^]*${status} ${status}\n$`));
  }
});

test(
  'what the file system refuses is said by name, alike',
  { skip: skip || (process.getuid?.() !== 0 && 'needs root') },
  (context) => {
    const directory = scratch(context);
    writeFileSync(join(directory, 'secret.network'), 'x', { mode: 0o000 });
    closeSync(openSync(join(directory, 'file'), 'w'));
    spawnSync('chmod', ['755', directory]);
    const unprivileged = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    for (const [args, errno] of [
      [['lint', join(directory, 'secret.network')], 'EACCES'],
      [['lint', join(directory, 'absent.network')], 'ENOENT'],
      [['lint', join(directory, 'file', 'below.network')], 'ENOTDIR'],
      [['detect', '--root', join(directory, 'file')], 'not a directory'],
      [['generate', 'networkd', '--generic', '--out', join(directory, 'new')], 'EACCES'],
    ] as const) {
      const [node, quickjs] = [onNode, onQuickJs].map((program) => runProgram([...unprivileged, ...program], args));
      assert.deepEqual(quickjs, node, args.join(' '));
      assert.ok(quickjs?.stderr.includes(errno), `${args.join(' ')}: ${quickjs?.stderr}`);
      assert.notEqual(quickjs?.status, 0);
    }
  },
);
