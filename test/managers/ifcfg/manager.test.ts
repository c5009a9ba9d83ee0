import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describePlace } from '../../../src/text/source.ts';
import type { HostFacts } from '../../../src/topology/guest.ts';
import { assumedGuest, tripleMac } from '../guest.ts';
import { effectsBy, judgeFiles, readByScripts, type Files } from './judge.ts';

const quiet = { '/etc/NetworkManager/conf.d/10-server.conf': '[main]\nno-auto-default=*\n' };
const byManager = (files: Files) => effectsBy({ ...quiet, ...files });
const away = ['yes unmanaged'];

test('by DEVICE: that link alone, whatever the file is called', () => {
  assert.deepEqual(byManager({ 'ifcfg-anything': 'DEVICE=ens10\nBOOTPROTO=dhcp\n' }), { ens10: ['yes up, dhcp4'] });
  assert.deepEqual(byManager({ 'ifcfg-ens10': 'DEVICE=ens11\nONBOOT=no\n' }), {});
  const both = byManager({ 'ifcfg-x': `DEVICE=ens10\nHWADDR=${tripleMac}\nBOOTPROTO=dhcp\n` });
  assert.deepEqual(both, { ens10: ['yes up, dhcp4'] });
  assert.deepEqual(byManager({ 'ifcfg-x': 'DEVICE=ens10\nHWADDR=52:54:00:aa:bb:cc\n' }), {});
});

test('by HWADDR alone: any of the three may have it, and nobody surely', () => {
  const mac = byManager({ 'ifcfg-x': `TYPE=Ethernet\nHWADDR=${tripleMac.toUpperCase()}\nBOOTPROTO=dhcp\n` });
  assert.deepEqual(Object.keys(mac), ['ens10', 'ens10nsby', 'ens11']);
  assert.deepEqual(new Set(Object.values(mac).flat()), new Set(['maybe up, dhcp4']));
});

test('NM_CONTROLLED=no: by HWADDR all three are left alone, by DEVICE that link, else nothing', () => {
  const dark = byManager({ 'ifcfg-ens10': `DEVICE=ens10\nHWADDR=${tripleMac}\nNM_CONTROLLED=no\nBOOTPROTO=dhcp\n` });
  assert.deepEqual(dark, { ens10: away, ens10nsby: away, ens11: away });
  assert.deepEqual(byManager({ 'ifcfg-a': 'DEVICE=ens11\nNM_CONTROLLED=no\n' }), { ens11: away });
  assert.deepEqual(byManager({ 'ifcfg-a': 'TYPE=Ethernet\nNM_CONTROLLED=no\n' }), {});
  const odd = byManager({ 'ifcfg-a': 'DEVICE=ens11\nNM_CONTROLLED=off\n' });
  assert.deepEqual(odd, { ens11: ['yes up'] }, "'off' is none of its words, and means yes");
});

test('a guard beats a keyfile for the link', () => {
  const keyfile =
    '[connection]\nid=x\ntype=ethernet\ninterface-name=ens11\n\n[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=ignore\n';
  const files = {
    '/etc/NetworkManager/system-connections/x.nmconnection': keyfile,
    'ifcfg-vf': 'DEVICE=ens11\nNM_CONTROLLED=no\n',
  };
  const guest = assumedGuest(252);
  const list = judgeFiles({ ...quiet, ...files }, guest).decisions.filter(({ link }) => link.name === 'ens11');
  assert.ok(list.some(({ winners }) => winners.some(({ reason }) => reason.includes('interface-name:=ens11'))));
});

const values: readonly (readonly [text: string, effects: string])[] = [
  ['', 'yes up'],
  ['ONBOOT=\n', 'yes up'],
  ['ONBOOT=perhaps\n', 'yes up'],
  ['BOOTPROTO=static\n', 'yes up'],
  ['BOOTPROTO=DHCP\n', 'yes up, dhcp4'],
  ['BOOTPROTO=dhcp\nBOOTPROTO=\n', 'yes up'],
  ['BOOTPROTO=dhcp\nexport BOOTPROTO=none\n', 'yes up, dhcp4'],
  ['BOOTPROTO=dhcp\nBOOTPROTO = none\n', 'yes up, dhcp4'],
  ['BOOTPROTO=none\nIPADDR=192.0.2.5\nPREFIX=25\nNETMASK=255.0.0.0\n', 'yes up, address 192.0.2.5/25'],
  ['IPADDR=192.0.2.5\nNETMASK=255.255.0.0\n', 'yes up, address 192.0.2.5/16'],
  ['IPADDR=10.0.2.5\n', 'yes up, address 10.0.2.5/8'],
  ['IPADDR0=10.0.2.5\nIPADDR2=10.0.2.6\nIPADDR4=10.0.2.7\n', 'yes up, address 10.0.2.5/8, address 10.0.2.6/8'],
  ['BOOTPROTO=dhcp\nIPADDR=10.0.2.5\nPREFIX=24\n', 'yes up, dhcp4, address 10.0.2.5/24'],
  ['BRIDGE=br0\nMASTER=bond0\nIPADDR=10.0.2.5\n', 'yes up, enslave br0'],
  ['MASTER=bond0\n', 'yes up, enslave bond0'],
  ['SLAVE=yes\n', 'yes up'],
  ['TEAM_MASTER=team0\nDEVICETYPE=TeamPort\n', 'yes up, enslave team0'],
  ['IPV6INIT=yes\n', 'yes up, ra'],
  ['IPV6INIT=yes\nIPV6_AUTOCONF=no\nDHCPV6C=yes\n', 'yes up, dhcp6'],
  ['IPV6INIT=yes\nIPV6_AUTOCONF=no\nIPV6ADDR=2001:db8::5\n', 'yes up, address 2001:db8::5/64'],
  ['IPV6ADDR=2001:db8::5/64\n', 'yes up'],
  ['MTU=1400\nMACADDR=52:54:00:00:00:01\n', 'yes up, mac 52:54:00:00:00:01, mtu 1400'],
];

for (const [text, effects] of values)
  test(`DEVICE=ens10 with ${JSON.stringify(text)}: ${effects}`, () =>
    assert.deepEqual(byManager({ 'ifcfg-x': `DEVICE=ens10\n${text}` }), { ens10: [effects] }));

test('what NetworkManager refuses, a file and a line each', () => {
  const refused: Readonly<Record<string, string>> = {
    'BOOTPROTO=dhpc\n': '2:11 BOOTPROTO=dhpc; expected dhcp, bootp, static, none, autoip, shared or ibft',
    'IPADDR=192.0.2.5/24\n': '2:8 IPADDR=192.0.2.5/24; expected an IPv4 address, its length in PREFIX',
    'PREFIX=24\n': '2:1 PREFIX without IPADDR; expected an address',
    'IPADDR=192.0.2.5\nPREFIX=33\n': '3:8 PREFIX=33; expected 0 to 32',
    'IPADDR=192.0.2.5\nDNS1=no\n': '3:6 DNS1=no; expected an IP address',
    'IPV6INIT=yes\nIPV6ADDR=x\n': '3:10 IPV6ADDR=x; expected an IPv6 address',
    'HWADDR=52:54\n': '2:8 HWADDR=52:54; expected a MAC address',
    'UUID=1\n': '2:6 UUID=1; expected one as uuidgen prints it',
    'VLAN=yes\n': "1:8 a VLAN without its number (''); expected VLAN_ID=0 to 4094",
    'BONDING_MASTER=yes\nTYPE=Ethernet\n': '3:6 BONDING_MASTER=yes with TYPE=Ethernet; expected TYPE=Bond',
  };
  for (const [text, wanted] of Object.entries(refused)) {
    const files = { ...quiet, 'ifcfg-x': `DEVICE=ens10\n${text}` };
    const { problems, decisions } = judgeFiles(files, assumedGuest(252));
    const told = problems.map(({ place, message }) => `${describePlace(place).replace(/^.*ifcfg-x:/, '')} ${message}`);
    assert.deepEqual(told, [wanted]);
    assert.ok(
      decisions.every(({ winners }) => winners.length === 0),
      text,
    );
  }
});

test('a DEVICE that is lost makes the profile one for any link', () => {
  const all = ['ens10', 'ens10nsby', 'ens11'];
  assert.deepEqual(Object.keys(byManager({ 'ifcfg-x': 'TYPE=Ethernet\nDEVICE="$NIC"\nBOOTPROTO=dhcp\n' })), all);
  assert.deepEqual(Object.keys(byManager({ 'ifcfg-x': 'DEVICE=ens10:1\nBOOTPROTO=dhcp\n' })), all);
  const { problems } = judgeFiles({ 'ifcfg-x': 'HWADDR=52:54:00:00:12:53\n' }, assumedGuest(252));
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['neither TYPE nor DEVICE; expected DEVICE=LINK'],
  );
});

test('names of backups: which are read, and that it is told', () => {
  const ignored = ['.bak', '~', '.orig', '.rej', '.rpmnew', '.RPMNEW', '.augnew', '.augtmp', ';5f3e1a2b'];
  for (const suffix of ignored) assert.deepEqual(byManager({ [`ifcfg-x${suffix}`]: 'DEVICE=ens10\n' }), {}, suffix);
  for (const suffix of ['.rpmsave', '.rpmorig', '.old', '.swp', '.dpkg-old']) {
    const files = { ...quiet, [`ifcfg-x${suffix}`]: 'DEVICE=ens10\n' };
    assert.deepEqual(effectsBy(files), { ens10: ['yes up'] }, suffix);
    const kinds = judgeFiles(files, assumedGuest(252)).problems.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['live-backup'], suffix);
  }
});

test('an alias adds its address; what is wrong with one is told', () => {
  const alias = 'DEVICE=ens10:1\nIPADDR=192.0.2.6\nPREFIX=24\n';
  const files = { ...quiet, 'ifcfg-ens10': 'DEVICE=ens10\n', 'ifcfg-ens10:1': alias };
  assert.deepEqual(effectsBy(files), { ens10: ['yes up, address 192.0.2.6/24'] });
  const { problems } = judgeFiles({ ...files, 'ifcfg-ens10:2': alias }, assumedGuest(252));
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['DEVICE=ens10:1; expected DEVICE=ens10:2, as the file is called'],
  );
});

test('a VLAN stands on its parent; a bond and a bridge are made', () => {
  assert.deepEqual(byManager({ 'ifcfg-v': 'DEVICE=ens10.5\nVLAN=yes\n' }), { ens10: ['yes stack ens10.5'] });
  assert.deepEqual(byManager({ 'ifcfg-v': 'DEVICE=vlan5\nTYPE=Vlan\nPHYSDEV=ens10\n' }), {
    ens10: ['yes stack vlan5'],
  });
  const { netdevs } = judgeFiles(
    {
      'ifcfg-bond0': 'DEVICE=bond0\nTYPE=Bond\nBONDING_OPTS="mode=active-backup fail_over_mac=1"\n',
      'ifcfg-br0': 'DEVICE=br0\nTYPE=Bridge\n',
      'ifcfg-ens10': 'DEVICE=ens10\nBRIDGE=br0\n',
    },
    assumedGuest(252),
  );
  assert.deepEqual(
    netdevs.map(({ kind, names, mode, failOverMac, ports }) => [
      kind,
      names[0],
      mode?.value,
      failOverMac?.value,
      ports.length,
    ]),
    [
      ['bond', 'bond0', 'active-backup', '1', 0],
      ['bridge', 'br0', undefined, undefined, 1],
    ],
  );
});

test('an unknown TYPE keeps the automatic profile off its link', () => {
  const files = { 'ifcfg-x': 'DEVICE=ens11\nTYPE=Token\n' };
  assert.equal(effectsBy(files)['ens11'], undefined);
  assert.deepEqual(effectsBy(files)['ens10'], ['yes up, dhcp4, ra']);
});

test('who reads the files: nobody, and then they say nothing', () => {
  const host: Partial<HostFacts> = { ifcfgReaders: { networkManager: false, scripts: false, evidence: 'no plugin' } };
  const { unread, decisions } = judgeFiles(
    { ...quiet, 'ifcfg-x': 'DEVICE=ens10\n' },
    assumedGuest(252, undefined, host),
  );
  assert.deepEqual(
    unread.map(({ why }) => why),
    ['nothing here reads it (no plugin)'],
  );
  assert.ok(decisions.every(({ winners }) => winners.length === 0));
});

test('network-scripts: by name, a MAC must be right, and a shell is asked for nothing', () => {
  const by = (text: string) => effectsBy({ ...quiet, 'ifcfg-x': text }, readByScripts);
  assert.deepEqual(by('DEVICE=ens10\nBOOTPROTO=dhcp\n'), { ens10: ['yes up, dhcp4'] });
  assert.deepEqual(by('DEVICE=ens10\nexport BOOTPROTO=dhcp\n'), { ens10: ['yes up, dhcp4'] });
  assert.deepEqual(by(`DEVICE=ens10\nHWADDR=${tripleMac}\nBOOTPROTO=dhcp\n`), { ens10: ['yes up, dhcp4'] });
  assert.deepEqual(by('DEVICE=ens10\nHWADDR=52:54:00:aa:00:00\nBOOTPROTO=dhcp\n'), {});
  assert.deepEqual(by('DEVICE=ens10\nONBOOT=no\nBOOTPROTO=dhcp\n'), {});
  assert.deepEqual(Object.values(by(`HWADDR=${tripleMac}\nBOOTPROTO=dhcp\n`)).flat(), Array(3).fill('maybe up, dhcp4'));
  assert.deepEqual(by('DEVICE=$(hostname)\nBOOTPROTO=dhcp\n')['ens11'], ['maybe up, dhcp4']);
  assert.deepEqual(by('. /etc/x\nDEVICE=ens10\nBOOTPROTO=dhcp\n'), { ens10: ['maybe up, dhcp4'] });
  assert.deepEqual(by('DEVICE=ens10\nBRIDGE=br0\n'), { ens10: ['yes up, enslave br0'] });
  assert.deepEqual(by('DEVICE=ens10\nMASTER=b\n'), { ens10: ['yes up'] }, 'SLAVE=yes says it');
  assert.deepEqual(by('DEVICE=ens10\nMASTER=b\nSLAVE=yes\n'), { ens10: ['yes up, enslave b'] });
  assert.deepEqual(by('DEVICE=ens10.7\nVLAN=yes\n'), { ens10: ['yes stack x'] });
});

test('with both, the scripts have what NetworkManager is told to leave', () => {
  const host = { ifcfgReaders: { networkManager: true, scripts: true, evidence: '' } };
  const files = {
    ...quiet,
    'ifcfg-a': 'DEVICE=ens10\nBOOTPROTO=dhcp\nNM_CONTROLLED=no\n',
    'ifcfg-b': 'DEVICE=ens11\nBOOTPROTO=dhcp\n',
  };
  assert.deepEqual(effectsBy(files, host), { ens10: ['yes up, dhcp4', 'yes unmanaged'], ens11: ['yes up, dhcp4'] });
});
