/**
 * `npm run release`: build/release/ with everything that a release hands out: executables, Node bundle, npm tarball, .deb and
 * .rpm for both machines, notices, SPDX list of parts, checksums. Two runs on one commit give the same bytes: times are the
 * commit's, or SOURCE_DATE_EPOCH (reproducible-builds.org).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './bundle.mjs';
import { editionDate, renderManualPages } from './manual.mjs';
import { bundledPackages, composeNotices } from './notices.mjs';
import { readNotices } from './native-parts.mjs';
import { fillPackageTree, setTimes } from './package-tree.mjs';

const release = join(projectRoot, 'build/release');
const work = join(projectRoot, 'build/release-work');
const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
const { version } = manifest;
const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? run('git', ['log', '-1', '--format=%ct']).trim());
const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC', LC_ALL: 'C.UTF-8' };

/** What each distribution calls a machine. */
const machines = [
  { name: 'x64', deb: 'amd64', rpm: 'x86_64' },
  { name: 'arm64', deb: 'arm64', rpm: 'aarch64' },
];

const summary = 'make guests with a net_failover NIC work';
const description = [
  'A hypervisor gives a guest a virtio NIC and an SR-IOV VF with one MAC, which',
  'the kernel joins with net_failover. failoverctl keeps network managers off',
  'the two slaves, lints configurations, and prepares and runs migrations.',
  'Nothing acts on the guest before "failoverctl install" is run.',
];

function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: projectRoot,
    ...options,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${(stderr || stdout || String(error)).trim()}`);
  return stdout;
}

/** Both executables and the Node bundle, under the names that a release gives them. */
function buildPrograms() {
  run(process.execPath, ['src/build/bundle.mjs'], { env });
  run(process.execPath, ['src/build/native.mjs'], { env });
  for (const { name } of machines) {
    const executable = join(projectRoot, `dist/failoverctl-linux-${name}`);
    if (!existsSync(executable)) throw new Error(`${executable} was not built: see 'npm run build:native'`);
    copyFileSync(executable, join(release, `failoverctl-${version}-linux-${name}`));
  }
  copyFileSync(join(projectRoot, 'dist/failoverctl.cjs'), join(release, `failoverctl-${version}.cjs`));
}

function makeDeb({ name, deb }, contents) {
  const tree = join(work, `deb-${name}`);
  fillPackageTree(tree, { ...contents, kind: 'deb' });
  const installed = Math.ceil(sizeOf(tree) / 1024);
  mkdirSync(join(tree, 'DEBIAN'), { mode: 0o755 });
  const control = [
    `Package: failoverctl`,
    `Version: ${version}-1`,
    `Architecture: ${deb}`,
    `Maintainer: ${manifest.author}`,
    `Installed-Size: ${installed}`,
    `Section: net`,
    `Priority: optional`,
    `Homepage: ${manifest.homepage}`,
    `Description: ${summary}`,
    ...description.map((line) => ` ${line}`),
    '',
  ];
  writeFileSync(join(tree, 'DEBIAN/control'), control.join('\n'), { mode: 0o644 });
  writeFileSync(join(tree, 'DEBIAN/md5sums'), md5sumsOf(tree), { mode: 0o644 });
  setTimes(tree, epoch);
  const file = join(release, `failoverctl_${version}-1_${deb}.deb`);
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, file], { env });
}

function makeRpm({ name, rpm }, contents) {
  const tree = join(work, `rpm-${name}`);
  fillPackageTree(tree, { ...contents, kind: 'rpm' });
  const spec = join(work, `failoverctl-${name}.spec`);
  const lines = [
    'Name: failoverctl',
    `Version: ${version}`,
    'Release: 1',
    `Summary: ${summary[0].toUpperCase()}${summary.slice(1)}`,
    'License: MIT AND ISC',
    `URL: ${manifest.homepage}`,
    'AutoReqProv: no',
    '%description',
    ...description,
    '%install',
    'mkdir -p %{buildroot}',
    'cp -a %{staged}/. %{buildroot}/',
    '%files',
    ...filesOf(tree).map(
      (path) => `%attr(${path === '/usr/bin/failoverctl' ? '0755' : '0644'},root,root) ${mark(path)}${path}`,
    ),
    '%changelog',
    `* ${new Date(epoch * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+).*$/, '$1 $3 $2 $4')} ${manifest.author} - ${version}-1`,
    `- Release ${version}`,
    '',
  ];
  writeFileSync(spec, lines.join('\n'));
  const top = join(work, `rpmbuild-${name}`);
  const macros = {
    _topdir: top,
    _buildhost: 'localhost',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    _build_id_links: 'none',
    __os_install_post: '%{nil}',
    debug_package: '%{nil}',
    _binary_payload: 'w9.xzdio',
  };
  const defines = Object.entries(macros).flatMap(([key, value]) => ['--define', `${key} ${value}`]);
  run(
    'rpmbuild',
    [
      '-bb',
      '--target',
      `${rpm}-linux`,
      '--buildroot',
      join(work, `buildroot-${name}`),
      ...defines,
      '--define',
      `staged ${tree}`,
      spec,
    ],
    { env },
  );
  const [built] = readdirSync(join(top, 'RPMS', rpm));
  renameSync(join(top, 'RPMS', rpm, built), join(release, built));
}

function mark(path) {
  if (path.startsWith('/usr/share/man/')) return '%doc ';
  return path.endsWith('/LICENSES') ? '%license ' : path.startsWith('/usr/share/doc/') ? '%doc ' : '';
}

function filesOf(tree) {
  return readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length))
    .filter((path) => !path.startsWith('/DEBIAN/'))
    .sort();
}

function sizeOf(tree) {
  return filesOf(tree).reduce((sum, path) => sum + readFileSync(tree + path).length, 0);
}

function md5sumsOf(tree) {
  return filesOf(tree)
    .map(
      (path) =>
        `${createHash('md5')
          .update(readFileSync(tree + path))
          .digest('hex')}  ${path.slice(1)}\n`,
    )
    .join('');
}

/** SPDX 2.3, JSON: every part that is linked in, with version and licence. */
function composeSpdx(parts) {
  const id = (name) => `SPDXRef-Package-${name}`;
  const packages = parts.map(({ name, version: of, license }) => ({
    SPDXID: id(name),
    name,
    versionInfo: of,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: license,
    licenseDeclared: license,
    copyrightText: 'NOASSERTION',
  }));
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `failoverctl-${version}`,
    documentNamespace: `${manifest.homepage}/spdx/${version}`,
    creationInfo: {
      created: new Date(epoch * 1000).toISOString().replace(/\.\d+Z/, 'Z'),
      creators: ['Tool: failoverctl-release'],
    },
    packages,
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: id('failoverctl') },
      ...parts.slice(1).map(({ name }) => ({
        spdxElementId: id('failoverctl'),
        relationshipType: 'CONTAINS',
        relatedSpdxElement: id(name),
      })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function partsOf() {
  const npm = bundledPackages.map((name) => {
    const { version: of, license } = JSON.parse(
      readFileSync(join(projectRoot, 'node_modules', name, 'package.json'), 'utf8'),
    );
    return { name, version: of, license };
  });
  return [{ name: 'failoverctl', version, license: manifest.license }, ...npm, ...readNotices()];
}

rmSync(release, { recursive: true, force: true });
rmSync(work, { recursive: true, force: true });
mkdirSync(release, { recursive: true });
mkdirSync(work, { recursive: true });
buildPrograms();
const notices = composeNotices(projectRoot, readNotices());
const pages = await renderManualPages(editionDate());
const changelog = readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8');
for (const machine of machines) {
  const executable = join(projectRoot, `dist/failoverctl-linux-${machine.name}`);
  // the x64 executable runs here; what it prints is the same for both
  const runner = join(projectRoot, 'dist/failoverctl-linux-x64');
  const contents = { executable, runner, pages, notices, changelog, epoch };
  makeDeb(machine, contents);
  makeRpm(machine, contents);
}
writeFileSync(join(release, 'NOTICES.txt'), notices);
writeFileSync(join(release, `failoverctl-${version}.spdx.json`), composeSpdx(partsOf()));
run('npm', ['pack', '--silent', '--pack-destination', release], { env });
const sums = readdirSync(release)
  .sort()
  .map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(join(release, name)))
        .digest('hex')}  ${name}\n`,
  )
  .join('');
writeFileSync(join(release, 'SHA256SUMS'), sums);
rmSync(work, { recursive: true, force: true });
process.stdout.write(sums);
