/**
 * `npm run release`: build/release/ with everything that a release hands out: executables, Node bundle, npm tarball, .deb and
 * .rpm for both machines, notices, SPDX list of parts, checksums. Two runs on one commit give the same bytes: times are the
 * commit's, or SOURCE_DATE_EPOCH (reproducible-builds.org).
 *
 * RELEASE_MAINTAINER ("NAME <ADDRESS>") and RELEASE_HOMEPAGE say whose packages they are: the project has no address of its own yet.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './bundle.mjs';
import { editionDate, renderManualPages } from './manual.mjs';
import { bundledPackages, composeNotices } from './notices.mjs';
import { readNotices } from './native-parts.mjs';
import { defaultMaintainer, machines, makePackages } from './packages.mjs';
import { run } from './run.mjs';

const release = join(projectRoot, 'build/release');
const work = join(projectRoot, 'build/release-work');
const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
const { version } = manifest;
const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? run('git', ['log', '-1', '--format=%ct']).trim());
const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC', LC_ALL: 'C.UTF-8' };

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
    // no address of ours is known: a name that is as unique as what it is of
    documentNamespace: `urn:failoverctl:spdx:${version}:${epoch}`,
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
makePackages({
  executables: Object.fromEntries(
    machines.map(({ name }) => [name, join(projectRoot, `dist/failoverctl-linux-${name}`)]),
  ),
  // the x64 executable runs here; what it prints is the same for both
  runner: join(projectRoot, 'dist/failoverctl-linux-x64'),
  pages,
  notices,
  changelog: readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8'),
  version,
  maintainer: process.env.RELEASE_MAINTAINER ?? defaultMaintainer,
  homepage: process.env.RELEASE_HOMEPAGE,
  out: release,
  work,
  epoch,
  env,
});
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
