import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ifupdown } from '../../../src/managers/ifupdown/manager.ts';
import { describePlace, textAt } from '../../../src/text/source.ts';
import { file, guest, noInclude, triplePhases } from './guest.ts';
import type { ConfigFile, Decision, Judgement } from '../../../src/managers/claim.ts';

const top = '/etc/network/interfaces';

function judge(files: Readonly<Record<string, string>> | readonly ConfigFile[], version?: string): Judgement {
  const list = Array.isArray(files)
    ? (files as readonly ConfigFile[])
    : Object.entries(files).map(([path, text]) => file(path, text, 0o755));
  return ifupdown.judge(list, guest(triplePhases(), version), noInclude);
}

/** "phase link: effects", sorted by phase and link; only what wins. */
function winners({ decisions }: Judgement, phases: readonly string[] = ['boot']): readonly string[] {
  return decisions
    .filter(({ phase }) => phases.includes(phase.name))
    .map((decision) => `${phases.length > 1 ? `${decision.phase.name} ` : ''}${decision.link.name}: ${said(decision)}`);
}

function said({ winners: its }: Decision): string {
  return (
    its
      .map(
        ({ verdict, effects }) =>
          `${verdict} ${effects.map(({ kind, detail }) => kind + (detail === undefined ? '' : `=${detail}`)).join(' ')}`,
      )
      .join('; ') || 'left alone'
  );
}

const guardText = '#!/bin/sh\n[ -e "/sys/class/net/$IFACE/master" ] && exit 1\nexit 0\n';

test('auto patterns take all three links; the reason and the places say why', () => {
  const judgement = judge({
    [top]: 'auto /ens*\niface ens10 inet dhcp\niface ens10nsby inet dhcp\niface ens11 inet dhcp\n',
  });
  assert.deepEqual(winners(judgement), ['ens10: yes up dhcp4', 'ens10nsby: yes up dhcp4', 'ens11: yes up dhcp4']);
  const claim = judgement.decisions[2]?.winners[0];
  assert.ok(claim !== undefined);
  assert.equal(describePlace(claim.place), `${top}:4:1`);
  assert.deepEqual(
    claim.keys.map(({ place }) => textAt(place)),
    ['/ens*', 'ens11'],
  );
  assert.equal(claim.reason, 'ifup -a at boot brings up ens11 with "iface ens11 inet dhcp"');
});

test('a link that comes back needs allow-hotplug, and its own name in a stanza', () => {
  const phases = ['boot', 'vf-back'];
  const auto = { [top]: 'auto /ens1*=all\niface all inet dhcp\n' };
  assert.deepEqual(winners(judge(auto), phases), [
    'boot ens10: yes up dhcp4',
    'boot ens10nsby: yes up dhcp4',
    'boot ens11: yes up dhcp4',
    'vf-back ens10: yes up dhcp4',
    'vf-back ens10nsby: yes up dhcp4',
    'vf-back ens12: left alone',
  ]);
  const hotplug = { [top]: 'allow-hotplug /ens1*=all\niface all inet dhcp\niface ens12 inet manual\n' };
  assert.deepEqual(winners(judge(hotplug), ['vf-back']), [
    'ens10: left alone',
    'ens10nsby: left alone',
    'ens12: yes up',
  ]);
});

test('a guard in if-pre-up.d stops ifup for slaves once they are enslaved, but not with no-scripts', () => {
  const stanzas = 'allow-hotplug /ens*\niface ens10 inet dhcp\niface ens11 inet dhcp\n';
  const guarded = { [top]: stanzas, '/etc/network/if-pre-up.d/failover-guard': guardText };
  assert.deepEqual(winners(judge(guarded), ['boot', 'vf-unenslaved', 'vf-first']), [
    'boot ens10: yes up dhcp4',
    'boot ens10nsby: left alone',
    'boot ens11: yes unmanaged',
    'vf-unenslaved ens10: yes up dhcp4',
    'vf-unenslaved ens10nsby: left alone',
    'vf-unenslaved ens11: yes unmanaged',
    'vf-first ens11: yes up dhcp4',
  ]);
  const off = { ...guarded, [top]: `no-scripts ens1?\n${stanzas}` };
  assert.equal(winners(judge(off))[2], 'ens11: yes up dhcp4');
  // ifupdown-ng only logs that a script failed.
  assert.equal(winners(judge(guarded, '3.0.0'))[2], 'ens11: left alone');
  assert.equal(
    winners(judge({ ...guarded, [top]: 'auto ens11\niface ens11 inet dhcp\n' }, '0.12.1'))[2],
    'ens11: yes up dhcp4',
  );
  const skipped = judge({ [top]: stanzas, '/etc/network/if-pre-up.d/failover-guard.sh': guardText });
  assert.equal(winners(skipped)[2], 'ens11: yes up dhcp4');
  assert.deepEqual(
    skipped.problems.map(({ kind }) => kind),
    ['ignored'],
  );
});

const cloud = {
  [top]: 'source-directory /etc/network/interfaces.d\nsource-directory /run/network/interfaces.d\n',
  '/etc/network/cloud-interfaces-template': 'auto $INTERFACE\nallow-hotplug $INTERFACE\n\niface $INTERFACE inet dhcp\n',
  '/etc/udev/rules.d/75-cloud-ifupdown.rules':
    'SUBSYSTEM=="net", ACTION=="add", ENV{INTERFACE}=="eth*|en*", RUN+="/etc/network/cloud-ifupdown-helper"\n',
};
const helper = '#!/bin/bash\nif ifup --no-act "$INTERFACE"; then exit 0; fi\n';

test('the cloud helper makes a stanza for every link, unless it is patched', () => {
  const stock = judge({ ...cloud, '/etc/network/cloud-ifupdown-helper': helper });
  assert.deepEqual(winners(stock), ['ens10: yes up dhcp4', 'ens10nsby: yes up dhcp4', 'ens11: yes up dhcp4']);
  assert.equal(stock.facts['cloud-helper'], 'unpatched');
  const claim = stock.decisions[2]?.winners[0];
  assert.ok(claim?.place.source.origin !== undefined);
  assert.equal(textAt(claim.place.source.origin.placeOf(claim.place.span)), 'iface $INTERFACE inet dhcp');
  const patched = `#!/bin/bash\nif [ -d "/sys/class/net/\${INTERFACE}/master" ]; then exit 0; fi\n${helper}`;
  const mended = judge({ ...cloud, '/etc/network/cloud-ifupdown-helper': patched });
  assert.deepEqual(winners(mended, ['boot', 'vf-first']), [
    'boot ens10: yes up dhcp4',
    'boot ens10nsby: left alone',
    'boot ens11: left alone',
    'vf-first ens11: yes up dhcp4',
  ]);
  // A link that has a stanza is left to it, and a directory that nothing sources does nothing.
  const own = {
    ...cloud,
    '/etc/network/cloud-ifupdown-helper': helper,
    '/etc/network/interfaces.d/ens11': 'iface ens11 inet manual\n',
  };
  assert.equal(winners(judge(own))[2], 'ens11: left alone');
  assert.equal(winners(judge({ ...own, [top]: 'auto lo\n' }))[0], 'ens10: left alone');
});

test('EXCLUDE_INTERFACES holds for boot only', () => {
  const files = {
    [top]: 'auto ens10 ens11\nallow-hotplug ens11\niface ens10 inet dhcp\niface ens11 inet dhcp\n',
    '/etc/default/networking': '#EXCLUDE_INTERFACES=x\nEXCLUDE_INTERFACES="ens1*"\n',
  };
  assert.deepEqual(winners(judge(files)), ['ens10: left alone', 'ens10nsby: left alone', 'ens11: yes up dhcp4']);
});

test('effects with their details: address, MAC, MTU, route, client id, ports and VLANs', () => {
  const text = `auto ens10 bond0 br0 ens10.7 vlan9
iface ens10 inet static
  address 192.0.2.1/24
  gateway 192.0.2.254
  hwaddress ether 02:00:00:00:00:01
  mtu 9000
iface ens10 inet6 auto
  dhcp 1
iface bond0 inet dhcp
  client no
  bond-slaves ens11 ens10nsby
iface br0 inet manual
  bridge_ports all
iface ens10.7 inet manual
iface vlan9 inet manual
  vlan-raw-device ens11
`;
  assert.deepEqual(winners(judge({ [top]: text })), [
    'ens10: yes up address=192.0.2.1/24 route=192.0.2.254 mac=ether 02:00:00:00:00:01 mtu=9000; yes up ra dhcp6=1; maybe enslave=br0; yes stack=ens10.7 up',
    'ens10nsby: yes enslave=bond0; maybe enslave=br0',
    'ens11: yes enslave=bond0; maybe enslave=br0; yes stack=vlan9',
  ]);
});

test('a mapping leaves it open; without a script it fails', () => {
  const stanzas = 'iface work inet dhcp\niface play inet manual\nauto ens11\n';
  assert.equal(winners(judge({ [top]: `mapping ens*\n script x\n map work\n${stanzas}` }))[2], 'ens11: maybe up dhcp4');
  assert.equal(winners(judge({ [top]: `mapping ens*\n${stanzas}` }))[2], 'ens11: left alone');
});

test('rename: one link is renamed, two links with one name end every ifup', () => {
  const one = judge({ [top]: 'rename ens11=vf\nauto vf\niface vf inet dhcp\n' });
  assert.equal(winners(one)[2], 'ens11: yes rename=vf; yes up dhcp4');
  const text = 'rename mac/52:54:*=net0\nauto net0\niface net0 inet dhcp\n';
  assert.deepEqual(winners(judge({ [top]: text })), [
    'ens10: yes rename=net0',
    'ens10nsby: yes rename=net0',
    'ens11: yes rename=net0',
  ]);
});

test('a fault in the top file voids all; in a sourced one what follows it', () => {
  const broken = judge({ [top]: 'auto ens10\niface ens10 inet dhcp\niface ens11\n' });
  assert.deepEqual(winners(broken), ['ens10: left alone', 'ens10nsby: left alone', 'ens11: left alone']);
  assert.match(broken.problems[0]?.consequence ?? '', /refuse the whole configuration/);
  assert.match(broken.decisions[0]?.losers[0]?.why ?? '', /syntax error/);
  const sourced = judge({
    [top]: 'source interfaces.d/*\nauto ens10 ens11\n',
    '/etc/network/interfaces.d/x': 'iface ens10 inet dhcp\nnonsense\niface ens11 inet dhcp\n',
  });
  assert.deepEqual(winners(sourced), ['ens10: yes up dhcp4', 'ens10nsby: left alone', 'ens11: left alone']);
  assert.deepEqual(
    sourced.problems.map(({ kind, place }) => `${kind} ${describePlace(place)}`),
    ['syntax /etc/network/interfaces.d/x:2:1', `bad-value ${top}:2:12`],
  );
});

test('what is taken without a word is a problem: comments, missing and repeated options, unread files', () => {
  const text = `source-directory interfaces.d
auto ens10 # main
iface ens10 inet static
  address 192.0.2.1/24 # ours
  address 192.0.2.2/24
iface ens11 inet static
auto master/*=x
`;
  const { problems, unread } = judge({ [top]: text, '/etc/network/interfaces.d/x.cfg': 'auto y\n' });
  assert.deepEqual(problems.map(({ kind, place }) => `${kind} ${textAt(place)}`).sort(), [
    'bad-value 192.0.2.2/24',
    'bad-value iface ens11 inet static',
    'bad-value main',
    'bad-value master/*=x',
    'trailing-comment #',
    'trailing-comment # ours',
  ]);
  assert.deepEqual(
    unread.map(({ file: { path }, why }) => `${path}: ${why}`),
    [
      '/etc/network/interfaces.d/x.cfg: source-directory takes only names of letters, digits, "_" and "-", which "x.cfg" is not',
    ],
  );
});

test('what install writes: the guard on slaves, and the master brought up by its service', () => {
  const hook = (name: string) => readFileSync(`hooks/ifupdown/${name}`, 'utf8');
  const installed = judge({
    [top]: 'source /etc/network/interfaces.d/*\nallow-hotplug ens11\niface ens11 inet dhcp\n',
    '/etc/network/interfaces.d/failover': 'iface net-failover inet dhcp\n',
    '/etc/network/if-pre-up.d/net-failover': hook('net-failover'),
    '/etc/udev/rules.d/93-net-failover-ifup.rules': hook('93-net-failover-ifup.rules'),
    '/etc/systemd/system/net-failover-ifup@.service': hook('net-failover-ifup@.service'),
  });
  assert.equal(installed.facts['guard'], '/etc/network/if-pre-up.d/net-failover');
  assert.deepEqual(winners(installed), ['ens10: yes up dhcp4', 'ens10nsby: left alone', 'ens11: yes unmanaged']);
  assert.deepEqual(installed.problems, []);
});

test('a stanza named like a pattern is a literal name, and so brings up nothing', () => {
  const messages = (text: string) => judge({ [top]: text }).problems.map(({ message }) => message);
  assert.match(messages('auto /en*\niface /en* inet dhcp\n')[0] ?? '', /^"iface \/en\*" is no pattern but a name/);
  assert.deepEqual(messages('auto /en*=lan\niface lan inet dhcp\n'), []);
  assert.deepEqual(messages('auto ens10=/en*\niface /en* inet dhcp\n'), []);
});
