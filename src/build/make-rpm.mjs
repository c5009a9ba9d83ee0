/** An .rpm from a folder, by Debian's rpmbuild. */
import { readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoriesBelow, filesBelow, setTimes } from './package-tree.mjs';
import { run } from './run.mjs';

/** So that two builds give the same bytes, and nothing of the tree is changed on the way. */
const macros = {
  _buildhost: 'localhost',
  use_source_date_epoch_as_buildtime: '1',
  clamp_mtime_to_source_date_epoch: '1',
  _build_id_links: 'none',
  __os_install_post: '%{nil}',
  debug_package: '%{nil}',
  _binary_payload: 'w9.xzdio',
};

/**
 * Writes `NAME-VERSION-1.ARCHITECTURE.rpm` into the folder `out` and returns its path. `tags`: more of the head, by name; undefined
 * ones are left out. `scriptlets`: post, postun, each with its text. `description`: lines, the first is the summary. `own`: folders
 * that go with the package. `work`: a folder for what is made on the way.
 */
export function makeRpm(
  tree,
  { name, version, architecture, maintainer, license, tags, description, scriptlets, own, out, work, epoch, env },
) {
  setTimes(tree, epoch);
  const [summary, ...text] = description;
  const head = {
    Name: name,
    Version: version,
    Release: '1',
    Summary: summary[0].toUpperCase() + summary.slice(1),
    License: license,
    Packager: maintainer,
    BuildArch: architecture === 'noarch' ? architecture : undefined,
    AutoReqProv: 'no',
    ...tags,
  };
  const day = new Date(epoch * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+).*$/, '$1 $3 $2 $4');
  const lines = [
    ...Object.entries(head).flatMap(([tag, value]) => (value === undefined ? [] : [`${tag}: ${value}`])),
    '%description',
    ...text,
    '%install',
    "mkdir -p '%{buildroot}'",
    "cp -a '%{staged}/.' '%{buildroot}/'",
    ...Object.entries(scriptlets).flatMap(([when, script]) => [`%${when}`, script.trimEnd()]),
    '%files',
    ...directoriesBelow(tree)
      .filter((path) => own.some((folder) => path === folder || path.startsWith(`${folder}/`)))
      .map((path) => `%dir %attr(0755,root,root) ${path}`),
    ...filesBelow(tree).map((path) => `%attr(${modeOf(tree + path)},root,root) ${mark(path)}${path}`),
    '%changelog',
    `* ${day} ${maintainer} - ${version}-1`,
    `- Release ${version}`,
    '',
  ];
  const place = `${name}-${architecture}`;
  const spec = join(work, `${place}.spec`);
  writeFileSync(spec, lines.join('\n'));
  const top = join(work, `rpmbuild-${place}`);
  const all = { ...macros, _topdir: top, staged: tree };
  const defines = Object.entries(all).flatMap(([key, value]) => ['--define', `${key} ${value}`]);
  const target = architecture === 'noarch' ? [] : ['--target', `${architecture}-linux`];
  run('rpmbuild', ['-bb', ...target, '--buildroot', join(work, `buildroot-${place}`), ...defines, spec], { env });
  const built = join(top, 'RPMS', architecture);
  const [file] = readdirSync(built);
  renameSync(join(built, file), join(out, file));
  return join(out, file);
}

function modeOf(file) {
  return (statSync(file).mode & 0o777).toString(8).padStart(4, '0');
}

function mark(path) {
  if (path.startsWith('/usr/share/man/')) return '%doc ';
  return path.endsWith('/LICENSES') ? '%license ' : path.startsWith('/usr/share/doc/') ? '%doc ' : '';
}
