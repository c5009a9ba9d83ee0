/**
 * Our table of keys against netplan's own, read from Debian's source packages: what Debian 12 and 13 have and we do not, or
 * the other way, fails; what unstable has more is news. The sources are kept beside the oracles, and never here.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Form, Keys } from '../../../src/managers/netplan/forms.ts';
import { definitionKeys, networkKeys, newerKinds } from '../../../src/managers/netplan/keys.ts';
import { isAtLeast } from '../../../src/managers/netplan/version.ts';
import { readKeyTables } from './key-tables.ts';

const cache = join(process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'), 'sources');

/** src/parse.c of a suite's netplan, with the version; null if it cannot be had. */
function sourceOf(suite: string): { readonly version: string; readonly text: string } | null {
  const place = join(cache, `netplan-${suite}`);
  const find = () =>
    existsSync(place) ? readdirSync(place).find((name) => existsSync(join(place, name, 'src/parse.c'))) : undefined;
  if (find() === undefined) download(suite, place);
  const folder = find();
  if (folder === undefined) return null;
  return {
    version: /[0-9][0-9.]*/.exec(folder)?.[0] ?? '',
    text: readFileSync(join(place, folder, 'src/parse.c'), 'utf8'),
  };
}

/** With a configuration of its own: the machine's apt is left alone. */
function download(suite: string, place: string): void {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, 'apt/lists/partial'), { recursive: true });
  mkdirSync(join(place, 'apt/cache/archives/partial'), { recursive: true });
  writeFileSync(join(place, 'apt/sources.list'), `deb-src http://deb.debian.org/debian ${suite} main\n`);
  const settings = {
    'Dir::Etc::sourcelist': join(place, 'apt/sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(place, 'apt/lists'),
    'Dir::Cache': join(place, 'apt/cache'),
    'Acquire::Check-Valid-Until': 'false',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  for (const args of [['update'], ['source', 'netplan.io']])
    if (spawnSync('apt-get', ['-qq', ...options, ...args], { cwd: place }).status !== 0) break;
  rmSync(join(place, 'apt'), { recursive: true, force: true });
}

const shapes: Readonly<Partial<Record<Form['kind'], string>>> = {
  scalar: 'scalar',
  sequence: 'sequence',
  map: 'map',
  open: 'map',
  either: 'any',
  openvswitch: 'map',
};

/** Paths as readKeyTables() gives them. */
function ourKeys(version: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>([['network', 'map']]);
  const walk = (keys: Keys, at: string): void => {
    for (const [key, form] of Object.entries(keys))
      if (isAtLeast(version, form.since ?? '0')) {
        found.set(`${at}/${key}`, form.kind === 'lookup' ? lookupShapes[form.what] : (shapes[form.kind] ?? ''));
        inside(form, `${at}/${key}`);
      }
  };
  const inside = (form: Form, at: string): void => {
    if (form.kind === 'map' || form.kind === 'openvswitch') walk(form.keys, at);
    else if (form.kind === 'either') for (const one of form.forms) inside(one, at);
    else if (form.kind === 'sequence' || form.kind === 'open') inside(form.of, `${at}/ID`);
  };
  walk(networkKeys, 'network');
  for (const [kind, keys] of Object.entries(definitionKeys))
    if (isAtLeast(version, newerKinds[kind] ?? '0')) {
      found.set(`network/${kind}`, 'map');
      walk(keys, `network/${kind}/ID`);
    }
  return found;
}

const lookupShapes: Readonly<Record<Extract<Form, { kind: 'lookup' }>['what'], string>> = {
  parent: 'scalar',
  primary: 'scalar',
  peer: 'scalar',
  'bridge-ports': 'sequence',
  'bond-ports': 'sequence',
  'vrf-ports': 'sequence',
  'path-cost': 'map',
  'port-priority': 'map',
  targets: 'sequence',
  pairs: 'map',
  'patch-ports': 'sequence',
};

for (const suite of ['bookworm', 'trixie', 'sid'])
  test(`the keys are those of netplan in ${suite}`, (t) => {
    const source = sourceOf(suite);
    if (source === null) {
      if (process.env['CI'] === 'true' && suite !== 'sid')
        assert.fail(`the source of netplan in ${suite} cannot be had`);
      t.skip(`the source of netplan in ${suite} cannot be had`);
      return;
    }
    const theirs = readKeyTables(source.text);
    const ours = ourKeys(source.version);
    assert.ok(theirs.size > 500, `${theirs.size} keys were read`);
    const differences = [...new Set([...theirs.keys(), ...ours.keys()])]
      // The options of an address are of a mapping in a list, which the tables do not show.
      .filter((path) => !/\/addresses\/ID\//.test(path) && ours.get(path) !== theirs.get(path))
      .map((path) => `${path}: netplan ${source.version} ${theirs.get(path) ?? 'no'}, ours ${ours.get(path) ?? 'no'}`);
    t.diagnostic(`netplan ${source.version}: ${theirs.size} keys`);
    if (suite === 'sid') for (const line of differences) t.diagnostic(`news: ${line}`);
    else assert.deepEqual(differences.slice(0, 10), []);
  });
