/**
 * The executable killed (SIGKILL, by strace) on entry to each system call that changes a tree: afterwards neither an uninstall nor
 * another install and uninstall leaves anything of it, no byte, mode, folder or hidden file.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { executable, runProgram, scratch, withoutExecutables } from './engines.ts';

type Tree = Readonly<
  Record<string, string | { readonly text: string; readonly mode: number } | { readonly link: string }>
>;

const system: Tree = {
  '/etc/os-release': 'ID=debian\nVERSION_ID="13"\n',
  '/etc/machine-id': '',
  '/run/.keep': '',
};
const program = { text: '', mode: 0o755 };

/** One that has none of our folders, and one that has files of its own which are altered, one of them behind a link. */
const trees: Readonly<Record<string, Tree>> = {
  'netplan, no folder of ours': {
    ...system,
    '/usr/sbin/netplan': program,
    '/usr/lib/systemd/systemd-networkd': program,
    '/etc/netplan/90.yaml': {
      text: 'network:\n  version: 2\n  ethernets:\n    all:\n      match: {name: "en*"}\n      dhcp4: true\n',
      mode: 0o600,
    },
  },
  'ifupdown, files to be altered': {
    ...system,
    '/usr/sbin/ifup': program,
    '/etc/udev/rules.d/10-own.rules': '',
    '/etc/network/interfaces.own': { text: 'auto lo\niface lo inet loopback\n', mode: 0o640 },
    '/etc/network/interfaces': { link: 'interfaces.own' },
    '/etc/network/cloud-ifupdown-helper': {
      text: '#!/bin/sh\n# Brings up a link.\n\nset -eu\nsed "s/\\$INTERFACE/$INTERFACE/g" /etc/network/cloud-interfaces-template >/run/network/interfaces.d/$INTERFACE\n',
      mode: 0o755,
    },
    '/var/lib/.keep': '',
  },
};

function writeTree(root: string, tree: Tree): void {
  for (const [path, entry] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof entry === 'string') writeFileSync(join(root, path), entry);
    else if ('link' in entry) symlinkSync(entry.link, join(root, path));
    else {
      writeFileSync(join(root, path), entry.text);
      chmodSync(join(root, path), entry.mode);
    }
  }
}

/** Everything below: kind, mode, owner, text. */
function readTree(root: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const status = lstatSync(join(root, name));
    const what = status.isSymbolicLink()
      ? readlinkSync(join(root, name))
      : status.isFile()
        ? readFileSync(join(root, name), 'utf8')
        : '/';
    found[name] = `${status.mode.toString(8)} ${status.uid} ${status.gid} ${what}`;
  }
  return found;
}

const changing = ['mkdirat', 'openat', 'write', 'fchmod', 'fchownat', 'symlinkat', 'linkat', 'renameat', 'unlinkat'];

interface Call {
  readonly name: string;
  /** Of this name, from 1. */
  readonly index: number;
}

/** The calls of a run that change the tree, in their order. */
function callsOf(root: string, command: string): readonly Call[] {
  const { status, stderr } = spawnSync(
    'strace',
    ['-e', `trace=${changing.join(',')}`, executable, command, '--root', root],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  const counts = new Map<string, number>();
  return stderr.split('\n').flatMap((line) => {
    const [, name = '', args = ''] = /^(\w+)\((.*)/.exec(line) ?? [];
    if (!changing.includes(name)) return [];
    const index = (counts.get(name) ?? 0) + 1;
    counts.set(name, index);
    const changes = name === 'openat' ? args.includes('O_CREAT') : name !== 'write' || !/^[12],/.test(args);
    return changes ? [{ name, index }] : [];
  });
}

function killAt(root: string, command: string, { name, index }: Call): void {
  const inject = `inject=${name}:signal=KILL:when=${index}`;
  const args = ['-e', `trace=${name}`, '-e', inject, executable, command, '--root', root];
  const { signal, status } = spawnSync('strace', args, { encoding: 'utf8' });
  assert.ok(signal === 'SIGKILL' || status === 137, `${name} ${index}: it was not killed (${signal}, ${status})`);
}

const skip =
  (!existsSync(executable) && withoutExecutables) ||
  (process.getuid?.() !== 0 && 'needs root') ||
  (spawnSync('strace', ['-V']).status !== 0 && 'needs strace');

/** What is killed, what has been run before, and at how many calls: the last makes those of the first once more. */
const runs = [
  { title: 'install', command: 'install', first: [], every: 1 },
  { title: 'uninstall', command: 'uninstall', first: ['install'], every: 1 },
  { title: 'install after uninstall', command: 'install', first: ['install', 'uninstall'], every: 5 },
] as const;

function tryAll(context: TestContext, tree: Tree, { command, first, every }: (typeof runs)[number]): number {
  const directory = scratch(context);
  const [clean, ready, root] = ['clean', 'ready', 'root'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  writeTree(clean, tree);
  const copy = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true });
    assert.equal(spawnSync('cp', ['-a', from, to]).status, 0);
  };
  const before = readTree(clean);
  const must = (...args: readonly string[]) => {
    const { status, stdout, stderr } = runProgram([executable], [...args, '--root', root]);
    assert.equal(status, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  };
  copy(clean, root);
  for (const one of first) must(one);
  copy(root, ready);
  const calls = callsOf(root, command).filter((_, index) => index % every === 0);
  const wrong: string[] = [];
  for (const [index, call] of calls.entries()) {
    // by turns; test/install/killed.test.ts does both at each call of the port
    const next = index % 2 === 0 ? ['uninstall'] : ['install', 'uninstall'];
    copy(ready, root);
    killAt(root, command, call);
    for (const one of next) must(one);
    try {
      assert.deepEqual(readTree(root), before);
    } catch (error) {
      wrong.push(`${call.name} ${call.index}, then ${next.join(' and ')}: ${String(error)}`);
    }
  }
  assert.deepEqual(wrong, []);
  return calls.length;
}

for (const [title, tree] of Object.entries(trees))
  for (const one of runs)
    test(
      `${title}: ${one.title} killed at ${one.every === 1 ? 'each' : 'every fifth'} call that changes something`,
      { skip },
      (context) => {
        const count = tryAll(context, tree, one);
        assert.ok(count > 20 / one.every, `${count} calls`);
        context.diagnostic(`${count} calls`);
      },
    );
