/** A .deb from a folder. deb(5), deb-control(5), Debian's policy. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, put, setTimes } from './package-tree.mjs';
import { run } from './run.mjs';

/**
 * Writes `NAME_VERSION-1_ARCHITECTURE.deb` into the folder `out` and returns its path. `fields`: more of control, by name; undefined
 * ones are left out. `members`: other files of DEBIAN: scripts, triggers. `description`: lines, the first is the summary.
 */
export function makeDeb(
  tree,
  { name, version, architecture, maintainer, fields, description, members, out, epoch, env },
) {
  const files = filesBelow(tree).filter((path) => !path.startsWith('/DEBIAN/'));
  const sizes = files.map((path) => readFileSync(tree + path).length);
  const installed = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 1024);
  const [summary, ...text] = description;
  const control = {
    Package: name,
    Version: `${version}-1`,
    Architecture: architecture,
    Maintainer: maintainer,
    'Installed-Size': String(installed),
    Section: 'net',
    Priority: 'optional',
    ...fields,
    Description: [summary, ...text.map((line) => ` ${line}`)].join('\n'),
  };
  const lines = Object.entries(control).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}\n`]));
  mkdirSync(join(tree, 'DEBIAN'), { mode: 0o755, recursive: true });
  put(tree, 'DEBIAN/control', lines.join(''));
  put(tree, 'DEBIAN/md5sums', files.map((path) => `${md5(tree + path)}  ${path.slice(1)}\n`).join(''));
  // policy 10.7: what is in /etc is the administrator's
  const conffiles = files.filter((path) => path.startsWith('/etc/'));
  if (conffiles.length > 0) put(tree, 'DEBIAN/conffiles', conffiles.map((path) => `${path}\n`).join(''));
  for (const [file, content] of Object.entries(members))
    put(tree, `DEBIAN/${file}`, content, content.startsWith('#!') ? 0o755 : 0o644);
  setTimes(tree, epoch);
  const deb = join(out, `${name}_${version}-1_${architecture}.deb`);
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, deb], { env });
  return deb;
}

function md5(file) {
  return createHash('md5').update(readFileSync(file)).digest('hex');
}
