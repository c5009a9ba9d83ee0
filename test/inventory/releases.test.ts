import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseTarget, releaseNames } from '../../src/inventory/releases.ts';
import { bullseye, missingDaemons, sid, trixie } from '../managers/namespace.ts';

test('a release gives the versions of its programs, and single ones are set over it', () => {
  assert.equal(releaseNames.length, 7);
  const debian = parseTarget('debian12');
  assert.ok(!('problem' in debian));
  assert.deepEqual([debian.systemdVersion, debian.netplanVersion], [252, '0.106']);
  assert.deepEqual(parseTarget('systemd=262,netplan=1.1'), { systemdVersion: 262, netplanVersion: '1.1' });
  const mixed = parseTarget('debian12,systemd=257');
  assert.ok(!('problem' in mixed) && mixed.systemdVersion === 257 && mixed.netplanVersion === '0.106');
});

test('what is none is a problem, with the nearest name', () => {
  for (const [text, problem] of [
    ['debain12', "'debain12' is no release: did you mean 'debian12'?"],
    ['systmd=1', "'systmd' is no program: expected one of systemd, netplan, networkmanager, ifupdown, cloud-init"],
    ['systemd=new', "'new' is no version of systemd: expected a number"],
  ] as const)
    assert.deepEqual(parseTarget(text), { problem });
  const far = parseTarget('slackware');
  assert.ok('problem' in far && far.problem.includes('expected one of debian11'));
  assert.ok('problem' in parseTarget('constructor') && 'problem' in parseTarget(''));
});

test('what nobody has looked up of a release is unknown, so that the versions of the tree do not stand for it', () => {
  const rhel = parseTarget('rhel9');
  assert.ok(!('problem' in rhel) && rhel.systemdVersion === 252 && 'networkManagerVersion' in rhel);
  assert.equal(rhel.networkManagerVersion, undefined);
});

test('the versions of the trees that the daemons are asked in are those of the table', (t) => {
  for (const [root, name] of [
    ['', 'debian12'],
    [bullseye, 'debian11'],
    [trixie, 'debian13'],
    [sid, 'debian-sid'],
  ] as const) {
    if (missingDaemons(root) !== null) {
      t.diagnostic(`${name}: not here`);
      continue;
    }
    const command = ['udevadm', '--version'];
    const { stdout } = spawnSync('chroot', [root === '' ? '/' : root, ...command], { encoding: 'utf8' });
    const facts = parseTarget(name);
    assert.ok(!('problem' in facts));
    assert.equal(facts.systemdVersion, Number.parseInt(stdout, 10), name);
  }
});
