/**
 * What a distribution's packages of failoverctl hold: one table for .deb and .rpm. Nothing in `failoverctl` acts on a guest: the
 * hooks are examples, and `failoverctl install` puts them in place. `failoverctl-guard` acts: it is what the program itself prints
 * by `generate guard`.
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
 * Fills a folder with the files of `failoverctl`. `kind`: deb or rpm. `executable`: what it installs; `runner`: the same, that runs
 * here. `pages`: manual pages as `{ file, text }`. `texts`: what stands in its folder of documents, by name.
 */
export function fillProgramTree(root, { kind, executable, runner, pages, texts }) {
  rmSync(root, { recursive: true, force: true });
  put(root, 'usr/bin/failoverctl', readFileSync(executable), 0o755);
  for (const { file, text } of pages)
    put(root, `usr/share/man/man${file.at(-1)}/${file}.gz`, gzipSync(text, { level: 9 }));
  for (const [shell, path] of Object.entries(completions[kind])) put(root, path, ask(runner, ['completion', shell]));
  putTexts(root, 'failoverctl', texts);
  const examples = 'usr/share/doc/failoverctl/examples';
  for (const [from, to] of [
    ['hooks', examples],
    ['packaging/metrics', `${examples}/metrics`],
  ])
    for (const path of filesBelow(join(projectRoot, from)))
      put(root, to + path, readFileSync(join(projectRoot, from) + path));
}

/** Fills a folder with the files of `failoverctl-guard`. */
export function fillGuardTree(root, { kind, runner, texts }) {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true, mode: 0o755 });
  ask(runner, ['generate', 'guard', '--out', root]);
  // RPM's distributions have no ifupdown
  if (kind === 'rpm') leaveOut(root, '/etc/network/');
  for (const path of directoriesBelow(root)) chmodSync(root + path, 0o755);
  putTexts(root, 'failoverctl-guard', texts);
}

/** What begins so is not part of the package, nor of its list. */
function leaveOut(root, prefix) {
  rmSync(root + prefix, { recursive: true });
  const [top] = /^\/[^/]+/.exec(prefix);
  if (filesBelow(root + top).length === 0) rmSync(root + top, { recursive: true });
  const list = join(root, 'usr/share/failoverctl/guard.json');
  const { files, ...rest } = JSON.parse(readFileSync(list, 'utf8'));
  const left = files.filter(({ path }) => !path.startsWith(prefix));
  writeFileSync(list, `${JSON.stringify({ ...rest, files: left }, null, 2)}\n`);
}

function putTexts(root, name, texts) {
  for (const [file, text] of Object.entries(texts)) put(root, `usr/share/doc/${name}/${file}`, text);
}

export function put(root, path, content, mode = 0o644) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

function ask(executable, args) {
  const { status, stdout, stderr, error } = spawnSync(executable, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${executable} ${args.join(' ')}: ${stderr ?? error}`);
  return stdout;
}

/** Absolute in the package, sorted. */
export function filesBelow(root) {
  return entriesBelow(root, (entry) => entry.isFile());
}

export function directoriesBelow(root) {
  return entriesBelow(root, (entry) => entry.isDirectory());
}

function entriesBelow(root, isWanted) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(isWanted)
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort();
}

/** Every file and folder gets one time, so that two builds give the same bytes. */
export function setTimes(root, epoch) {
  for (const path of [...filesBelow(root), ...directoriesBelow(root), '']) utimesSync(root + path, epoch, epoch);
}
