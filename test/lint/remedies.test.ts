/**
 * What a rule advises is right for a guest of either kind, whatever manager the example is of: its good examples lint clean, bring
 * the master up and no slave, its fixes take away what it found and bring nothing else, and its help names the driver of that kind.
 * A guest with an ordinary NIC alone is no worse for either.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFixes } from '../../src/findings/apply-fixes.ts';
import type { Finding } from '../../src/findings/finding.ts';
import type { Example } from '../../src/findings/rule.ts';
import { describeFinding } from '../../src/findings/settle.ts';
import { lintConfiguration } from '../../src/lint/lint.ts';
import { rules } from '../../src/lint/rules/all.ts';
import type { Assumption } from '../../src/topology/guest-assumed.ts';
import { viewExample } from './example.ts';
import { isSlave } from '../../src/lint/slave-claims.ts';
import { configuresLinks } from '../../src/managers/all.ts';
import type { EffectKind } from '../../src/managers/claim.ts';

const kinds: readonly { readonly guest: Assumption; readonly foreign: RegExp }[] = [
  { guest: { kind: 'net_failover', groups: 1 }, foreign: /hv_netvsc(?! net_failover)(?<!net_failover hv_netvsc)/ },
  { guest: { kind: 'netvsc' }, foreign: /net_failover(?! hv_netvsc)(?<!hv_netvsc net_failover)/ },
];

/** The same configuration, where the links have that guest's names. */
function on({ kind }: Assumption, example: Example): Example {
  if (kind === 'net_failover') return example;
  const rename = (text: string) => text.replaceAll(/\benp1s0(?!nsby)\b/g, 'eth0').replaceAll(/\benp2s0\b/g, 'enP1s1');
  const files = Object.entries(example.files).map(([path, file]): [string, Example['files'][string]] => [
    rename(path),
    typeof file === 'string' ? rename(file) : { ...file, text: rename(file.text) },
  ]);
  return { ...example, files: Object.fromEntries(files) };
}

/** Masters, and NICs of no group, that some file tells its manager to leave alone. */
async function abandoned(example: Example, guest: Assumption | 'ordinary'): Promise<readonly string[]> {
  const { decisions } = await viewExample(example, guest);
  return decisions.flatMap(({ link, winners }) =>
    isSlave(link)
      ? []
      : winners
          .filter(({ verdict, effects }) => verdict === 'yes' && effects.some(({ kind }) => kind === 'unmanaged'))
          .map(({ place }) => `${link.name} by ${place.source.path}`),
  );
}

const bringing = new Set<EffectKind>(['up', 'address', 'dhcp4', 'dhcp6', 'ra', 'enslave', 'stack', 'command']);
const harming = new Set<EffectKind>(['address', 'route', 'dhcp4', 'dhcp6', 'ra', 'enslave', 'stack', 'down']);

/** Links that some manager does one of these things to: masters and ordinary NICs at boot, or slaves at any time. */
async function taken(example: Example, guest: Assumption | 'ordinary', what: 'brought up' | 'harmed') {
  const { decisions } = await viewExample(example, guest);
  const wanted = what === 'harmed' ? harming : bringing;
  const names = decisions
    .filter(({ manager, link, phase }) =>
      what === 'harmed' ? isSlave(link) && configuresLinks(manager) : !isSlave(link) && phase.name === 'boot',
    )
    .filter(({ winners }) =>
      winners.some(
        ({ verdict, effects }) =>
          verdict === 'yes' &&
          effects.some(({ kind }) => wanted.has(kind)) &&
          effects.every(({ kind }) => kind !== 'unmanaged'),
      ),
    )
    // a fix may give a link another name
    .map(({ link }) => link.role);
  return [...new Set(names)];
}

/** What the fix of a guest with a master does to a guest without one is no worse than what was there. */
async function assertSpared(before: Example, after: Example, guest: Assumption | 'ordinary'): Promise<void> {
  const up = await taken(after, guest, 'brought up');
  const lost = (await taken(before, guest, 'brought up')).filter((name) => !up.includes(name));
  assert.deepEqual(lost, [], `no fix takes its configuration from it: ${JSON.stringify(after.files)}`);
}

function fixed(example: Example, finding: Finding): Example {
  const { files } = applyFixes([finding], true);
  const texts = files.map(({ path, after, mode }): [string, Example['files'][string]] => {
    const old = example.files[path];
    const kept = typeof old === 'object' ? old.mode : undefined;
    return [path, { text: after, mode: mode ?? kept ?? 0o644 }];
  });
  return { ...example, files: { ...example.files, ...Object.fromEntries(texts) } };
}

for (const { guest, foreign } of kinds)
  for (const rule of rules) {
    test(`${rule.id} ${rule.name}, ${guest.kind}: good examples lint clean and abandon no master`, async () => {
      for (const example of rule.good.map((one) => on(guest, one))) {
        assert.deepEqual(lintConfiguration(await viewExample(example, guest)).map(describeFinding), []);
        assert.deepEqual(await abandoned(example, guest), []);
        assert.deepEqual(await taken(example, guest, 'harmed'), []);
      }
      for (const example of rule.good) {
        // a file for a master of either kind has it brought up on both
        const isBrought = (await taken(example, { kind: 'net_failover', groups: 1 }, 'brought up')).length > 0;
        if (isBrought) assert.notDeepEqual(await taken(on(guest, example), guest, 'brought up'), []);
        const found = lintConfiguration(await viewExample(example, 'ordinary'));
        // a comment that suppresses a finding of slaves suppresses nothing there
        assert.deepEqual(found.filter((one) => one.rule !== 'FO901').map(describeFinding), []);
        assert.deepEqual(await abandoned(example, 'ordinary'), []);
      }
    });
    test(`${rule.id} ${rule.name}, ${guest.kind}: fixes and help of bad examples are right there`, async () => {
      for (const example of rule.bad.map((one) => on(guest, one))) {
        const findings = lintConfiguration(await viewExample(example, guest));
        const ids = new Set(findings.map((finding) => finding.rule));
        for (const finding of findings) {
          // what stands in quotes is what the user wrote
          const said = `${finding.help ?? ''} ${finding.fix?.description ?? ''}`.replaceAll(/'[^']*'/g, '');
          assert.doesNotMatch(said, foreign, `${finding.rule}: ${finding.message}`);
          if (finding.fix === null || finding.fix === undefined) continue;
          const after = fixed(example, finding);
          const left = lintConfiguration(await viewExample(after, guest));
          const same = left.filter((one) => one.rule === finding.rule && one.message === finding.message);
          assert.deepEqual(same.map(describeFinding), [], JSON.stringify(after.files));
          const come = left.filter((one) => !ids.has(one.rule));
          assert.deepEqual(come.map(describeFinding), [], JSON.stringify(after.files));
          const before = await abandoned(example, guest);
          const more = (await abandoned(after, guest)).filter((one) => !before.includes(one));
          assert.deepEqual(more, [], 'no fix abandons a master');
          await assertSpared(example, after, guest);
          if (finding.fix.safe) await assertSpared(example, after, 'ordinary');
        }
      }
    });
  }

/** One mistake of each kind, in the words of each manager: its help speaks that manager's language, and its fix is right there. */
const profile = (text: string): Example['files'][string] => ({
  text: `[connection]\nid=a\ntype=ethernet\n${text}`,
  mode: 0o600,
});
const keyfile = '/etc/NetworkManager/system-connections/a.nmconnection';
const network = '/etc/systemd/network/20-a.network';
const plan = (device: string): Example['files'] => ({
  '/etc/netplan/50-a.yaml': { text: `network:\n  version: 2\n  ethernets:\n    a:\n${device}`, mode: 0o600 },
});
const auto = '\n[ipv4]\nmethod=auto\n';
const manual = '\n[ipv4]\nmethod=manual\naddress1=192.0.2.5/24\n';
const mac = '52:54:00:00:12:53';

interface Mistakes {
  /** What its own files can hold none of. */
  readonly unknown: RegExp;
  readonly files: readonly Example['files'][];
}

const mistakes: Readonly<Record<string, Mistakes>> = {
  networkd: {
    unknown: /interface-name|match-device|unmanaged-devices|set-name|DEVICE=|macaddress/,
    files: [
      { [network]: '[Match]\nName=en* eth*\n\n[Network]\nDHCP=yes\n' },
      { [network]: `[Match]\nMACAddress=${mac}\n\n[Network]\nDHCP=yes\n` },
      { [network]: '[Match]\nDriver=virtio_net\n\n[Network]\nDHCP=yes\n' },
      { [network]: '[Match]\nName=enp2s0\n\n[Network]\nAddress=192.0.2.5/24\n' },
      { [network]: '[Match]\nName=enp1s0nsby\n\n[Network]\nBridge=br0\n' },
      { [network]: '[Match]\nType=ether\n\n[Link]\nUnmanaged=yes\n' },
    ],
  },
  netplan: {
    unknown: /interface-name|match-device|unmanaged-devices|DEVICE=|\[Match\]/,
    files: [
      plan('      match: {name: "en*"}\n      dhcp4: true\n'),
      plan(`      match: {macaddress: "${mac}"}\n      set-name: lan0\n      dhcp4: true\n`),
      plan('      match: {driver: virtio_net}\n      dhcp4: true\n'),
      plan('      match: {name: enp2s0}\n      addresses: [192.0.2.5/24]\n'),
    ],
  },
  networkmanager: {
    // its driver is the parent's: no master is told by it
    unknown: /Driver=|\bdriver:? ?net_failover|set-name|DEVICE=|macaddress/,
    files: [
      { [keyfile]: profile(auto) },
      { [keyfile]: profile(`interface-name=enp2s0\n${manual}`) },
      { [keyfile]: profile(`\n[ethernet]\nmac-address=${mac}\n${auto}`) },
      { [keyfile]: profile(`\n[match]\ndriver=net_failover;\n${auto}`) },
      { [keyfile]: profile(`\n[match]\ninterface-name=en*;eth*;\n${auto}`) },
    ],
  },
  ifupdown: {
    unknown: /Driver=|interface-name|match-device|set-name|DEVICE=|macaddress/,
    files: [
      { '/etc/network/interfaces': 'auto enp2s0\niface enp2s0 inet dhcp\n' },
      { '/etc/network/interfaces': 'auto enp1s0nsby\niface enp1s0nsby inet static\n  address 192.0.2.5/24\n' },
      { '/etc/network/interfaces': 'allow-hotplug /en*\niface enp2s0 inet dhcp\n' },
      { '/etc/network/interfaces': `auto mac/${mac}=a\niface a inet dhcp\n` },
    ],
  },
};

for (const { guest, foreign } of kinds)
  for (const [manager, { unknown, files: table }] of Object.entries(mistakes))
    // NetworkManager, which takes every link, is not one of those that an example of a whole system has
    for (const complete of manager === 'networkmanager' ? [false] : [true, false])
      test(`${manager}, ${guest.kind}, ${complete ? 'a system' : 'a file'}: help and fixes of each mistake`, async () => {
        let found = 0;
        for (const example of table.map((files) => on(guest, complete ? { files, complete } : { files }))) {
          const findings = lintConfiguration(await viewExample(example, guest));
          const ids = new Set(findings.map((finding) => finding.rule));
          const before = await abandoned(example, guest);
          for (const finding of findings) {
            found += 1;
            const said = `${finding.help ?? ''} ${finding.fix?.description ?? ''}`;
            assert.doesNotMatch(said.replaceAll(/'[^']*'/g, ''), foreign, `${finding.rule}: ${finding.message}`);
            assert.doesNotMatch(said, unknown, `${finding.rule} of ${JSON.stringify(example.files)}`);
            if (finding.fix === null || finding.fix === undefined) continue;
            const after = fixed(example, finding);
            const left = lintConfiguration(await viewExample(after, guest));
            const same = left.filter((one) => one.rule === finding.rule && one.message === finding.message);
            // advice about the master that is configured now
            const come = left.filter((one) => !ids.has(one.rule) && one.severity !== 'info');
            assert.deepEqual([...same, ...come].map(describeFinding), [], JSON.stringify(after.files));
            const more = (await abandoned(after, guest)).filter((one) => !before.includes(one));
            assert.deepEqual(more, [], 'no fix abandons a master');
            await assertSpared(example, after, guest);
          }
        }
        assert.ok(found > 0);
      });
