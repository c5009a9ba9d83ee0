/**
 * Installs what the tests need from Debian (test/debian-packages.txt). Without root, or where a package cannot be had, it
 * says in one line what is missing, and the tests that need it say that they did not run; under CI=true that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const wanted = readFileSync(fileURLToPath(new URL('debian-packages.txt', import.meta.url)), 'utf8')
  .split('\n')
  .map((line) => line.replace(/#.*/, '').trim())
  .filter((name) => name !== '');

const missing = () => wanted.filter((name) => !isInstalled(name));

function isInstalled(name) {
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { encoding: 'utf8' });
  return stdout === 'installed';
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

const before = missing();
if (before.length > 0 && process.geteuid() === 0) {
  process.stderr.write(`installing for the tests: ${before.join(' ')}\n`);
  let result = aptGet('install', '-y', '--no-install-recommends', ...before);
  if (result.status !== 0) {
    aptGet('update');
    result = aptGet('install', '-y', '--no-install-recommends', ...before);
  }
  if (result.status !== 0) process.stderr.write(`apt-get: ${(result.stderr ?? String(result.error)).trim()}\n`);
}
const after = missing();
if (after.length > 0) {
  process.stderr.write(`missing for the tests: apt-get install ${after.join(' ')}\n`);
  if (process.env.CI === 'true') process.exitCode = 1;
}
