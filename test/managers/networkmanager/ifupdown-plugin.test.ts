/** Who is left to ifupdown: by our reading, and by NetworkManager of this machine in a namespace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeNetworkManager } from '../../../src/managers/networkmanager/manager.ts';
import { fnmatch } from '../../../src/text/fnmatch.ts';
import type { Claim } from '../../../src/managers/claim.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest } from '../guest.ts';
import { askNetworkManager } from './daemon.ts';

const debian = '[main]\nplugins=ifupdown,keyfile\n\n[ifupdown]\nmanaged=false\n';
const managed = debian.replace('false', 'true');

interface Options {
  readonly conf?: string;
  /** Null: not known. */
  readonly installed?: readonly string[] | null;
  readonly link?: string;
  readonly more?: Readonly<Record<string, string>>;
}

function decide(
  interfaces: string,
  { conf = debian, installed = ['ifupdown'], link = 'ens10', more = {} }: Options = {},
) {
  const found = Object.entries({ '/etc/network/interfaces': interfaces, ...more });
  const files = found.map(([path, text]) => configFile(path, text));
  const guest = assumedGuest(252);
  const host = { ...guest.host, networkManagerVersion: '1.42.4', networkManagerPlugins: installed ?? undefined };
  const phases = guest.phases.map((phase) => ({
    ...phase,
    links: phase.links.map((one) => (one.name === 'ens10' ? { ...one, name: link } : one)),
  }));
  const { decisions } = judgeNetworkManager(
    [configFile('/etc/NetworkManager/NetworkManager.conf', conf)],
    { ...guest, host, phases },
    { include: (glob) => files.filter(({ path }) => fnmatch(glob, path, { pathname: true, period: true })) },
  );
  const own = decisions.find((one) => one.phase.name === 'boot' && one.link.name === link);
  assert.ok(own);
  return own;
}

function tell({ verdict, effects, reason }: Claim): string {
  const isAway = effects.some(({ kind }) => kind === 'unmanaged');
  const what = isAway ? 'unmanaged' : (/^profile '([^']*)'/.exec(reason)?.[1] ?? 'default');
  return verdict === 'maybe' ? `maybe ${what}` : what;
}

const ask = (interfaces: string, options: Options = {}): string =>
  decide(interfaces, options).winners.map(tell).join(', ');

const stanza = 'auto ens10\niface ens10 inet dhcp\n';

test('a stanza leaves its link to ifupdown, and its line is the reason', () => {
  const [winner] = decide(stanza).winners;
  assert.ok(winner);
  assert.equal(tell(winner), 'unmanaged');
  const { source, span } = winner.place;
  assert.equal(source.path, '/etc/network/interfaces');
  assert.equal(source.text.slice(span.start, span.end), 'iface ens10 inet dhcp');
  assert.match(winner.reason, /^'iface ens10' leaves it to ifupdown/);
  assert.equal(ask(stanza, { link: 'ens20' }), 'default', 'another link');
});

const cases: Readonly<Record<string, readonly [interfaces: string, options: Options, answer: string]>> = {
  'auto and allow-hotplug alone name nothing': ['auto ens10\nallow-hotplug ens10\n', {}, 'default'],
  'a pattern is a name': ['iface /ens*/ inet dhcp\n', {}, 'default'],
  'a mapping of one name': ['mapping ens10\n script /bin/true\n', {}, 'unmanaged'],
  'a mapping of two names is the name of none': ['mapping ens10 ens11\n script /bin/true\n', {}, 'default'],
  'a port of a bridge': ['iface br0 inet dhcp\n bridge_ports ens10\n', {}, 'unmanaged'],
  'a port of a bridge whose name does not begin with br': ['iface lan inet dhcp\n bridge_ports ens10\n', {}, 'default'],
  'a port by regex': ['iface br0 inet dhcp\n bridge_ports regex ens10\n', {}, 'default'],
  'a name that begins with br is a bridge’s': ['iface brown inet dhcp\n', { link: 'brown' }, 'default'],
  'a sourced file': ['source interfaces.d/*\n', { more: { '/etc/network/interfaces.d/a': stanza } }, 'unmanaged'],
  'no plugins=: keyfile alone': [stanza, { conf: '[ifupdown]\nmanaged=false\n' }, 'default'],
  'plugins+=': [stanza, { conf: '[main]\nplugins+=ifupdown\n' }, 'unmanaged'],
  'plugins-=': [stanza, { conf: `${debian}\n[main]\nplugins-=ifupdown\n` }, 'default'],
  'managed= is neither: false': [stanza, { conf: debian.replace('false', 'perhaps') }, 'unmanaged'],
  'the library is missing': [stanza, { installed: ['ifcfg-rh'] }, 'default'],
  'nobody knows of the library': [stanza, { installed: null }, 'maybe default, maybe unmanaged'],
  'an except: of unmanaged-devices holds here too': [
    stanza,
    { conf: `${debian}\n[keyfile]\nunmanaged-devices=except:interface-name:ens10\n` },
    'default',
  ],
  'nothing but except: no longer takes the others': [
    'iface ens77 inet dhcp\n',
    { conf: `${debian}\n[keyfile]\nunmanaged-devices=except:interface-name:ens99\n` },
    'default',
  ],
  '[device] managed=1 does not bring it back': [stanza, { conf: `${debian}\n[device]\nmanaged=1\n` }, 'unmanaged'],
  'a source line that depends on the environment': ['source $X/a\n', {}, 'maybe default, maybe unmanaged'],
  'managed=true: a connection of the stanza': [stanza, { conf: managed }, 'Ifupdown (ens10)'],
  'managed=true, not brought up at boot': ['iface ens10 inet dhcp\n', { conf: managed }, ''],
  'managed=true, a later stanza is the one': [
    `${stanza}iface ens10 inet static\n address 192.0.2.5/24\n`,
    { conf: managed },
    'default',
  ],
  'managed=true, nobody knows of the library': [
    stanza,
    { conf: managed, installed: null },
    'maybe Ifupdown (ens10), maybe default',
  ],
  'managed=true, a mapping': ['mapping ens10\n script /bin/true\n', { conf: managed }, 'default'],
};

for (const [title, [interfaces, options, answer]] of Object.entries(cases))
  test(title, () => assert.equal(ask(interfaces, options), answer));

const netConf = `${debian}\n[main]\nno-auto-default=*\n\n[keyfile]\nunmanaged-devices=interface-name:p*,except:interface-name:e9\n`;
const files: Readonly<Record<string, string>> = {
  '/etc/network/interfaces': [
    'auto e1',
    'allow-hotplug e1',
    'iface e0 inet dhcp',
    'mapping e2 e3',
    'mapping e4',
    ' script /bin/true',
    'iface br0 inet dhcp',
    '  bridge_ports e5 regex e6 noregex',
    '# a comment \\',
    'iface e7 inet dhcp',
    'iface e2 inet',
    'source-directory d',
    'source d/*',
    'iface e9 inet dhcp\n',
  ].join('\n'),
  '/etc/network/d/.hidden.bak': 'iface e8 inet dhcp\n',
};

test('NetworkManager itself leaves the same links alone', (context) => {
  const answer = askNetworkManager(
    context,
    { ...files, '/etc/NetworkManager/NetworkManager.conf': netConf },
    'nmcli -t -f DEVICE,STATE device',
  );
  if (answer === null) return;
  const states = new Map([...answer.matchAll(/^(e\d):(.*)$/gm)].map(([, name = '', state = '']) => [name, state]));
  assert.equal(states.size, 10, answer);
  for (const [link, state] of states) {
    const { '/etc/network/interfaces': text = '', ...more } = files;
    const ours = ask(text, { conf: netConf, link, more });
    assert.equal(ours === 'unmanaged', state === 'unmanaged', `${link}: ${state}, we say '${ours}'`);
  }
  assert.equal([...states.values()].filter((state) => state === 'unmanaged').length, 4, 'e0, e4, e5, e8');
});
