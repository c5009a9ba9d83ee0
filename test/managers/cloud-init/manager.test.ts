import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cloudInit } from '../../../src/managers/cloud-init/manager.ts';
import { describePlace, textAt } from '../../../src/text/source.ts';
import { file, guest, mac, noInclude, triplePhases } from '../ifupdown/guest.ts';
import type { Guest } from '../../../src/topology/guest.ts';

const seed = '/var/lib/cloud/seed/nocloud/network-config';
const base = guest(triplePhases());
const withNetplan: Guest = { ...base, host: { ...base.host, netplanVersion: '1.1.2' } };

function files(texts: Readonly<Record<string, string>>) {
  return Object.entries(texts).map(([path, text]) => file(path, text));
}

function lowerTo(texts: Readonly<Record<string, string>>, to: Guest = base) {
  return cloudInit.lower?.(files(texts), to, noInclude) ?? [];
}

const physical = `version: 1\nconfig:\n  - type: physical\n    name: net0\n    mac_address: "${mac}"\n    subnets: [{type: dhcp}]\n`;

test('the renderer is the first whose tools are there, or what cloud.cfg says', () => {
  const paths = (texts: Readonly<Record<string, string>>, to: Guest) => lowerTo(texts, to).map(({ path }) => path);
  const eni = ['/etc/network/interfaces.d/50-cloud-init', '/etc/udev/rules.d/70-persistent-net.rules'];
  assert.deepEqual(paths({ [seed]: physical }, base), eni);
  assert.deepEqual(paths({ [seed]: physical }, withNetplan), ['/etc/netplan/50-cloud-init.yaml']);
  const own = 'system_info: {network: {renderers: [networkd, eni]}}\n';
  const networkd: Guest = { ...withNetplan, host: { ...withNetplan.host, systemdVersion: 252 } };
  assert.deepEqual(paths({ [seed]: physical, '/etc/cloud/cloud.cfg': own }, networkd), [
    '/etc/systemd/network/10-cloud-init-net0.network',
  ]);
});

test('what is lowered points back to its line', () => {
  const [rules] = lowerTo({ [seed]: physical }).slice(1);
  assert.ok(rules?.source.origin !== undefined);
  const start = rules.source.text.indexOf(mac);
  const place = rules.source.origin.placeOf({ start, end: start + mac.length });
  assert.equal(describePlace(place), `${seed}:5:18`);
  assert.equal(textAt(place), `"${mac}"`);
});

test('system configuration comes before the datasource, fragments are merged, and one can disable it all', () => {
  const fromOf = (texts: Readonly<Record<string, string>>, to = base) =>
    cloudInit.judge(files(texts), to, noInclude).facts;
  assert.equal(fromOf({ [seed]: physical })['from'], 'datasource');
  const system = {
    [seed]: physical,
    '/etc/cloud/cloud.cfg.d/50-net.cfg': `network:\n  ${physical.replaceAll('\n', '\n  ')}`,
  };
  assert.equal(fromOf(system)['from'], 'system');
  const off = { ...system, '/etc/cloud/cloud.cfg.d/99-off.cfg': 'network: {config: disabled}\n' };
  assert.equal(
    fromOf(off)['disabled'],
    '"config: disabled" in /etc/cloud/cloud.cfg.d/99-off.cfg',
    'the file that says so',
  );
  assert.deepEqual(lowerTo(off), []);
  const cmdline: Guest = { ...base, host: { ...base.host, kernelCommandLine: 'quiet network-config=disabled' } };
  assert.match(fromOf(system, cmdline)['disabled'] ?? '', /kernel command line/);
  assert.match(fromOf({ ...system, '/var/lib/cloud/data/upgraded-network': '' })['disabled'] ?? '', /upgraded-network/);
});

test('user data does not configure the network', () => {
  const path = '/var/lib/cloud/seed/nocloud/user-data';
  const judgement = cloudInit.judge(files({ [path]: '#cloud-config\nnetwork:\n  version: 2\n' }), base, noInclude);
  assert.deepEqual(
    judgement.problems.map(({ kind, place }) => `${kind} ${describePlace(place)}`),
    [`ignored ${path}:2:1`],
  );
  assert.deepEqual(
    judgement.unread.map((one) => one.file.path),
    [path],
  );
});

test('cloud-init renames the master alone, by its parent driver; before enslavement it finds the MAC twice', () => {
  const says = (text: string) =>
    cloudInit
      .judge(files({ [seed]: text }), base, noInclude)
      .decisions.filter(({ winners }) => winners.length > 0)
      .map(
        ({ phase, link, winners }) =>
          `${phase.name} ${link.name} ${winners[0]?.verdict} ${winners[0]?.effects[0]?.detail}`,
      );
  assert.deepEqual(says(physical), [
    'boot ens10 yes net0',
    'vf-absent ens10 yes net0',
    'vf-back ens10 yes net0',
    'vf-unenslaved ens10 maybe net0',
    'vf-first ens11 yes net0',
  ]);
  assert.deepEqual(says(`${physical}    params: {driver: net_failover}\n`), []);
});

test('errors that end the rendering are problems, and nothing is lowered', () => {
  const problemsOf = (text: string) =>
    cloudInit.judge(files({ [seed]: text }), base, noInclude).problems.map(({ kind }) => kind);
  for (const text of [
    'version: 3\n',
    'config: []\n',
    'version: 1\n',
    'version: 1\nconfig: [{type: wifi}]\n',
    'version: 2\nethernet: {}\n',
    'a: [\n',
  ]) {
    assert.equal(problemsOf(text).length > 0, true, text);
    assert.deepEqual(lowerTo({ [seed]: text }), [], text);
  }
  assert.deepEqual(problemsOf('version: 1\nconfig: [{type: vlan, name: x}]\n'), ['bad-value']);
});

test('hostile files neither throw nor hang', () => {
  const bomb = `a0: &a0 [x]\n${Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`).join('\n')}\nversion: 2\n`;
  const deep = `${'['.repeat(20_000)}\n`;
  const wide = `version: 2\nethernets:\n${Array.from({ length: 3000 }, (_, index) => `  e${index}: {match: {macaddress: "${mac}"}, set-name: n${index}}`).join('\n')}\n`;
  for (const text of [bomb, deep, wide]) {
    for (const act of [
      () => cloudInit.judge(files({ [seed]: text }), base, noInclude),
      () => lowerTo({ [seed]: text }),
    ]) {
      // three thousand definitions are more than a file has: it must end
      assert.doesNotThrow(act, text.slice(0, 30));
    }
  }
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'version: 12\n-[]{}&*!|>"\'#,?%@ethernsconfig'), maxLength: 200 }),
      (text) => {
        cloudInit.judge(files({ [seed]: text }), base, noInclude);
        lowerTo({ [seed]: text });
      },
    ),
  );
});
