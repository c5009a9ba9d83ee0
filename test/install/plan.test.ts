import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyPlan } from '../../src/install/apply.ts';
import { manifestPath, readManifest, type Manifest } from '../../src/inventory/manifest.ts';
import { planClearing, planInstall, planUninstall, type Plan, type Wanted } from '../../src/install/plan.ts';
import { memorySystem, type MemoryEntry, type MemorySystem } from '../../src/system/memory.ts';
import { isFailure, type Failure, type System } from '../../src/system/system.ts';
import { treeOf } from './tree.ts';

const guard: Wanted = { path: '/etc/systemd/network/05-guard.network', text: 'guard\n', mode: 0o644 };
const netplan: Wanted = { path: '/etc/netplan/95-failover.yaml', text: 'network: {}\n', mode: 0o600 };
const helper: Wanted = { path: '/etc/network/helper', patch: (text) => `${text}# patched\n` };

const image: Readonly<Record<string, MemoryEntry>> = {
  '/etc/hostname': 'guest\n',
  '/etc/network/helper': { text: '#!/bin/sh\necho \udcff\n', mode: 0o755, uid: 0, gid: 50 },
  '/etc/systemd/network/20-wired.network': 'mine\n',
};

function manifestOf(system: System): Manifest | null {
  const manifest = readManifest(system);
  if (typeof manifest === 'string' || isFailure(manifest)) throw new Error(JSON.stringify(manifest));
  return manifest;
}

function planned(plan: Plan | Failure): Plan {
  if (isFailure(plan)) throw new Error(JSON.stringify(plan));
  return plan;
}

function install(system: System, wanted: readonly Wanted[], { force = false, command = 'install' } = {}): Plan {
  const plan = planned(planInstall(system, wanted, command, manifestOf(system), force));
  if (plan.conflicts.length === 0) assert.equal(applyPlan(system, plan), null);
  return plan;
}

function uninstall(system: System, force = false): Plan {
  const manifest = manifestOf(system);
  assert.ok(manifest, 'there is a manifest');
  const plan = planned(planUninstall(system, manifest, force));
  assert.equal(applyPlan(system, plan), null);
  return plan;
}

function edit(system: MemorySystem, path: string, text: string): void {
  assert.equal(system.write(path, text), null);
}

test('what is wanted is there, with its mode, owned by root; directories are made', () => {
  const system = memorySystem(image);
  install(system, [guard, netplan]);
  assert.deepEqual(system.files.get(netplan.path), {
    kind: 'file',
    text: 'network: {}\n',
    mode: 0o600,
    uid: 0,
    gid: 0,
  });
  assert.deepEqual(system.files.get('/etc/netplan'), { kind: 'directory', mode: 0o755 });
  assert.equal(system.files.get(guard.path)?.kind, 'file');
});

test('a second run plans nothing and writes nothing', () => {
  const system = memorySystem(image);
  install(system, [guard, netplan, helper]);
  const before = treeOf(system);
  const calls = system.calls.length;
  const plan = install(system, [guard, netplan, helper]);
  assert.deepEqual([plan.changes, plan.makeDirectories, plan.changed], [[], [], []]);
  assert.deepEqual(treeOf(system), before);
  const writing = system.calls.slice(calls).filter((call) => !/^(?:lstat|stat|read|readlink|list) /.test(call));
  assert.deepEqual(writing, []);
});

test('uninstall restores every byte, mode and owner, and takes the directories away that it made', () => {
  const system = memorySystem(image);
  const before = treeOf(system);
  install(system, [guard, netplan, helper]);
  assert.notDeepEqual(treeOf(system), before);
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
});

test('uninstall takes away what an install that was killed has left beside its files', () => {
  const system = memorySystem(image);
  const before = treeOf(system);
  install(system, [guard, netplan, helper]);
  system.create('/etc/systemd/network/.05-guard.network.failoverctl-new', 'gua', 0o644);
  system.create('/etc/netplan/.95-failover.yaml.failoverctl-old', '', 0o600);
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
});

test('a directory that somebody has put a file into stays', () => {
  const system = memorySystem(image);
  install(system, [netplan]);
  system.create('/etc/netplan/mine.yaml', 'mine\n', 0o600);
  uninstall(system);
  assert.equal(system.files.get('/etc/netplan/mine.yaml')?.kind, 'file');
  assert.equal(system.files.has(netplan.path), false);
  assert.equal(system.files.has(manifestPath), false);
});

test('a file that is there already and not ours is named, and nothing is written, until forced', () => {
  const system = memorySystem({ ...image, [guard.path]: { text: 'theirs\n', mode: 0o640, uid: 7, gid: 8 } });
  const before = treeOf(system);
  const plan = install(system, [guard, netplan]);
  assert.deepEqual(plan.conflicts, [{ path: guard.path, why: 'is there already and is not ours' }]);
  assert.deepEqual(treeOf(system), before);
  install(system, [guard, netplan], { force: true });
  assert.equal(system.read(guard.path), 'guard\n');
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
});

test('one that is there already as we want it is used, and left by uninstall', () => {
  const system = memorySystem({ ...image, [guard.path]: 'guard\n' });
  const before = treeOf(system);
  install(system, [guard, netplan]);
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
});

for (const [what, change] of [
  ['text', (system: MemorySystem) => edit(system, guard.path, 'edited\n')],
  ['mode', (system: MemorySystem) => system.chmod(guard.path, 0o600)],
  ['owner', (system: MemorySystem) => system.chown(guard.path, 1, 1)],
] as const) {
  test(`a file whose ${what} has been changed since is neither updated nor deleted, but named`, () => {
    const system = memorySystem(image);
    const before = treeOf(system);
    install(system, [guard, netplan]);
    change(system);
    const changed = system.files.get(guard.path);
    const again = install(system, [guard, netplan]);
    assert.deepEqual(again.conflicts, [{ path: guard.path, why: 'has been changed since it was installed' }]);
    const gone = uninstall(system);
    assert.deepEqual(gone.conflicts, again.conflicts);
    assert.deepEqual(system.files.get(guard.path), changed);
    assert.equal(system.files.has(netplan.path), false, 'the rest is undone');
    assert.deepEqual(
      manifestOf(system)?.files.map(({ path }) => path),
      [guard.path],
    );
    uninstall(system, true);
    assert.deepEqual(treeOf(system), before);
  });
}

test('a file that somebody deleted is put back by install; an altered one of theirs is not by uninstall', () => {
  const system = memorySystem(image);
  install(system, [guard, helper]);
  system.remove(guard.path);
  assert.deepEqual(install(system, [guard, helper]).changed, [guard.path]);
  system.remove('/etc/network/helper');
  assert.deepEqual(uninstall(system).conflicts, [
    { path: '/etc/network/helper', why: 'has been removed since it was installed' },
  ]);
  assert.equal(system.files.has('/etc/network/helper'), false);
});

test("a package's new version of an altered file is altered anew only when forced, and it is what comes back", () => {
  const system = memorySystem(image);
  install(system, [helper]);
  edit(system, '/etc/network/helper', 'version 2\n');
  assert.equal(install(system, [helper]).conflicts.length, 1);
  install(system, [helper], { force: true });
  assert.equal(system.read('/etc/network/helper'), 'version 2\n# patched\n');
  uninstall(system);
  assert.equal(system.read('/etc/network/helper'), 'version 2\n');
});

test('changed options update, and what is no longer wanted is undone', () => {
  const system = memorySystem(image);
  const before = treeOf(system);
  install(system, [guard, netplan, helper]);
  const plan = install(system, [{ ...guard, text: 'other\n' }], { command: 'install --other' });
  assert.deepEqual(
    [...plan.changed].sort(),
    ['/etc/netplan/95-failover.yaml', '/etc/network/helper', guard.path].sort(),
  );
  assert.equal(system.read(guard.path), 'other\n');
  assert.equal(system.read('/etc/network/helper'), '#!/bin/sh\necho \udcff\n');
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
});

test('a mask (a link to /dev/null) is replaced only when forced, and comes back as the link it was', () => {
  const system = memorySystem({ ...image, [guard.path]: { link: '/dev/null' } });
  const before = treeOf(system);
  assert.equal(install(system, [guard]).conflicts.length, 1);
  install(system, [guard], { force: true });
  assert.equal(system.read(guard.path), 'guard\n');
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
});

test('an altered file behind a link: the link is replaced, what it leads to is not written', () => {
  const system = memorySystem({
    '/etc/network/helper': { link: '../../usr/lib/helper' },
    '/usr/lib/helper': { text: 'shared\n', mode: 0o755 },
  });
  const before = treeOf(system);
  install(system, [helper]);
  assert.equal(system.read('/usr/lib/helper'), 'shared\n');
  assert.deepEqual(system.files.get('/etc/network/helper'), {
    kind: 'file',
    text: 'shared\n# patched\n',
    mode: 0o755,
    uid: 0,
    gid: 0,
  });
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
});

test('what is in the way of a directory or a file is a failure, not a crash', () => {
  const blocked = planInstall(memorySystem({ '/etc/systemd': 'a file' }), [guard], 'install', null, false);
  assert.deepEqual(blocked, { errno: 'ENOTDIR', path: '/etc/systemd/network/05-guard.network' });
  const occupied = memorySystem({ [guard.path]: { directory: true } });
  assert.deepEqual(planInstall(occupied, [guard], 'install', null, true), { errno: 'EISDIR', path: guard.path });
});

for (const errno of ['ENOSPC', 'EROFS', 'EACCES', 'EIO']) {
  test(`${errno} at any one of the writes leaves the tree as it was`, () => {
    const writes = /^(?:create|rename|link|remove|makeDirectory|removeDirectory|chown|chmod|symlink)$/;
    const start = () => {
      const system = memorySystem(image);
      install(system, [guard, helper]);
      return treeOf(system);
    };
    const wanted: readonly Wanted[] = [{ ...guard, text: 'updated\n' }, netplan, { ...helper }];
    let failedAt = 0;
    for (let fatal = 1; fatal < 100; fatal += 1) {
      let seen = -1;
      const system = memorySystem(image, {
        refuse: (operation) => {
          if (seen < 0 || !writes.test(operation)) return null;
          seen += 1;
          // one refusal: what comes after it (the way back) is let through
          return seen === fatal ? errno : null;
        },
      });
      install(system, [guard, helper]);
      const before = treeOf(system);
      assert.deepEqual(before, start());
      const plan = planned(planInstall(system, wanted, 'install --two', manifestOf(system), false));
      seen = 0;
      const outcome = applyPlan(system, plan);
      if (outcome === null) break;
      assert.equal(outcome.failure.errno, errno);
      if (outcome.finished === true) continue;
      failedAt += 1;
      assert.deepEqual(outcome.notRestored, []);
      assert.doesNotMatch(outcome.failure.path, /failoverctl-(?:new|old)/);
      assert.deepEqual(treeOf(system), before, `write ${fatal}`);
    }
    assert.ok(failedAt > 5, `${failedAt} failures were tried`);
  });
}

const other: Wanted = { path: '/etc/udev/rules.d/90-other.rules', text: 'other\n', mode: 0o644 };

/** Two trees: one with the directories that all systems have, one with nothing but a hostname. */
const trees: readonly (readonly [name: string, tree: Readonly<Record<string, MemoryEntry>>])[] = [
  ['an image', image],
  ['a bare tree', { '/etc/hostname': 'guest\n', '/etc/network/helper': '#!/bin/sh\n' }],
];
const readOnly = /^(?:lstat|stat|read|readlink|list)$/;

for (const [name, tree] of trees) {
  for (const [what, begin] of [
    ['install', tryToInstall],
    ['a second install, of other files', tryToInstall],
    ['uninstall', uninstallAnyhow],
  ] as const) {
    for (const [then, go] of [
      ['install and uninstall', (system: System) => (tryToInstall(system), uninstallAnyhow(system))],
      ['uninstall', uninstallAnyhow],
    ] as const) {
      test(`${what} of ${name}, killed at any call, then ${then}: the tree is as before, to the byte and the folder`, () => {
        const pristine = treeOf(memorySystem(tree));
        let kills = 0;
        for (let last = 0; ; last += 1) {
          let seen = 0;
          let armed = false;
          let killed = false;
          const system = memorySystem(tree, {
            refuse: (operation) => {
              if (!armed || readOnly.test(operation)) return null;
              seen += 1;
              killed ||= seen > last;
              return killed ? 'EIO' : null; // nothing is written any more, neither forth nor back
            },
          });
          if (what !== 'install') install(system, what === 'uninstall' ? [guard, netplan, helper] : [guard, other]);
          armed = true;
          begin(system);
          armed = false;
          if (killed) kills += 1;
          go(system);
          assert.deepEqual(treeOf(system), pristine, `killed after ${last} changing calls`);
          if (!killed) break;
        }
        assert.ok(kills > 10, `${kills} kills were tried`);
      });
    }
  }
}

function tryToInstall(system: System): void {
  const plan = planned(planInstall(system, [guard, netplan, helper], 'install', manifestOf(system), false));
  applyPlan(system, plan);
}

/** Whatever there is: a manifest, leftovers alone, or nothing. */
function uninstallAnyhow(system: System): void {
  const manifest = manifestOf(system);
  const plan = planned(manifest === null ? planClearing(system) : planUninstall(system, manifest, false));
  assert.deepEqual(plan.conflicts, []);
  applyPlan(system, plan);
}

test('files that are dropped stay known to the manifest until they are gone', () => {
  const system = memorySystem(image, {
    refuse: (operation, path) => (operation === 'rename' && path.includes('90-other') && armed ? 'EIO' : null),
  });
  let armed = false;
  install(system, [other]);
  armed = true;
  const plan = planned(planInstall(system, [guard], 'install', manifestOf(system), false));
  assert.equal(plan.manifest?.during.kind === 'file' && /90-other/.test(plan.manifest.during.text), true);
  assert.equal(plan.manifest?.to.kind === 'file' && /90-other/.test(plan.manifest.to.text), false);
  assert.deepEqual(applyPlan(system, plan)?.notRestored, []);
});

test('a full disk does not keep uninstall from making room', () => {
  let full = false;
  const system = memorySystem(image, {
    refuse: (operation, path) => {
      if (full && operation === 'remove' && path === netplan.path) full = false; // its room is free now
      return full && /^(?:create|symlink|makeDirectory)$/.test(operation) ? 'ENOSPC' : null;
    },
  });
  const before = treeOf(system);
  install(system, [guard, netplan, helper]);
  full = true;
  uninstall(system);
  assert.deepEqual(treeOf(system), before);
  install(system, [guard, netplan]);
  const calls = system.calls.length;
  uninstall(system);
  assert.doesNotMatch(system.calls.slice(calls).join('\n'), /^create /m, 'what is only to go needs no room at all');
});

test('a refused rename has changed nothing, and nothing is said to be lost', () => {
  let frozen = false;
  const system = memorySystem(image, { refuse: (operation) => (frozen && !readOnly.test(operation) ? 'EROFS' : null) });
  install(system, [guard, helper]);
  const before = treeOf(system);
  const manifest = manifestOf(system);
  assert.ok(manifest);
  frozen = true;
  const outcome = applyPlan(system, planned(planUninstall(system, manifest, false)));
  assert.equal(outcome?.failure.errno, 'EROFS');
  assert.deepEqual(outcome.notRestored, []);
  assert.deepEqual(treeOf(system), before);
});

test('any sequence of installs ends, undone, where it began', () => {
  const wish = fc
    .subarray([guard, netplan, helper] as Wanted[])
    .chain((wanted) =>
      fc.string({ maxLength: 3 }).map((text) => wanted.map((want) => ('text' in want ? { ...want, text } : want))),
    );
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 5 }), (wishes) => {
      const system = memorySystem(image);
      const before = treeOf(system);
      for (const wanted of wishes) install(system, wanted);
      if (manifestOf(system) !== null) uninstall(system);
      assert.deepEqual(treeOf(system), before);
    }),
  );
});

for (const [what, text, why] of [
  ['a mode of 2^40', JSON.stringify({ before: { kind: 'file', text: '', mode: 2 ** 40, uid: 0, gid: 0 } }), /entry/],
  ['an owner of 2^40', JSON.stringify({ before: { kind: 'file', text: '', mode: 0, uid: 2 ** 40, gid: 0 } }), /entry/],
  ['100,000 brackets', '['.repeat(100_000) + ']'.repeat(100_000), /nested/],
] as const) {
  test(`a manifest with ${what} is damaged, not a crash`, () => {
    const file = text.startsWith('[') ? text : text.replace('{', '{"path":"/etc/x","wrote":["absent"],');
    const system = memorySystem({
      [manifestPath]: `{"version":1,"command":"","directories":[],"files":[${file}]}`,
    });
    assert.match(String(readManifest(system)), why);
  });
}

test('brackets in what a manifest keeps are none of its own', () => {
  const system = memorySystem({ '/etc/network/helper': '[{"\\'.repeat(1000) });
  install(system, [helper]);
  assert.equal(manifestOf(system)?.files.length, 1);
});
