/** Where the executable must run, and what it may not need: no libc, no Node, no shell, no /proc, no writable code. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { executable, executableArm64, onNode, onQuickJs, runProgram, scratch, withoutExecutables } from './engines.ts';
import { writeGuestTree } from './guest-tree.ts';

const recorded = 'test/fixtures/guests/bookworm-triple.json';
const needsRoot = withoutExecutables || (process.getuid?.() !== 0 && 'needs root for chroot(8)');
const capture = (program: string, args: readonly string[]) => spawnSync(program, args, { encoding: 'utf8' });

test('both executables are static, stripped and at most 1.5 MB', { skip: withoutExecutables }, (context) => {
  for (const program of [executable, executableArm64]) {
    assert.match(capture('file', [program]).stdout, /statically linked, stripped/);
    const size = Number(capture('stat', ['-c', '%s', program]).stdout);
    assert.ok(size <= 1_500_000, `${program}: ${size} bytes`);
    context.diagnostic(`${program}: ${size} bytes`);
  }
});

test('an empty chroot: no libc, no /proc, no environment', { skip: needsRoot }, (context) => {
  const root = scratch(context);
  copyFileSync(executable, join(root, 'failoverctl'));
  writeGuestTree(recorded, join(root, 'x'));
  const inside = runProgram(
    ['env', '-i', '/usr/sbin/chroot', root, '/failoverctl'],
    ['detect', '--root', '/x', '--json'],
  );
  assert.deepEqual(inside, runProgram(onNode, ['detect', '--root', join(root, 'x'), '--json']));
  assert.equal(JSON.parse(inside.stdout).groups.length, 1);
  const nothing = runProgram(['env', '-i', '/usr/sbin/chroot', root, '/failoverctl'], ['detect']);
  assert.equal(nothing.status, 3);
  assert.match(nothing.stderr, /no such file or directory \(ENOENT\); expected a Linux sysfs/);
});

test(
  'a root with musl and busybox, as Alpine has it: install, second install, uninstall',
  { skip: needsRoot },
  (context) => {
    const root = scratch(context);
    for (const directory of ['bin', 'sbin', 'etc/network', 'proc', 'lib', 'tmp', 'var/lib'])
      mkdirSync(join(root, directory), { recursive: true });
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
    for (const applet of ['sh', 'ip', 'ifup', 'cat']) symlinkSync('busybox', join(root, 'bin', applet));
    writeFileSync(join(root, 'sbin/ifup'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(root, 'etc/alpine-release'), '3.20.0\n');
    writeFileSync(join(root, 'etc/network/interfaces'), 'auto lo\niface lo inet loopback\n');
    writeGuestTree(recorded, root);
    copyFileSync(executable, join(root, 'bin/failoverctl'));
    const inside = (...args: string[]) =>
      runProgram(['env', '-i', 'PATH=/bin:/sbin', '/usr/sbin/chroot', root, '/bin/failoverctl'], args);
    const tree = () =>
      capture('sh', ['-c', `cd ${root} && find . -type f ! -path './sys/*' | sort | xargs sha256sum`]).stdout;
    const before = tree();
    assert.equal(JSON.parse(inside('detect', '--json').stdout).groups.length, 1);
    const installed = inside('install');
    assert.equal(installed.status, 0, installed.stderr);
    const after = tree();
    assert.notEqual(after, before);
    assert.equal(inside('install').status, 0);
    assert.equal(tree(), after, 'the second install changes nothing');
    assert.equal(inside('uninstall').status, 0);
    assert.equal(tree(), before);
  },
);

test('arm64 under qemu-user says what x64 says', { skip: withoutExecutables }, (context) => {
  const emulated = ['qemu-aarch64-static', executableArm64];
  assert.equal(spawnSync('qemu-aarch64-static', ['--version']).status, 0, 'qemu-user-static is installed');
  for (const name of readdirSync('test/fixtures/guests').filter((file) => file.endsWith('.json'))) {
    const root = join(scratch(context), 'root');
    writeGuestTree(join('test/fixtures/guests', name), root);
    for (const args of [
      ['detect', '--json'],
      ['lint', '--format', 'json'],
      ['install', '--dry-run', '--diff'],
    ]) {
      const all = [...args, '--root', root];
      assert.deepEqual(runProgram(emulated, all), runProgram(onQuickJs, all), all.join(' '));
    }
  }
  for (const args of [['--help'], ['rule', '--markdown'], ['generate', 'netplan', '--generic']])
    assert.deepEqual(runProgram(emulated, args), runProgram(onQuickJs, args), args.join(' '));
});

test('no page is ever writable and executable, nor becomes executable', { skip: withoutExecutables }, () => {
  const traced = capture('strace', ['-f', '-e', 'trace=mmap,mprotect,pkey_mprotect', executable, 'rule', '--markdown']);
  assert.equal(traced.status, 0, traced.stderr);
  assert.match(traced.stderr, /mmap\(/);
  assert.doesNotMatch(traced.stderr, /PROT_EXEC/);
});

test('a small stack and little memory end in a message, not in a signal', { skip: withoutExecutables }, (context) => {
  const directory = scratch(context);
  const deep = join(directory, 'deep.yaml');
  writeFileSync(deep, `network: ${'['.repeat(20_000)}\n`);
  const limited = (limit: string, ...args: string[]) =>
    spawnSync('bash', ['-c', `ulimit ${limit}; exec "$@"`, 'bash', executable, ...args], { encoding: 'utf8' });
  const shallow = limited('-s 192', 'lint', deep);
  assert.equal(shallow.signal, null);
  assert.ok([0, 1, 3].includes(shallow.status ?? -1), shallow.stderr);
  const large = join(directory, 'large.network');
  writeFileSync(large, '[Match]\nName=en*\n'.repeat(200_000));
  const poor = limited('-v 12000', 'lint', large);
  assert.equal(poor.signal, null);
  assert.equal(poor.status, 3);
  assert.match(poor.stderr, /out of memory/);
});

test('detect asks the kernel one thing of a virtual link', { skip: needsRoot }, () => {
  const links = 40;
  const script =
    `mount -t sysfs none /sys && for i in $(seq ${links / 2}); do ip link add da$i type veth peer name db$i; done && ` +
    `strace -e trace=%file "$0" detect`;
  const { status, stderr } = capture('unshare', ['--net', '--mount', 'sh', '-c', script, executable]);
  assert.equal(status, 0, stderr);
  const calls = stderr.split('\n').filter((line) => line.includes('/sys/class/net/d'));
  assert.equal(calls.length, links, calls.slice(0, 5).join('\n'));
});
