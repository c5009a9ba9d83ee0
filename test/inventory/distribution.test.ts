import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { readDistribution } from '../../src/inventory/distribution.ts';
import { probeMachine } from '../../src/inventory/probe.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { rootedSystem } from '../../src/system/rooted.ts';
import { trixie } from '../managers/namespace.ts';

type Tree = Readonly<Record<string, MemoryEntry>>;

const read = (tree: Tree) => readDistribution(probeMachine(memorySystem(tree)));
const release = (text: string) => read({ '/etc/os-release': text });

test('the family by ID, then by what it is like', () => {
  const rows: readonly (readonly [text: string, id: string | undefined, family: string | undefined])[] = [
    ['ID=debian\n', 'debian', 'debian'],
    ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'ubuntu', 'debian'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'rocky', 'rhel'],
    ['ID="sles"\nID_LIKE="suse"\n', 'sles', 'suse'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'opensuse-leap', 'suse'],
    ['ID=alpine\n', 'alpine', 'alpine'],
    ['ID=flatcar\nID_LIKE=coreos\n', 'flatcar', undefined],
    ['VARIANT_ID=debian\n', undefined, undefined],
  ];
  for (const [text, id, family] of rows) {
    const found = release(text);
    assert.deepEqual([found.id.value, found.family.value], [id, family], text);
  }
  assert.equal(read({ '/usr/lib/os-release': 'ID=debian\n' }).id.value, 'debian');
  assert.equal(read({ '/etc/os-release': 'ID=arch\n', '/usr/lib/os-release': 'ID=debian\n' }).id.value, 'arch');
});

test('what starts services: where init leads to, then what is there', () => {
  const init = (tree: Tree) => read(tree).init.value;
  const systemd = { '/usr/lib/systemd/systemd': '' };
  assert.equal(init({ ...systemd, '/sbin/init': { link: '/usr/lib/systemd/systemd' } }), 'systemd');
  assert.equal(init({ '/sbin/init': '', '/sbin/openrc': '', '/etc/inittab': '' }), 'openrc');
  assert.equal(init({ '/sbin/init': '', '/etc/inittab': '' }), 'sysvinit');
  assert.equal(init({ '/sbin/init': { link: '/sbin/openrc-init' }, ...systemd }), 'openrc');
  assert.equal(init({ ...systemd, '/sbin/openrc': '' }), undefined, 'two of them, and no init');
  assert.equal(init({ '/sbin/init': '' }), undefined);
  assert.equal(init({ '/etc/hostname': '' }), 'none');
});

test('merged or not', () => {
  const merged = (tree: Tree) => read(tree).usrMerged.value;
  assert.equal(merged({ '/bin': { link: 'usr/bin' } }), true);
  assert.equal(merged({ '/bin/sh': '' }), false);
  assert.equal(merged({ '/etc/hostname': '' }), undefined);
});

test('systems that come as an image', () => {
  const image = (tree: Tree) => read(tree).image.value;
  assert.equal(image({ '/usr/lib/bootc/kargs.d/a.toml': '', '/sysroot/ostree/repo/config': '' }), 'bootc');
  assert.equal(image({ '/usr/lib/ostree/prepare-root.conf': '' }), 'ostree');
  assert.equal(image({ '/etc/os-release': 'ID=flatcar\n' }), 'flatcar');
  assert.equal(image({ '/usr/bin/apt': '' }), null);
  assert.equal(image({ '/etc/os-release': 'ID=debian\n' }), undefined);
});

test('half of a distribution, or halves of two: what was seen, and no guess', () => {
  const init = (tree: Tree) => read({ '/etc/os-release': 'ID=debian\n', ...tree }).init;
  assert.deepEqual(
    init({ '/lib/apk/db/installed': 'P:musl\nV:1-r0\n' }).value,
    'none',
    'no program of a system is there',
  );
  const both = init({ '/usr/lib/systemd/systemd': '', '/sbin/openrc': '' });
  assert.equal(both.value, undefined);
  assert.match(both.evidence, /systemd.*openrc|openrc.*systemd/);
  const { id, family } = read({ '/etc/os-release': 'garbage\n' });
  assert.deepEqual([id.value, family.value], [undefined, undefined]);
  assert.notEqual(id.evidence, '');
});

const skip = existsSync(`${trixie}/etc/os-release`)
  ? false
  : `${trixie} is missing (node test/setup-oracles.mjs makes it)`;

test('Debian 13 says of itself what it is', { skip }, () => {
  const { id, family, init, usrMerged, image } = readDistribution(probeMachine(rootedSystem(nodeSystem(), trixie)));
  assert.deepEqual(
    [id.value, family.value, init.value, usrMerged.value, image.value],
    ['debian', 'debian', 'systemd', true, null],
  );
});
