/**
 * What a distribution's package of failoverctl holds: one table for .deb and .rpm. Nothing in it acts on a guest: the hooks
 * are examples, and `failoverctl install` puts them in place.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from './bundle.mjs';

/** Where each distribution looks for completions; Debian's and Fedora's differ for zsh alone. */
const completions = {
  deb: {
    bash: 'usr/share/bash-completion/completions/failoverctl',
    zsh: 'usr/share/zsh/vendor-completions/_failoverctl',
    fish: 'usr/share/fish/vendor_completions.d/failoverctl.fish',
  },
  rpm: {
    bash: 'usr/share/bash-completion/completions/failoverctl',
    zsh: 'usr/share/zsh/site-functions/_failoverctl',
    fish: 'usr/share/fish/vendor_completions.d/failoverctl.fish',
  },
};

/**
 * Fills a folder with the files of a package. `kind`: deb or rpm. `runner`: an executable that runs here. `pages`: manual pages as `{ file, text }`. `notices`,
 * `changelog`: texts. `epoch`: seconds, every file's time.
 */
export function fillPackageTree(root, { kind, executable, runner, pages, notices, changelog, epoch }) {
  rmSync(root, { recursive: true, force: true });
  const docs = 'usr/share/doc/failoverctl';
  put(root, 'usr/bin/failoverctl', readFileSync(executable), 0o755);
  for (const { file, text } of pages)
    put(root, `usr/share/man/man${file.at(-1)}/${file}.gz`, gzipSync(text, { level: 9 }));
  for (const [shell, path] of Object.entries(completions[kind])) put(root, path, completionOf(runner, shell));
  put(
    root,
    `${docs}/${kind === 'deb' ? 'copyright' : 'LICENSES'}`,
    kind === 'deb' ? debianCopyright(notices) : notices,
  );
  if (kind === 'deb') put(root, `${docs}/changelog.gz`, gzipSync(changelog, { level: 9 }));
  else put(root, `${docs}/CHANGELOG.md`, changelog);
  for (const name of readdirSync(join(projectRoot, 'hooks'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )) {
    const source = join(name.parentPath, name.name);
    const path = source.slice(join(projectRoot, 'hooks').length);
    put(root, `${docs}/examples${path}`, readFileSync(source));
  }
  setTimes(root, epoch);
}

function put(root, path, content, mode = 0o644) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

function completionOf(executable, shell) {
  const { status, stdout, stderr } = spawnSync(executable, ['completion', shell], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${executable} completion ${shell}: ${stderr}`);
  return stdout;
}

/** Debian policy 12.5: the text of all licences, in one file of this name. */
function debianCopyright(notices) {
  return `failoverctl and everything that is linked into it; each part with its notice.\n\n${notices}`;
}

/** Every file and folder gets one time, so that two builds give the same bytes. */
export function setTimes(root, epoch) {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    utimesSync(join(entry.parentPath, entry.name), epoch, epoch);
  utimesSync(root, epoch, epoch);
}
