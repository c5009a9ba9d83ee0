import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeNetworkManager } from '../../../src/managers/networkmanager/manager.ts';
import { file, guest, triplePhases } from '../ifupdown/guest.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';

const conf = (text: string, name = '50-a') => file(`/etc/NetworkManager/conf.d/${name}.conf`, text);
const profile = (text: string, name = 'a'): ConfigFile => ({
  ...file(`/etc/NetworkManager/system-connections/${name}.nmconnection`, text),
  mode: 0o600,
});
const lan = '[connection]\nid=lan\ntype=ethernet\ninterface-name=ens10\n';

/** What the master gets at boot: "mac=stable mtu=1400". */
function told(files: readonly ConfigFile[], kinds: readonly string[] = ['mac', 'mtu']): string {
  const { decisions } = judgeNetworkManager(files, guest(triplePhases(), undefined), { include: () => [] });
  const boot = decisions.find(({ link, phase }) => phase.name === 'boot' && link.name === 'ens10');
  const effects = (boot?.winners ?? []).flatMap((winner) => winner.effects);
  return effects
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, detail }) => `${kind}=${detail ?? ''}`)
    .join(' ');
}

test('a default of NetworkManager.conf holds for profiles that leave it open, and for connections of its own making', () => {
  const stable = conf('[connection]\nethernet.cloned-mac-address=stable\n');
  assert.equal(told([stable, profile(lan)]), 'mac=stable');
  assert.equal(told([stable]), 'mac=stable');
  assert.equal(told([stable, profile(`${lan}[ethernet]\ncloned-mac-address=preserve\n`)]), '');
  assert.equal(told([conf('[connection]\nethernet.cloned-mac-address=permanent\n'), profile(lan)]), '');
  assert.equal(told([conf('[connection]\nethernet.cloned-mac-address=lots\n'), profile(lan)]), '');
  assert.equal(told([conf('[connection]\nethernet.mtu=1400\n'), profile(lan)]), 'mtu=1400');
});

test('the first section that tells the device and has the key counts; stop-match ends the search', () => {
  const one = '[connection-a]\nmatch-device=interface-name:ens10\nethernet.cloned-mac-address=random\n';
  const all = '[connection]\nethernet.cloned-mac-address=stable\n';
  assert.equal(told([conf(`${all}\n${one}`), profile(lan)]), 'mac=random');
  assert.equal(told([conf(`${one.replace('ens10', 'ens77')}\n${all}`), profile(lan)]), 'mac=stable');
  const stop = '[connection-a]\nmatch-device=interface-name:ens10\nstop-match=1\n';
  assert.equal(told([conf(`${stop}\n${all}`), profile(lan)]), '');
});

test('what stands on a link by its name or by the UUID of its profile is told of the link', () => {
  const uuid = '11111111-2222-3333-4444-555555555555';
  const vlan = (parent: string) =>
    profile(`[connection]\nid=v7\ntype=vlan\ninterface-name=v7\n[vlan]\nid=7\nparent=${parent}\n`, 'v7');
  assert.equal(told([vlan('ens10')], ['stack']), 'stack=v7');
  assert.equal(told([vlan(uuid), profile(`${lan}uuid=${uuid}\n`)], ['stack']), 'stack=v7');
  assert.equal(told([vlan('ens77')], ['stack']), '');
});
