/** After `install --root` lint is clean, or install itself has said what is left: for trees of each manager and the shared trials. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { MemoryEntry } from '../../src/system/memory.ts';
import { machine } from '../trials/machine.ts';
import { installThenLint, untold } from './install-then-lint.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const network = (text: string): Tree => ({
  ...machine('debian13', ['networkd']),
  '/etc/systemd/network/20-x.network': text,
});
const netplan = (text: string): Tree => ({
  ...machine('debian13', ['netplan']),
  '/etc/netplan/50-x.yaml': { text: `network:\n  version: 2\n  ethernets:\n${text}`, mode: 0o600 },
});

const trees: Readonly<Record<string, Tree>> = {
  'networkd, a catch-all': network('[Match]\nName=en*\n\n[Network]\nDHCP=yes\n'),
  'networkd, a static address by name': network('[Match]\nName=ens192\n\n[Network]\nAddress=192.0.2.5/24\n'),
  'networkd, the synthetic NIC left alone': network('[Match]\nDriver=!hv_netvsc\n\n[Link]\nUnmanaged=yes\n'),
  'netplan, MAC and set-name': netplan(
    '    wan:\n      match: {macaddress: "52:54:00:00:12:53"}\n      set-name: lan0\n      dhcp4: true\n',
  ),
  'netplan, a catch-all': netplan('    wan:\n      match: {name: "en*"}\n      dhcp4: true\n'),
  'ifupdown, by name': {
    ...machine('debian13', ['ifupdown']),
    '/etc/network/interfaces': 'auto lo\niface lo inet loopback\nauto ens3\niface ens3 inet dhcp\n',
  },
  'NetworkManager, nothing': machine('debian13', ['networkmanager']),
};

for (const [title, tree] of Object.entries(trees))
  test(`${title}: what lint finds after an installation, install has said`, async () => {
    const outcome = await installThenLint(tree);
    assert.equal(outcome.status, 0, outcome.told);
    assert.deepEqual(untold(outcome), [], outcome.told);
  });

const both = machine('debian13', ['networkd', 'networkmanager']);
const anyNetwork = { '/etc/systemd/network/20-x.network': '[Match]\nName=en*\n\n[Network]\nDHCP=yes\n' };
const profileOf = (match: string): Tree => ({
  '/etc/NetworkManager/system-connections/a.nmconnection': {
    text: `[connection]\nid=a\ntype=ethernet\n${match}\n[ipv4]\nmethod=auto\n`,
    mode: 0o600,
  },
});

/** networkd and NetworkManager are both enabled; what they are told, and what is left to the administrator. */
const besideEachOther: Readonly<Record<string, { readonly files: Tree; readonly left: RegExp | null }>> = {
  nothing: { files: {}, left: null },
  "networkd's catch-all": {
    files: anyNetwork,
    left: /FO113 error .*\n {2}to do: networkmanager does so unasked: tell it to leave enp1s0 alone, or disable it\n/,
  },
  "networkd's file by name": {
    files: { '/etc/systemd/network/20-x.network': '[Match]\nName=ens3\n\n[Network]\nDHCP=yes\n' },
    left: null,
  },
  'a profile for any NIC': { files: profileOf(''), left: null },
  'a profile by name': { files: profileOf('interface-name=ens3\n'), left: null },
  'a catch-all of each': {
    files: { ...anyNetwork, ...profileOf('') },
    left: /FO113 error .*\n {2}to do: let one manager configure the master, and remove it from the other\n/,
  },
};

for (const [title, { files, left }] of Object.entries(besideEachOther))
  test(`networkd and NetworkManager, ${title}: one of them has the master, or install says who must be told`, async () => {
    const outcome = await installThenLint({ ...both, ...files });
    assert.equal(outcome.status, 0, outcome.told);
    assert.deepEqual(untold(outcome), [], outcome.told);
    if (left === null) assert.deepEqual(outcome.left, []);
    else assert.match(outcome.told, left);
  });

const trialsPath = '../shared/trials/cases.json';
interface Trial {
  readonly name: string;
  readonly os: string;
  readonly managers: readonly string[];
  readonly tree: Readonly<Record<string, string>>;
}
const trials = existsSync(trialsPath)
  ? (JSON.parse(readFileSync(trialsPath, 'utf8')) as { cases: readonly Trial[] }).cases
  : [];

test(
  'the shared trials, each as an image',
  { skip: trials.length === 0 ? `${trialsPath} is not there` : false },
  async () => {
    const wrong: string[] = [];
    let walked = 0;
    for (const { name, os, managers, tree } of trials.filter(
      (one) => one.os.startsWith('debian') && one.managers.length > 0,
    )) {
      const files = Object.entries(tree).map(([path, text]): [string, MemoryEntry] => [
        `/${path}`,
        text.startsWith('-> ')
          ? { link: text.slice(3) }
          : { text, mode: /\.(?:yaml|nmconnection)$/.test(path) ? 0o600 : 0o644 },
      ]);
      const outcome = await installThenLint({ ...machine(os, managers), ...Object.fromEntries(files) });
      walked += 1;
      if (outcome.status === 0) wrong.push(...untold(outcome).map((line) => `${name}: ${line}`));
    }
    assert.ok(walked > 3, `${walked} trees`);
    assert.deepEqual(wrong, []);
  },
);
