import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../../src/main.ts';
import { renderIfcfg, rendering } from '../../../src/managers/ifcfg/render.ts';
import type { MasterConfig } from '../../../src/managers/master-config.ts';
import { memorySystem } from '../../../src/system/memory.ts';
import { effectsBy, judgeFiles } from './judge.ts';
import { assumedGuest } from '../guest.ts';

const config: MasterConfig = {
  masters: [{ kind: 'net_failover', name: 'ens10', mac: '52:54:00:00:12:53' }],
  dhcp4: true,
  dhcp6: false,
  acceptRa: true,
  addresses: [],
  gateways: [],
  dns: [],
  mtu: null,
  metric: null,
  command: 'failoverctl generate ifcfg',
};
const quiet = { '/etc/NetworkManager/conf.d/10-server.conf': '[main]\nno-auto-default=*\n' };

function judge(changes: Partial<MasterConfig>): readonly string[] {
  const files = renderIfcfg({ ...config, ...changes }).map(({ path, text }) => [path, text] as const);
  const all = { ...quiet, ...Object.fromEntries(files) };
  assert.deepEqual(judgeFiles(all, assumedGuest(252)).problems, []);
  const effects = effectsBy(all);
  assert.deepEqual(Object.keys(effects), ['ens10'], 'no slave takes it');
  return effects['ens10'] ?? [];
}

test('what is written is what NetworkManager takes from it, on the master alone', () => {
  assert.deepEqual(judge({}), ['yes up, dhcp4, ra']);
  assert.deepEqual(judge({ acceptRa: false }), ['yes up, dhcp4']);
  assert.deepEqual(judge({ acceptRa: false, dhcp6: true }), ['yes up, dhcp4, dhcp6']);
  const addresses = ['192.0.2.5/24', '192.0.2.6/25', '2001:db8::5/64', '2001:db8::6/64'];
  const gateways = ['192.0.2.1', '2001:db8::1'];
  assert.deepEqual(
    judge({ dhcp4: false, acceptRa: false, addresses, gateways, dns: ['192.0.2.53'], mtu: 1400, metric: 50 }),
    [`yes up, ${addresses.map((one) => `address ${one}`).join(', ')}, mtu 1400`],
  );
});

test('without a name there is nothing to match by', () => {
  const choices = { netplanRenderer: 'networkd' } as const;
  assert.match(rendering.refuse?.({ ...config, masters: null }, choices) ?? '', /run it in the guest/);
  assert.equal(rendering.refuse?.(config, choices), null);
});

test('generate and doctor know it', async () => {
  const scripts = memorySystem({
    '/mnt/etc/rc.d/init.d/network': '',
    '/mnt/usr/sbin/ifup': '',
    '/mnt/etc/sysconfig/network-scripts/ifcfg-ens11': 'DEVICE=ens11\n',
  });
  await main(['doctor', '--root', '/mnt'], scripts);
  assert.match(scripts.stdout, /ifcfg.*not guarded/);
  assert.match(scripts.stdout, /say ONBOOT=no in it/);
});
