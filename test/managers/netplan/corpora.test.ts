/**
 * Our reading of netplan's YAML, judged by `netplan generate --root-dir`: does it take the files, and what does it write
 * for networkd, udev and NetworkManager.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { lowerFiles } from '../../../src/managers/netplan/manager.ts';
import { readFiles } from '../../../src/managers/netplan/read.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';

type Files = Readonly<Record<string, string>>;

const generator = ['/usr/libexec/netplan/generate', '/lib/netplan/generate'].find((path) => existsSync(path));
const version = spawnSync('dpkg-query', ['-W', '-f', '${Version}', 'netplan.io'], { encoding: 'utf8' }).stdout.split(
  '-',
)[0];
const missing = generator === undefined ? 'netplan.io is missing: node test/setup.mjs' : false;
if (missing !== false && process.env['CI'] === 'true') throw new Error(missing);

const configFiles = (files: Files): readonly ConfigFile[] =>
  Object.entries(files).map(([path, text]) => ({
    source: { path, text },
    path,
    mode: 0o600,
    uid: 0,
    linkTarget: undefined,
  }));

interface Answer {
  readonly accepted: boolean;
  readonly message: string;
  /** By path below the root. */
  readonly files: Files;
}

function askNetplan(files: Files): Answer {
  const root = mkdtempSync(join(tmpdir(), 'failoverctl-netplan-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text, { mode: 0o600 });
    }
    const { status, stderr } = spawnSync(generator ?? '', ['--root-dir', root], { encoding: 'utf8', timeout: 20_000 });
    const written = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('/netplan'))
      .map((entry) => join(entry.parentPath, entry.name));
    return {
      accepted: status === 0,
      message: stderr.trim(),
      files: Object.fromEntries(written.map((path) => [path.slice(root.length), readFileSync(path, 'utf8')])),
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The keys of each format that decide about links; others are not lowered, and not compared. */
const compared: readonly (readonly [path: RegExp, keys: RegExp])[] = [
  [
    /^\/run\/systemd\/network\/.*\.network$/,
    /^\[|^(?:Driver|PermanentMACAddress|MACAddress|Name|ActivationPolicy|RequiredForOnline|MTUBytes|DHCP|LinkLocalAddressing|Address|IPv6AcceptRA|ConfigureWithoutCarrier|Bridge|Bond|VLAN|VRF|ClientIdentifier|RouteMetric|UseMTU|CriticalConnection)=/,
  ],
  [/^\/run\/systemd\/network\/.*\.link$/, /./],
  [/^\/run\/systemd\/network\/.*\.netdev$/, /^(?:\[NetDev\]|Name|MACAddress|MTUBytes|Kind|Id|Table)/],
  [/^\/run\/udev\/rules\.d\/9\d-netplan/, /^SUBSYSTEM/],
  [
    /^\/run\/NetworkManager\/system-connections\//,
    /^(?:id|type|interface-name|autoconnect|slave-type|master|mac-address|cloned-mac-address|mtu|method|address\d+)=/,
  ],
];

/** A file as the set of its lines that count, empty sections left out. */
function reduce(path: string, text: string): readonly string[] | null {
  const keys = compared.find(([pattern]) => pattern.test(path))?.[1];
  if (keys === undefined) return null;
  const lines = text.split('\n').map((line) => line.trim());
  const kept = lines.filter((line) => line !== '' && !line.startsWith('#') && keys.test(line));
  const sections = new Map<string, string[]>();
  let section = '';
  for (const line of kept) {
    // What is in [Route], [Address] and the like is not modelled, beside that there is one.
    if (line.startsWith('[')) section = line;
    else sections.set(section, [...(sections.get(section) ?? []), line]);
  }
  return [...sections]
    .filter(
      ([name]) => !/^\[(?:Route|RoutingPolicyRule|Address|Bridge|Bond|IPoIB|WireGuard.*|VXLAN|Tunnel)\]$/.test(name),
    )
    .map(([name, own]) => `${name} ${own.toSorted().join(' | ')}`)
    .toSorted();
}

/** Null: they agree. */
function compareFiles(ours: readonly ConfigFile[], theirs: Files): string | null {
  const mine = new Map(ours.map(({ path, source }) => [path, source.text]));
  for (const path of new Set([...mine.keys(), ...Object.keys(theirs)])) {
    const [a, b] = [mine.get(path), theirs[path]].map((text) => (text === undefined ? null : reduce(path, text)));
    if (a === null && b === null) continue;
    // A profile of a wifi or a modem is no link of ours.
    if (a === null && b?.some((line) => /type=(?:wifi|gsm|cdma)/.test(line)) === true) continue;
    if (JSON.stringify(a) !== JSON.stringify(b))
      return `${path}\n  ours:   ${JSON.stringify(a)}\n  theirs: ${JSON.stringify(b)}`;
  }
  return null;
}

interface Tally {
  verdicts: number;
  agreed: number;
  rendered: number;
  same: number;
  readonly differences: string[];
}

function compareAll(cases: Iterable<readonly [name: string, files: Files]>): Tally {
  const tally: Tally = { verdicts: 0, agreed: 0, rendered: 0, same: 0, differences: [] };
  for (const [name, files] of cases) {
    if (known[name] !== undefined) continue;
    const answer = askNetplan(files);
    const read = readFiles(configFiles(files), version);
    if (notModelled.test(name) && (!answer.accepted || !read.rejected)) continue;
    tally.verdicts += 1;
    if (read.rejected === answer.accepted) {
      const said = read.problems.map(({ message }) => message).join('; ');
      tally.differences.push(
        `${name}: netplan ${answer.accepted ? 'takes' : `rejects (${answer.message.slice(-200)})`} it; ours: ${said || 'taken'}`,
      );
      continue;
    }
    tally.agreed += 1;
    if (!answer.accepted) continue;
    tally.rendered += 1;
    const difference = compareFiles(lowerFiles(configFiles(files), version), answer.files);
    if (difference === null) tally.same += 1;
    else tally.differences.push(`${name}: ${difference}`);
  }
  return tally;
}

function report(context: TestContext, { verdicts, agreed, rendered, same, differences }: Tally): void {
  context.diagnostic(`netplan ${version}: ${agreed} of ${verdicts} verdicts, ${same} of ${rendered} renderings agree`);
  assert.deepEqual(differences, []);
}

const corpus = '../shared/corpora/netplan';

/**
 * What no failover guest has is not modelled: there we may take what netplan rejects, and write nothing, but never reject
 * what it takes.
 */
const notModelled = /^test_(?:wifis|auth|tunnels|ovs|modems)\/|^test_errors\/.*(?:_wifi_|_ap_|wireguard)/;

/** Where 0.106 and we differ, and why that is as it should be. */
const known: Readonly<Record<string, string>> = {
  'test_common/TestMerging.test_gateway4_redefinition_works.1': 'netplan 0.106 dies of an assertion, its own fault',
};

function* readCorpus(): Generator<readonly [string, Files]> {
  for (const entry of readdirSync(join(corpus, 'generator'), { recursive: true, withFileTypes: true })) {
    if (entry.name !== 'verdict.json') continue;
    const files: Record<string, string> = {};
    const input = join(entry.parentPath, 'input');
    for (const file of existsSync(input) ? readdirSync(input, { recursive: true, withFileTypes: true }) : []) {
      if (!file.isFile()) continue;
      const path = join(file.parentPath, file.name);
      files[path.slice(input.length)] = readFileSync(path, 'utf8');
    }
    yield [entry.parentPath.slice(corpus.length + '/generator/'.length), files];
  }
}

test("netplan's own cases", { skip: missing }, (context) => {
  if (!existsSync(corpus)) return context.diagnostic(`${corpus} is not there: nothing compared`);
  report(context, compareAll(readCorpus()));
});
