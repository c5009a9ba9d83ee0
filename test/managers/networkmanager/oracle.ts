/**
 * NetworkManager's own reader as oracle: `nmcli --offline` of this machine, and of the trees that test/setup-oracles.mjs
 * unpacks, where nothing is started but nmcli in a chroot.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Nmcli {
  /** For people: this machine, trixie. */
  readonly where: string;
  /** 1.42.4. */
  readonly version: string;
  /** nmcli's standard output, or null where it refuses. */
  readonly ask: (args: readonly string[], input?: string) => string | null;
}

const trees = process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles');

/** Why that one cannot be asked, or nmcli. `root`: a tree's name; null: this machine. */
export function findNmcli(root: string | null): Nmcli | string {
  const command = root === null ? ['nmcli'] : ['chroot', join(trees, root), 'nmcli'];
  if (root !== null && !existsSync(join(trees, root, 'usr/bin/nmcli')))
    return `${join(trees, root)} has no nmcli (node test/setup-oracles.mjs)`;
  if (root !== null && process.geteuid?.() !== 0) return 'not root: no chroot';
  const ask = (args: readonly string[], input = '') => {
    const [program = '', ...first] = command;
    const { status, stdout } = spawnSync(program, [...first, ...args], { input, encoding: 'utf8' });
    return status === 0 ? stdout : null;
  };
  const version = /version ([\d.]+)/.exec(ask(['--version']) ?? '')?.[1];
  return version === undefined
    ? 'nmcli (network-manager) is not installed'
    : { where: root ?? 'this machine', version, ask };
}

/** A keyfile as NetworkManager understood it, written again; null: it is refused. */
export function readKeyfile({ ask }: Nmcli, text: string): string | null {
  return ask(['--offline', 'connection', 'modify', 'connection.zone', ''], text);
}

/** Every `SETTING.PROPERTY` that nmcli completes for a new connection of these types. */
export function listProperties({ ask }: Nmcli): ReadonlySet<string> {
  const start = ['--complete-args', '--offline', 'connection', 'add', 'type'];
  const kinds = [
    ['ethernet', 'con-name', 'x', 'ifname', 'e'],
    ['vlan', 'con-name', 'x', 'ifname', 'v', 'dev', 'e', 'id', '3'],
  ];
  const words = kinds.flatMap((kind) => (ask([...start, ...kind, '']) ?? '').split(/\s+/));
  return new Set(words.filter((word) => /^[^.]+\.[^.]+$/.test(word)));
}
