import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { executable, withoutExecutables } from '../native/engines.ts';

test('each file is opened once', { skip: withoutExecutables }, (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'failoverctl-lint-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const files = Array.from({ length: 40 }, (_, n) => [
    [`${n}.network`, `[Match]\nName=lan${n}\n\n[Network]\nDHCP=yes\n`] as const,
    [`${n}.yaml`, `network: {version: 2, ethernets: {lan${n}: {dhcp4: true}}}\n`] as const,
  ]).flat();
  for (const [name, text] of files) writeFileSync(join(directory, name), text, { mode: 0o600 });
  const traced = spawnSync('strace', ['-e', 'trace=open,openat', executable, 'lint', '--assume', 'triple', directory], {
    encoding: 'utf8',
  });
  // beside these it looks for a failoverctl.yaml in each folder above
  const opened = [...traced.stderr.matchAll(/"([^"]+\.(?:network|yaml))"/g)].flatMap(([, path = '']) =>
    /(?:^|\/)failoverctl\.yaml$/.test(path) ? [] : [path.slice(directory.length + 1)],
  );
  assert.deepEqual(opened.toSorted(), files.map(([name]) => name).toSorted());
});
