import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigFile, Decision, Effect } from '../../../src/managers/claim.ts';
import { judgeNetworkd, networkd } from '../../../src/managers/networkd/networkd.ts';
import { textAt } from '../../../src/text/source.ts';
import type { LinkFacts } from '../../../src/topology/guest.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master, primary, standby } from '../guest.ts';

const file = (name: string, text: string) => configFile(`/etc/systemd/network/${name}`, text);

/** Link name to the file that takes it. */
function winners(files: readonly ConfigFile[], version = 252, links?: readonly LinkFacts[]): Record<string, string> {
  const { decisions } = judgeNetworkd(files, assumedGuest(version, links));
  return Object.fromEntries(
    decisions.flatMap(({ link, winners: [winner] }) =>
      winner === undefined ? [] : [[link.name, winner.place.source.path.replace(/.*\//, '')]],
    ),
  );
}

function effectsOf(text: string, version = 252): readonly string[] {
  const { decisions } = judgeNetworkd([file('10-x.network', `[Match]\nName=*\n${text}`)], assumedGuest(version));
  return (decisions[0]?.winners[0]?.effects ?? []).map(describeEffect);
}

const describeEffect = ({ kind, detail, place }: Effect) =>
  `${kind}${detail === undefined ? '' : ` ${detail}`} <${textAt(place)}>`;

const decisionOf = (decisions: readonly Decision[], name: string) => decisions.find(({ link }) => link.name === name);

test('a glob takes all three links of the triple, and Driver=net_failover the master alone', () => {
  assert.deepEqual(winners([file('80-all.network', '[Match]\nName=en*\n[Network]\nDHCP=yes\n')]), {
    ens10: '80-all.network',
    ens10nsby: '80-all.network',
    ens11: '80-all.network',
  });
  assert.deepEqual(winners([file('80-all.network', '[Match]\nDriver=net_failover\n')]), { ens10: '80-all.network' });
  assert.deepEqual(winners([file('80-all.network', '[Match]\nDriver=virtio_net\n')]), { ens10nsby: '80-all.network' });
});

test('the guard that names the MAC and not the driver of the master takes exactly the slaves', () => {
  const guard = '[Match]\nPermanentMACAddress=52-54-00-00-12-53\nDriver=!net_failover\n[Link]\nUnmanaged=yes\n';
  const all = file('80-all.network', '[Match]\nName=en*\n[Network]\nDHCP=yes\n');
  assert.deepEqual(winners([all, file('05-guard.network', guard)]), {
    ens10: '80-all.network',
    ens10nsby: '05-guard.network',
    ens11: '05-guard.network',
  });
  const { decisions } = judgeNetworkd([all, file('90-guard.network', guard)], assumedGuest(252));
  const late = decisionOf(decisions, 'ens11');
  assert.equal(late?.winners[0]?.place.source.path, all.path);
  assert.match(late?.losers[0]?.why ?? '', /80-all\.network comes first/);
});

test('a name with an exception loses to an altname', () => {
  const files = [file('10-x.network', '[Match]\nName=!ens11\n')];
  assert.deepEqual(Object.keys(winners(files)), ['ens10', 'ens10nsby']);
  const named = { ...primary, altnames: ['enp2s0'] };
  assert.deepEqual(Object.keys(winners(files, 252, [master, standby, named])), ['ens10', 'ens10nsby', 'ens11']);
});

test('a match on what is not known is maybe, and so is all behind it up to the first that is sure', () => {
  const files = [
    file('05-x.network', '[Match]\nCredential=guest\n\n[Link]\nUnmanaged=yes\n'),
    file('10-y.network', '[Match]\nDriver=net_failover\n'),
    file('20-z.network', '[Match]\nName=*\n'),
  ];
  const [decision] = judgeNetworkd(files, assumedGuest(252)).decisions;
  assert.deepEqual(
    decision?.winners.map(({ verdict }) => verdict),
    ['maybe', 'maybe'],
  );
  assert.match(decision.winners[1]?.reason ?? '', /05-x\.network comes first, if it matches/);
  assert.match(decision.losers[0]?.why ?? '', /10-y\.network comes first/);
  const unknown = { ...master, altnames: undefined, driver: undefined };
  const verdicts = judgeNetworkd(files, assumedGuest(252, [unknown])).decisions.map(({ winners: all }) => all.length);
  assert.deepEqual(verdicts, [3]);
});

test('each match key has its place and what it compares', () => {
  const text = '[Match]\nName=en*\nDriver=virtio_net\n';
  const { decisions } = judgeNetworkd([file('10-x.network', text)], assumedGuest(252));
  const claim = decisionOf(decisions, 'ens10')?.passed[0];
  assert.deepEqual(
    claim?.keys.map(({ on, value, verdict, place }) => [on, value, verdict, textAt(place)]),
    [
      ['name', 'en*', 'yes', 'en*'],
      ['driver', 'virtio_net', 'no', 'virtio_net'],
    ],
  );
  assert.equal(claim?.reason, "Driver=virtio_net: this link's driver is net_failover");
});

test('/etc goes before /run and /usr, masks hide, and drop-ins add to [Match]', () => {
  const all = '[Match]\nName=*\n';
  const files = [
    configFile('/usr/lib/systemd/network/10-x.network', all),
    configFile('/etc/systemd/network/10-x.network', '', '/dev/null'),
    configFile('/run/systemd/network/20-y.network', all),
    configFile('/usr/lib/systemd/network/20-y.network.d/a.conf', '[Match]\nDriver=net_failover\n'),
    configFile('/usr/lib/systemd/network/30-z.network.d/a.conf', all),
  ];
  assert.deepEqual(winners(files), { ens10: '20-y.network' });
  const { unread } = judgeNetworkd(files, assumedGuest(252));
  assert.deepEqual(
    unread.map(({ file: { path }, why }) => `${path}: ${why}`),
    [
      '/usr/lib/systemd/network/10-x.network: /etc/systemd/network/10-x.network masks it',
      '/usr/lib/systemd/network/30-z.network.d/a.conf: there is no 30-z.network to add to',
    ],
  );
});

test('a file with nothing valid in [Match] is ignored, and so is one with a broken header', () => {
  const { decisions, problems, unread } = judgeNetworkd(
    [file('10-x.network', '[Network]\nDHCP=yes\n'), file('20-y.network', '[Match] # all\nName=*\n')],
    assumedGuest(252),
  );
  assert.deepEqual(decisions[0]?.winners, []);
  assert.deepEqual(
    problems.map(({ kind }) => kind),
    ['syntax', 'ignored'],
  );
  assert.equal(unread.length, 2);
});

test('ID_NET_MANAGED_BY takes a link from networkd 255, not from 252, and perhaps where the version is not known', () => {
  const tagged = { ...primary, properties: new Map([['ID_NET_MANAGED_BY', 'unmanaged']]) };
  const files = [file('10-x.network', '[Match]\nName=*\n')];
  assert.deepEqual(winners(files, 252, [tagged]), { ens11: '10-x.network' });
  assert.deepEqual(winners(files, 257, [tagged]), {});
  const [decision] = judgeNetworkd(files, assumedGuest(undefined, [tagged])).decisions;
  assert.equal(decision?.winners[0]?.verdict, 'maybe');
});

test('Property= reads what udev left, and not what is not certain', () => {
  const files = [file('10-x.network', '[Match]\nProperty=ROLE=standby\n')];
  const tagged = { ...standby, properties: new Map([['ROLE', 'standby']]) };
  assert.deepEqual(winners(files, 252, [master, tagged]), { ens10nsby: '10-x.network' });
  const perhaps = { ...standby, uncertainProperties: new Set(['ROLE']) };
  const [decision] = judgeNetworkd(files, assumedGuest(252, [perhaps])).decisions;
  assert.equal(decision?.winners[0]?.verdict, 'maybe');
});

test('DHCP and what comes with it', () => {
  assert.deepEqual(effectsOf('[Network]\nDHCP=ipv4\n[DHCPv4]\nClientIdentifier=mac\n'), [
    'up <[Match]>',
    'wait-online <[Match]>',
    'link-local6 <[Match]>',
    'ra <[Match]>',
    'dhcp4 <DHCP=ipv4>',
    'client-id mac <ClientIdentifier=mac>',
  ]);
  assert.deepEqual(effectsOf('[Network]\nDHCP=yes\nLinkLocalAddressing=no\n'), [
    'up <[Match]>',
    'wait-online <[Match]>',
    'dhcp4 <DHCP=yes>',
    'client-id duid <[Match]>',
  ]);
});

test('a bond takes addressing away, and a later or an empty line what was before', () => {
  const addressing = '[Network]\nBond=bond0\nDHCP=yes\nAddress=10.0.0.2/24\n';
  assert.deepEqual(effectsOf(addressing), ['enslave bond0 <Bond=bond0>', 'up <[Match]>', 'wait-online <[Match]>']);
  assert.ok(
    effectsOf('[Network]\nAddress=10.0.0.2/24\nAddress=\nAddress=10.0.0.3/24\n').includes(
      'address 10.0.0.3/24 <Address=10.0.0.3/24>',
    ),
  );
  assert.ok(!effectsOf('[Network]\nDHCP=yes\nDHCP=no\n').some((effect) => effect.startsWith('dhcp')));
  assert.ok(effectsOf('[Network]\nDHCP=yes\nDHCP=wrong\n').includes('dhcp4 <DHCP=yes>'));
});

test('what is done to the link itself', () => {
  assert.deepEqual(effectsOf('[Link]\nUnmanaged=yes\nMTUBytes=9000\n'), ['unmanaged <Unmanaged=yes>']);
  const down = effectsOf(
    '[Link]\nActivationPolicy=always-down\nMACAddress=52:54:00:aa:bb:cc\nMTUBytes=9K\n[Network]\nVLAN=vlan7\nLinkLocalAddressing=no\n',
  );
  assert.deepEqual(down, [
    'down <ActivationPolicy=always-down>',
    'mac 52:54:00:aa:bb:cc <MACAddress=52:54:00:aa:bb:cc>',
    'mtu 9216 <MTUBytes=9K>',
    'stack vlan7 <VLAN=vlan7>',
  ]);
  assert.deepEqual(effectsOf('[Link]\nRequiredForOnline=no\n[Network]\nKeepMaster=yes\nBridge=br0\n'), [
    'up <[Match]>',
  ]);
});

test('keys that a version does not know, that stand in the wrong section, or that are misspelt', () => {
  const text =
    '[Match]\nName=*\nDHCP=yes\n[Network]\nDCHP=yes\nUseDomains=yes\nDHCP=yes # both\nKeepMaster=perhaps\n[Netwrok]\nx=1\n';
  const problems = (version: number | undefined) =>
    judgeNetworkd([file('10-x.network', text)], assumedGuest(version)).problems.map(
      ({ kind, message }) => `${kind}: ${message}`,
    );
  const always = [
    "wrong-section: 'DHCP=' is no key of [Match]: expected it in [Network]",
    "unknown-key: unknown key 'DCHP=' in [Network]: expected 'DHCP='",
    "trailing-comment: '# both' is no comment but part of the value: expected it on a line of its own",
    "bad-value: 'yes # both' is no value for DHCP=: expected yes, no, ipv4 or ipv6",
    "bad-value: 'perhaps' is no value for KeepMaster=: expected yes or no",
    'wrong-section: unknown section [Netwrok]: expected [Network]',
  ];
  const tooNew = "unknown-key: 'UseDomains=' in [Network] is known to systemd 256 and later only";
  assert.deepEqual(problems(257), always);
  assert.deepEqual(problems(undefined), always);
  assert.deepEqual(problems(252), [...always.slice(0, 2), tooNew, ...always.slice(2)]);
  const later = judgeNetworkd(
    [file('10-x.network', '[Match]\nName=wwan0\n[MobileNetwork]\nAPN=x\n')],
    assumedGuest(257),
  ).problems;
  assert.deepEqual(
    later.map(({ message }) => message),
    ['section [MobileNetwork] is known to systemd 260 and later only'],
  );
});

test('knows its files by their names', () => {
  for (const path of ['x/10-a.network', '10-a.netdev', '/etc/systemd/network/10-a.network.d/x.conf'])
    assert.ok(networkd.recognise(path, ''), path);
  for (const path of ['10-a.link', 'x.conf', '10-a.network.bak']) assert.ok(!networkd.recognise(path, ''), path);
});

test('Version= decides since systemd 258, is ignored before, and perhaps either where the version is not known', () => {
  const guard =
    '[Match]\nPermanentMACAddress=52:54:00:00:12:53\nDriver=!net_failover\nVersion=systemd < 200\n[Link]\nUnmanaged=yes\n';
  const files = [file('05-guard.network', guard), file('40-lan.network', '[Match]\nName=en*\n')];
  assert.equal(winners(files, 257)['ens11'], '05-guard.network');
  assert.equal(winners(files, 262)['ens11'], '40-lan.network');
  const unknown = decisionOf(judgeNetworkd(files, assumedGuest(undefined)).decisions, 'ens11');
  assert.equal(unknown?.winners[0]?.verdict, 'maybe');
  assert.match(unknown?.winners[0]?.reason ?? '', /systemd before 258 ignores this line/);
});

test('a file with Version= alone takes every link since 258, and none before', () => {
  const alone = [file('10-x.network', '[Match]\nVersion=systemd >= 258\n')];
  assert.deepEqual(winners(alone, 257), {});
  assert.deepEqual(Object.keys(winners(alone, 262)), ['ens10', 'ens10nsby', 'ens11']);
  const { decisions } = judgeNetworkd(alone, assumedGuest(undefined));
  assert.deepEqual(
    new Set(decisions.flatMap(({ winners: all }) => all.map(({ verdict }) => verdict))),
    new Set(['maybe']),
  );
  const tag = [file('10-x.network', '[Match]\nName=*\nMachineTag=web\n')];
  assert.deepEqual(Object.keys(winners(tag, 261)), ['ens10', 'ens10nsby', 'ens11']);
  assert.equal(judgeNetworkd(tag, assumedGuest(262)).decisions[0]?.winners[0]?.verdict, 'maybe');
});
