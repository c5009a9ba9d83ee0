import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDhcpcdConfig } from '../../../src/managers/dhcpcd/parse.ts';
import { rendering } from '../../../src/managers/dhcpcd/render.ts';
import type { MasterConfig } from '../../../src/managers/master-config.ts';
import { configFile } from '../config-file.ts';
import { dhcp } from '../master-configs.ts';

const choices = { netplanRenderer: 'networkd' } as const;
const none = () => rendering;

function linesOf(config: MasterConfig): readonly string[] {
  const file = rendering.render(config, choices, none).find(({ path }) => path === '/etc/dhcpcd-failover.conf');
  const { blocks, global, problems } = parseDhcpcdConfig(configFile('/etc/dhcpcd-failover.conf', file?.text ?? ''));
  assert.deepEqual([global, problems], [[], []]);
  return blocks.flatMap(({ name, lines }) =>
    [name].concat(lines.map(({ option, value }) => `${option} ${value}`.trim())),
  );
}

test('a block for the master says all that was asked for, and that the rest is off', () => {
  assert.deepEqual(linesOf(dhcp).slice(1), ['dhcp', 'clientid', 'ipv6', 'noipv6rs', 'nodhcp6']);
  const fixed = {
    ...dhcp,
    dhcp4: false,
    acceptRa: true,
    addresses: ['192.0.2.5/24', '2001:db8::5/64'],
    gateways: ['192.0.2.1'],
    dns: ['192.0.2.1'],
    metric: 7,
  };
  assert.equal(rendering.refuse?.(fixed, choices), null);
  assert.deepEqual(linesOf(fixed).slice(1), [
    'nodhcp',
    'noipv4ll',
    'static ip_address=192.0.2.5/24',
    'static routers=192.0.2.1',
    'ipv6',
    'ipv6rs',
    'nodhcp6',
    'static ip6_address=2001:db8::5/64',
    'static domain_name_servers=192.0.2.1',
    'metric 7',
  ]);
});

test("any guest's master has no block", () => {
  const generic = { ...dhcp, masters: null };
  assert.equal(rendering.refuse?.(generic, choices), null);
  assert.deepEqual(linesOf(generic), []);
});

test('what it has no words for is refused', () => {
  const refused = (config: MasterConfig) => rendering.refuse?.(config, choices) ?? '';
  assert.match(refused({ ...dhcp, mtu: 1400 }), /MTU/);
  assert.match(refused({ ...dhcp, gateways: ['fe80::1'] }), /router advertisements/);
  assert.match(refused({ ...dhcp, addresses: ['192.0.2.5/24'] }), /one of them/);
  assert.match(refused({ ...dhcp, dhcp4: false, addresses: ['192.0.2.5/24', '192.0.2.6/24'] }), /one static address/);
  assert.match(refused({ ...dhcp, masters: null, metric: 7 }), /by their names/);
});
