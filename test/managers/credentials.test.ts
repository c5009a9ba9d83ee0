import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeOemString, renderCredentials } from '../../src/managers/credentials.ts';
import { renderNetworkdGuard } from '../../src/managers/networkd/render.ts';
import { renderUdev, rulesPath } from '../../src/managers/udev/render.ts';
import { trixie } from './namespace.ts';

const config = {
  masters: [{ kind: 'net_failover', name: 'enp1s0', mac: '52:54:00:00:12:53' }],
  command: 'failoverctl test',
} as const;

test('an OEM string is one line that holds the credential in base 64', () => {
  const credentials = renderCredentials(config);
  assert.ok(credentials.length >= 4);
  for (const credential of credentials) {
    const [kind, name = '', value = ''] = /^([^:]+):([^=]+)=(.*)$/.exec(encodeOemString(credential))?.slice(1) ?? [];
    assert.deepEqual([kind, name], ['io.systemd.credential.binary', credential.name]);
    assert.equal(Buffer.from(value, 'base64').toString(), credential.text);
    // credential_name_valid: a file name of at most 255 bytes without ':' (fdname_is_valid)
    assert.match(name, /^[-A-Za-z0-9._@]{1,255}$/);
  }
});

test('for any guest there is no MAC in them', () => {
  const texts = renderCredentials({ masters: null, command: 'failoverctl test' }).map(({ text }) => text);
  assert.ok(texts.every((text) => !/PermanentMACAddress|52:54/.test(text)));
});

/**
 * What PID 1 and the two services do with them, by Debian 13's own programs: the generator that reads
 * systemd.unit-dropin.*, systemd-network-generator and `udevadm control`.
 */
test("systemd 257's own programs turn them into the files, and enable what reads them", (t) => {
  const needed = [
    '/usr/lib/systemd/system-generators/systemd-debug-generator',
    '/usr/lib/systemd/systemd-network-generator',
    '/usr/bin/udevadm',
  ];
  const missing = needed.filter((path) => !existsSync(trixie + path));
  const why = missing.length > 0 ? `${trixie} lacks ${missing.join(', ')}` : 'needs root for a namespace';
  if (missing.length > 0 || process.geteuid?.() !== 0) {
    if (process.env['CI'] === 'true') assert.fail(why);
    t.skip(why);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-credentials-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'credentials'));
  for (const { name, text } of renderCredentials(config)) writeFileSync(join(directory, 'credentials', name), text);
  const script = `
set -e
root=$1
mount -t tmpfs none "$root/run"
mount -t proc proc "$root/proc"
mkdir -p "$root"/run/generated/normal "$root"/run/generated/early "$root"/run/generated/late
cp -r "$2/credentials" "$root/run/credentials.d"
inside() { chroot "$root" env CREDENTIALS_DIRECTORY=/run/credentials.d SYSTEMD_IGNORE_CHROOT=1 "$@"; }
inside ${needed[0]} /run/generated/normal /run/generated/early /run/generated/late
inside ${needed[1]}
inside ${needed[2]} control --load-credentials
cd "$root/run"
find systemd udev generated -type f | sort | while read -r file; do
  printf '%s %s\\n' "$file" "$(base64 -w0 "$file")"
done`;
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-m', '-p', '--fork', '--kill-child', 'bash', '-c', script, 'bash', trixie, directory],
    { encoding: 'utf8', timeout: 120_000 },
  );
  assert.equal(status, 0, stderr);
  const written = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [path = '', text = ''] = line.split(' ');
        return [path, Buffer.from(text, 'base64').toString()] as const;
      }),
  );
  const guard = renderNetworkdGuard(config).map(({ path, text }) => [path.replace('/etc/', ''), text] as const);
  const rules = renderUdev(config)
    .filter(({ path }) => path === rulesPath)
    .map(({ path, text }) => [path.replace('/etc/', ''), text] as const);
  const dropIn = [...written].filter(([path]) => path.startsWith('generated/'));
  assert.deepEqual(
    dropIn.map(([path]) => path.replace(/generated\/\w+\//, '')),
    ['sysinit.target.d/50-credential.conf'],
  );
  for (const unit of ['systemd-network-generator.service', 'systemd-udev-load-credentials.service']) {
    assert.match(dropIn[0]?.[1] ?? '', new RegExp(`^Wants=.*${unit}`, 'm'));
    assert.ok(existsSync(`${trixie}/usr/lib/systemd/system/${unit}`), unit);
  }
  assert.deepEqual(
    new Map([...written].filter(([path]) => !path.startsWith('generated/'))),
    new Map([...guard, ...rules]),
  );
});
