/** The recipes of docs/recipes.md, from the page's own text, with the packages that a release has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { executable, withoutExecutables } from '../native/engines.ts';
import { buildPackages, makeFolder, runOrThrow } from './built.ts';
import { runInside } from './chroots.ts';

const page = readFileSync('docs/recipes.md', 'utf8');

/** The first block under a heading. */
function recipe(title: string): string {
  const [, section = ''] = page.split(`\n## ${title}\n`);
  const [, block] = /```\w+\n([^]*?)```/.exec(section.split('\n## ')[0] ?? '') ?? [];
  return block ?? assert.fail(`no recipe for ${title}`);
}

const skip = withoutExecutables || (existsSync('/usr/bin/rpmbuild') ? false : 'rpmbuild is missing');
const folder = makeFolder();
/** Where recipes are run: the packages lie there, and the program is in the path. */
const place = join(folder, 'place');
const bin = join(folder, 'bin');
after(() => rmSync(folder, { recursive: true, force: true }));
before(async () => {
  for (const path of [place, bin]) mkdirSync(path, { recursive: true });
  chmodSync(folder, 0o755);
  if (skip !== false) return;
  symlinkSync(executable, join(bin, 'failoverctl'));
  const { files } = await buildPackages(folder);
  for (const file of files) copyFileSync(file, join(place, file.split('/').at(-1) ?? ''));
});

function runRecipe(script: string, at = place, shell = 'sh') {
  const { status, stdout, stderr } = spawnSync(shell, ['-c', script], {
    cwd: at,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  return { status, stdout, stderr };
}

/** A program of this name in the path that does `body` with the recipe's arguments. */
function standIn(name: string, body: string): void {
  rmSync(join(bin, name), { force: true }); // it may be a link to the real one
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

test('every recipe has a line in the table, and every tool has a recipe', () => {
  const titles = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  const rows = [...page.matchAll(/^\| (\S+) \|/gm)].map(([, name]) => name).slice(1);
  assert.deepEqual(
    rows.filter((name) => name !== 'Ansible'),
    titles.filter((title) => title !== 'Metrics' && title !== 'Ansible'),
  );
});

const noMmdebstrap =
  existsSync('/usr/bin/mmdebstrap') && process.geteuid?.() === 0 ? false : 'no mmdebstrap, or no root';

test('mmdebstrap: the image has the guards', { skip: skip || noMmdebstrap }, (context) => {
  // the hook has a part for the end of an installation, which there is none of; root's mmdebstrap mounts in the namespace that it has
  const end = `--extract-hook='/usr/share/mmdebstrap/hooks/file-mirror-automount/customize00.sh "$1"'`;
  standIn('mmdebstrap', `exec unshare -m /usr/bin/mmdebstrap --quiet --variant=extract ${end} "$@"`);
  // only unpacked, and without what every system has: the package needs none of it
  const { status, stderr } = runRecipe(recipe('mmdebstrap').replace('systemd,udev,systemd-resolved', 'base-files'));
  if (
    /Unable to locate|Could not resolve|Failed to fetch|Temporary failure/.test(stderr) &&
    process.env['CI'] !== 'true'
  )
    return context.skip('no mirror of Debian');
  assert.equal(status, 0, stderr);
  const list = runOrThrow('tar', ['-tf', join(place, 'image.tar')]);
  assert.match(list, /^\.\/usr\/lib\/udev\/rules\.d\/92-net-failover\.rules$/m);
  assert.match(list, /^\.\/usr\/lib\/systemd\/network\/05-failover-slaves\.network$/m);
});

test('mkosi: what is copied into the image is what the package holds', { skip }, () => {
  assert.equal(runRecipe(recipe('mkosi')).status, 0);
  const tree = join(folder, 'guard');
  runOrThrow('sh', ['-c', 'dpkg-deb -x "$1"/failoverctl-guard_*_all.deb "$2"', 'sh', place, tree]);
  const { stdout } = spawnSync('diff', ['-r', join(place, 'mkosi.extra'), tree], { encoding: 'utf8' });
  assert.match(stdout, /^(?:Only in \S*\/guard\/usr\/share: (?:doc|lintian)\n){2}$/);
});

const trixie = join(process.env['FAILOVERCTL_ORACLES'] ?? join(homedir(), '.cache/failoverctl-oracles'), 'trixie');
const noCloudInit =
  process.geteuid?.() === 0 && existsSync(join(trixie, 'usr/bin/cloud-init')) ? false : `no cloud-init in ${trixie}`;

test('cloud-init: it takes both files', { skip: skip || noCloudInit }, () => {
  const { status, stderr } = runRecipe(recipe('cloud-init'));
  assert.equal(status, 0, stderr);
  const stdout = runInside(
    trixie,
    place,
    `cd /tmp/given
cloud-init schema --config-file user-data 2>&1
cloud-init schema --schema-type network-config --config-file network-config 2>&1
printf '#cloud-config\\nruncmd: 7\\n' >/tmp/wrong
cloud-init schema --config-file /tmp/wrong >/dev/null 2>&1 || echo refused`,
  );
  assert.match(
    stdout,
    /^(?:Valid schema|.*\n)*Valid schema user-data\n(?:.*\n)*Valid schema network-config\n(?:.*\n)*refused\n$/,
  );
});

test('bootc: what is copied is there, and the RUN line installs it', { skip }, () => {
  const lines = recipe('bootc');
  const [, pattern = ''] = /^COPY (\S+) \/tmp\/$/m.exec(lines) ?? [];
  const [, command = ''] = /^RUN (.+)$/m.exec(lines) ?? [];
  const root = join(folder, 'rpm');
  mkdirSync(root);
  // the image's own rpm needs no root, and finds sh in the image
  standIn('rpm', `exec /usr/bin/rpm --root '${root}' --nodeps --noscripts "$@"`);
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp);
  const { status, stderr } = runRecipe(`cp ${pattern} '${tmp}' && ${command.replaceAll('/tmp/', `${tmp}/`)}`);
  assert.equal(status, 0, stderr);
  assert.ok(existsSync(join(root, 'usr/lib/udev/rules.d/92-net-failover.rules')));
  rmSync(join(bin, 'rpm'));
});

/** A repository with what breaks a guest in it. */
function repository(name: string): string {
  const at = join(folder, name);
  mkdirSync(join(at, 'image/etc/netplan'), { recursive: true });
  const text = 'network:\n  version: 2\n  ethernets:\n    all: {match: {name: "en*"}, dhcp4: true}\n';
  writeFileSync(join(at, 'image/etc/netplan/10-all.yaml'), text, { mode: 0o600 });
  return at;
}

test(
  'pre-commit: the hook finds it',
  { skip: skip || (existsSync('/usr/bin/pre-commit') ? false : 'pre-commit is missing') },
  () => {
    const at = repository('pre-commit');
    writeFileSync(join(at, '.pre-commit-config.yaml'), recipe('pre-commit'));
    const git = 'git init -q . && git add . && HOME=$PWD pre-commit run --all-files';
    const { status, stdout, stderr } = runRecipe(git, at);
    assert.equal(status, 1, stdout + stderr);
    assert.match(stdout, /FO101/);
    writeFileSync(join(at, 'image/etc/netplan/10-all.yaml'), 'network: {version: 2}\n');
    assert.equal(runRecipe('git add . && HOME=$PWD pre-commit run --all-files', at).status, 0);
  },
);

test('GitHub: the action knows what it is given', () => {
  interface Workflow {
    readonly jobs: {
      readonly network: { readonly steps: readonly { readonly uses: string; readonly with?: object }[] };
    };
  }
  const { steps } = (parse(recipe('GitHub')) as Workflow).jobs.network;
  const own = steps.find(({ uses }) => uses.startsWith('OWNER/failoverctl@'));
  const { inputs } = parse(readFileSync('action.yml', 'utf8')) as { inputs: object };
  assert.ok(own?.with !== undefined);
  for (const name of Object.keys(own.with)) assert.ok(Object.hasOwn(inputs, name), name);
});

test('GitLab: the script writes the report that is named', { skip }, () => {
  interface Job {
    readonly script: string;
    readonly artifacts: { readonly reports: { readonly codequality: string } };
  }
  const { failoverctl } = parse(recipe('GitLab')) as { failoverctl: Job };
  const at = repository('gitlab');
  assert.equal(runRecipe(failoverctl.script, at, 'bash').status, 1);
  const report = JSON.parse(readFileSync(join(at, failoverctl.artifacts.reports.codequality), 'utf8')) as readonly {
    readonly check_name: string;
  }[];
  assert.ok(report.some(({ check_name: rule }) => rule === 'FO101'));
});

test('metrics: the collector finds one whole file', { skip }, () => {
  const directory = join(folder, 'collector');
  mkdirSync(directory);
  standIn(
    'failoverctl',
    `${executable} status --metrics --snapshot '${join(process.cwd(), 'test/fixtures/status/broken-networkd.json')}'`,
  );
  const script = recipe('Metrics').replace('/var/lib/prometheus/node-exporter', directory);
  assert.equal(runRecipe(script).status, 0);
  assert.match(readFileSync(join(directory, 'failover.prom'), 'utf8'), /^failover_/m);
});
