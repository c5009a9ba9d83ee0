/** [.config] enable, word by word as NetworkManager 1.42.4 took it (--print-config), and as this machine's takes it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isEnabled } from '../../../src/managers/networkmanager/config-enable.ts';

const of1424: Readonly<Record<'yes' | 'no', readonly string[]>> = {
  yes: [
    'true',
    'nm-version-min:1',
    'nm-version-min:1.42',
    'nm-version-min:1.42.4',
    'nm-version-min:0',
    'nm-version-max:1',
    'nm-version-max:1.42',
    'nm-version-max:1.42.4',
    'nm-version:1.42',
    'nm-version:1',
    'nm-version:1.42.4',
    'except:nm-version:1.41',
    'except:nm-version-min:1.43,nm-version-min:1.41',
    'nm-version-min:1.57,nm-version-min:1.42.3',
    'except:env:X',
    'nm-version-min:1.57;nm-version:1.42',
    'nm-version-min: 1.42',
  ],
  no: [
    'no',
    '',
    'nm-version-min:1.42.5',
    'nm-version-min:1.43',
    'nm-version-min:1.40.9',
    'nm-version-min:1.30.2',
    'nm-version-min:2',
    'nm-version-min:0.9',
    'nm-version-max:1.42.3',
    'nm-version-max:1.43.2',
    'nm-version-max:1.41',
    'nm-version:1.42.3',
    'except:nm-version:1.42',
    'foo',
    'env:X',
    'nm-version-min:x',
    'nm-version-min:1.42.4.1',
    '*',
  ],
};
const words = [...of1424.yes, ...of1424.no];

test('which files a version reads', () => {
  for (const verdict of ['yes', 'no'] as const)
    for (const word of of1424[verdict]) assert.equal(isEnabled(word, '1.42.4'), verdict, word);
  assert.equal(isEnabled('nm-version-min:1.57', '1.58.1'), 'yes');
});

test('what turns on a version that is not known', () => {
  for (const word of ['nm-version-min:1.57', 'except:nm-version:1.2'])
    assert.equal(isEnabled(word, undefined), 'maybe');
  assert.equal(isEnabled('nm-version-min:1.42.1', '1.42'), 'maybe');
  for (const [word, verdict] of [['foo', 'no'] as const, ['yes', 'yes'] as const])
    assert.equal(isEnabled(word, undefined), verdict);
});

const version = /[\d.]+/.exec(spawnSync('NetworkManager', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0];
const skip = version === undefined ? 'NetworkManager is not installed' : false;

test('NetworkManager of this machine reads the same files', { skip }, () => {
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-enable-'));
  try {
    const [directory, main] = [join(work, 'd'), join(work, 'n.conf')];
    mkdirSync(directory);
    writeFileSync(main, '[main]\n');
    words.forEach((word, index) =>
      writeFileSync(
        join(directory, `${index}.conf`),
        `[.config]\nenable=${word}\n[device-${index}]\nmatch-device=interface-name:n${index}\nmanaged=0\n`,
      ),
    );
    const options = ['--print-config', `--config=${main}`, `--config-dir=${directory}`, '--system-config-dir=/none'];
    const { stdout } = spawnSync('NetworkManager', options, { encoding: 'utf8' });
    words.forEach((word, index) => {
      const isRead = new RegExp(`^\\[device-${index}\\]`, 'm').test(stdout);
      assert.equal(isEnabled(word, version), isRead ? 'yes' : 'no', word);
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
