/**
 * What cloud-init's sysconfig renderer writes, in RHEL's words and in SUSE's: asked of 22.4 here, 25.1 and 26.2 (the trees of
 * test/setup-oracles.mjs). Compared is every key that decides about links.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lowerConfig } from '../../../src/managers/cloud-init/manager.ts';
import { parseAssignmentLines, unquoteAssignment } from '../../../src/text/shell-assignments.ts';
import { describePlace } from '../../../src/text/source.ts';
import { parseYamlTree, valueOf } from '../../../src/text/yaml-tree.ts';
import { link } from '../ifupdown/guest.ts';
import {
  askCloudInit,
  askCloudInitIn,
  findCloudInit,
  whyNoCloudInit,
  type Case,
  type CloudInitAnswer,
} from './oracle.ts';
import { networkConfig, seenMacs } from './random.ts';

const runs = Number(process.env['FAILOVERCTL_RUNS'] ?? 60);
const renderers = ['sysconfig', 'sysconfig-suse'] as const;
const links = Object.entries(seenMacs).map(([mac, name]) => link(name, { mac }));

function lower(text: string, renderer: Case['renderer'], version: string) {
  const { root } = parseYamlTree({ path: 'network-config', text });
  const config = valueOf(root, 'network') ?? root;
  return config?.kind === 'map' ? lowerConfig(config, renderer, links, version) : [];
}

/** Keys of routes, name servers, bonds' options and metrics decide about no link. */
const other =
  /^(?:DNS\d|DOMAIN|DEFROUTE|DHCLIENT_SET_DEFAULT_ROUTE|BONDING_(?:MODULE_)?OPTS|IPV[46]_ROUTE_METRIC|METRIC|DHCPV6C_OPTIONS|STP|BRIDGE_STP)$/;

function facts(files: readonly (readonly [path: string, text: string])[]): readonly string[] {
  return files
    .flatMap(([path, text]) => {
      if (path.endsWith('.rules')) return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      if (!path.includes('/ifcfg-')) return [];
      return parseAssignmentLines({ path, text })
        .assignments.filter(({ key }) => !other.test(key))
        .map(({ key, raw }) => `${path} ${key}=${unquoteAssignment(raw) ?? ''}`);
    })
    .sort();
}

/** Two definitions of one name, or one called as another's id: later versions mix them up, which nobody wants to rely on. */
function isTangled(text: string): boolean {
  const names = [...text.matchAll(/"set-name": "(\w+)"/g)].map(([, name]) => name);
  const macs = [...text.matchAll(/"macaddress": "(.*)"/g)].map(([, mac]) => mac);
  const found = macs.flatMap((mac) => seenMacs[mac ?? ''] ?? []);
  if (macs.length > new Set(macs).size || found.some((name) => new RegExp(`"${name}": \\{`).test(text))) return true;
  return new Set(names).size < names.length || names.some((name) => new RegExp(`"${name}": \\{`).test(text));
}

function compare(version: string, ask: (cases: readonly Case[]) => readonly CloudInitAnswer[]): number {
  const texts = fc.sample(networkConfig, { numRuns: runs, seed: 181 }).filter((text) => !isTangled(text));
  const cases = texts.flatMap((text) => renderers.map((renderer): Case => ({ text, renderer, macs: seenMacs })));
  let written = 0;
  for (const [index, answer] of ask(cases).entries()) {
    const { text = '', renderer = 'sysconfig' } = cases[index] ?? {};
    const ours = facts(lower(text, renderer, version).map(({ path, source }) => [path, source.text] as const));
    const theirs = 'error' in answer ? [] : facts(Object.entries(answer.files));
    const error = 'error' in answer ? answer.error : '';
    assert.deepEqual(ours, theirs, `${version} ${renderer} ${error}\n${text}`);
    written += theirs.length > 0 ? 1 : 0;
  }
  return written;
}

const here = whyNoCloudInit();
test(
  '22.4 writes what we lower',
  { skip: here !== null && process.env['CI'] !== 'true' ? `skipped: ${here}` : false },
  () => {
    assert.equal(here, null);
    assert.ok(compare('22.4', askCloudInit) > runs / 2);
  },
);

for (const [name, version] of [
  ['trixie', '25.1'],
  ['sid-network', '26.2'],
] as const) {
  const root = findCloudInit(name);
  const skip =
    root === null ? `skipped: no cloud-init in the tree ${name}, or no chroot (node test/setup-oracles.mjs)` : false;
  test(`${version} writes what we lower`, { skip }, () => {
    assert.ok(compare(version, (cases) => askCloudInitIn(root ?? '', cases)) > runs / 2);
  });
}

test('NM_CONTROLLED=no is 22.4’s, and each key has its place in the YAML', () => {
  const text =
    'version: 1\nconfig:\n- type: physical\n  name: ens10\n  mac_address: 52:54:00:00:12:53\n  subnets: [{type: dhcp}]\n';
  const lines = (version: string) =>
    lower(text, 'sysconfig', version).flatMap(({ path, source }) =>
      path.includes('ifcfg-') ? parseAssignmentLines(source).assignments.map(({ key, raw }) => `${key}=${raw}`) : [],
    );
  const common = ['BOOTPROTO=dhcp', 'DEVICE=ens10', 'HWADDR=52:54:00:00:12:53'];
  const rest = ['ONBOOT=yes', 'TYPE=Ethernet', 'USERCTL=no'];
  assert.deepEqual(lines('22.4'), [...common, 'NM_CONTROLLED=no', ...rest]);
  assert.deepEqual(lines('25.1'), [...common, ...rest]);
  const [file] = lower(text, 'sysconfig', '22.4');
  const at = file?.source.text.indexOf('HWADDR') ?? -1;
  const place = file?.source.origin?.placeOf({ start: at, end: at + 1 });
  assert.equal(place && describePlace(place), 'network-config:5:16');
});
