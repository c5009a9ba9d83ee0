import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ConfigFile } from '../../../src/managers/claim.ts';
import { applyUdevRules } from '../../../src/managers/udev/predict.ts';
import { parseRules } from '../../../src/managers/udev/rules.ts';
import { findRuleTraps } from '../../../src/managers/udev/traps.ts';
import { judgeUdev } from '../../../src/managers/udev/udev.ts';
import { textAt } from '../../../src/text/source.ts';
import type { Guest } from '../../../src/topology/guest.ts';
import { configFile } from '../config-file.ts';
import { assumedGuest, master, primary, standby } from '../guest.ts';

const rules = (name: string, text: string) => configFile(`/etc/udev/rules.d/${name}`, text);
const linkFile = (name: string, text: string) => configFile(`/etc/systemd/network/${name}`, text);

/** Link name to what the rules say of it, sorted. */
function properties(files: readonly ConfigFile[], guest: Guest, pattern: RegExp): Record<string, string[]> {
  const [phase] = applyUdevRules(files, guest).phases;
  return Object.fromEntries(
    (phase?.links ?? []).map(({ name, properties: all, uncertainProperties }) => [
      name,
      [
        ...[...(all ?? [])].map(([key, value]) => `${key}=${value}`),
        ...[...(uncertainProperties ?? [])].map((key) => `${key}?`),
      ]
        .filter((line) => pattern.test(line))
        .sort(),
    ]),
  );
}

/** Link name to the names it would be given. */
function renames(files: readonly ConfigFile[], guest = assumedGuest(252)): Record<string, (string | undefined)[]> {
  const { decisions } = judgeUdev(files, guest);
  return Object.fromEntries(
    decisions.map(({ link, winners }) => [
      link.name,
      winners.flatMap(({ effects }) => effects.filter(({ kind }) => kind === 'rename').map(({ detail }) => detail)),
    ]),
  );
}

test('the rules that failoverctl ships give each link of a triple its role', () => {
  const shipped = [rules('92-net-failover.rules', readFileSync('hooks/udev/92-net-failover.rules', 'utf8'))];
  const ours = /^(?:ID_NET_FAILOVER|NM_UNMANAGED|ID_NET_MANAGED_BY)[=?]/;
  const plain = {
    ...primary,
    role: 'none' as const,
    group: null,
    master: null,
    name: 'ens20',
    mac: '52:54:00:00:00:20',
  };
  const tap = { ...plain, name: 'tap0', kernelName: 'tap0', driver: 'tun', parentDriver: null, idPath: null };
  const slave = ['ID_NET_MANAGED_BY=unmanaged', 'NM_UNMANAGED=1'];
  assert.deepEqual(properties(shipped, assumedGuest(252, [master, standby, primary, plain, tap]), ours), {
    ens10: ['ID_NET_FAILOVER=master'],
    ens10nsby: ['ID_NET_FAILOVER=standby', ...slave],
    ens11: ['ID_NET_FAILOVER=primary', ...slave],
    ens20: [],
    tap0: [],
  });
  const free = { ...primary, role: 'pending' as const, master: null };
  assert.deepEqual(properties(shipped, assumedGuest(257, [master, standby, free]), ours)['ens11'], [
    'ID_NET_FAILOVER=pending',
    ...slave,
  ]);
});

test('a MAC names all three links alike, and DRIVERS never net_failover', () => {
  const byMac = 'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="?*", ATTR{address}=="52:54:00:00:12:53", NAME="lan0"\n';
  assert.deepEqual(renames([rules('70-persistent-net.rules', byMac)]), {
    ens10: ['lan0'],
    ens10nsby: ['lan0'],
    ens11: ['lan0'],
  });
  const byDriver = 'SUBSYSTEM=="net", ACTION=="add", DRIVERS=="net_failover|virtio_net", NAME="lan0"\n';
  assert.deepEqual(renames([rules('70-x.rules', byDriver)]), { ens10: ['lan0'], ens10nsby: ['lan0'], ens11: [] });
});

test('ENV{ID_NET_DRIVER} is there after 80-net-setup-link.rules, and since 255 after 50-udev-default.rules', () => {
  const text = 'ENV{ID_NET_DRIVER}=="net_failover", ENV{MINE}="1"\n';
  const mine = (name: string, version: number) =>
    properties([rules(name, text)], assumedGuest(version), /^MINE/)['ens10'];
  assert.deepEqual(mine('81-x.rules', 252), ['MINE=1']);
  assert.deepEqual(mine('70-x.rules', 252), []);
  assert.deepEqual(mine('70-x.rules', 257), ['MINE=1']);
});

test('a property set at "add" only is lost when the link is renamed', () => {
  const files = [rules('81-x.rules', 'SUBSYSTEM=="net", ACTION=="add", TEST=="master", ENV{NM_UNMANAGED}="1"\n')];
  assert.deepEqual(properties(files, assumedGuest(252), /NM_/)['ens11'], []);
  const kept = { ...primary, kernelName: 'ens11' };
  assert.deepEqual(properties(files, assumedGuest(252, [kept]), /NM_/)['ens11'], ['NM_UNMANAGED=1']);
  const { decisions } = judgeUdev(files, assumedGuest(252, [primary]));
  assert.deepEqual(decisions[0]?.winners, []);
  assert.match(decisions[0]?.losers[0]?.why ?? '', /lost at the "move"/);
});

test('what turns on a program is maybe, and so is what it would set', () => {
  const files = [rules('81-x.rules', 'PROGRAM="/bin/x", ENV{MINE}="1", NAME="lan0"\n')];
  assert.deepEqual(properties(files, assumedGuest(252, [master]), /MINE/)['ens10'], ['MINE?']);
  const [decision] = judgeUdev(files, assumedGuest(252, [master])).decisions;
  assert.deepEqual(
    decision?.winners.map(({ verdict }) => verdict),
    ['maybe', 'maybe'],
  );
});

test('the first .link file names a link, before a rule of a later number', () => {
  const first = linkFile('10-a.link', '[Match]\nDriver=net_failover\n[Link]\nName=lan0\nMTUBytes=1400\n');
  const second = linkFile('20-b.link', '[Match]\nMACAddress=52:54:00:00:12:53\n[Link]\nName=lan1\n');
  assert.deepEqual(renames([first, second]), { ens10: ['lan0'], ens10nsby: ['lan1'], ens11: ['lan1'] });
  const rule = rules('99-netplan-x.rules', 'SUBSYSTEM=="net", ACTION=="add", KERNEL=="eth0", NAME="lan9"\n');
  assert.deepEqual(renames([first, second, rule])['ens10'], ['lan9']);
  const [decision] = judgeUdev([first, second, rule], assumedGuest(252, [master])).decisions;
  const claims = decision?.winners.flatMap(({ effects }) => effects.map(({ kind, detail }) => `${kind} ${detail}`));
  assert.deepEqual(claims, ['rename lan9', 'mtu 1400']);
});

test("a NAME= with a slash is a device node's and names no link", () => {
  const deviceMapper = rules('55-dm.rules', 'KERNEL=="device-mapper", NAME="mapper/control"\n');
  const persistent = rules('70-net.rules', 'SUBSYSTEM=="net", DRIVERS=="?*", NAME="wan0"\n');
  // A running guest does not tell what a link was called before udev named it: KERNEL== is then "maybe".
  const running = { kernelName: undefined };
  const guest = assumedGuest(252, [
    { ...master, ...running },
    { ...standby, ...running },
    { ...primary, ...running },
  ]);
  assert.deepEqual(Object.values(renames([deviceMapper], guest)).flat(), []);
  assert.deepEqual(new Set(Object.values(renames([deviceMapper, persistent], guest)).flat()), new Set(['wan0']));
});

test('NamePolicy= takes its name from what udev knows, and net.ifnames=0 turns it off', () => {
  const policy = [
    linkFile('99-default.link', '[Match]\nOriginalName=*\n[Link]\nNamePolicy=keep kernel slot path\nName=lan0\n'),
  ];
  const known = { ...master, properties: new Map([['ID_NET_NAME_PATH', 'enp1s0']]) };
  assert.deepEqual(renames(policy, assumedGuest(252, [known])), { ens10: ['enp1s0'] });
  const off = assumedGuest(252, [known], { kernelCommandLine: 'quiet net.ifnames=0' });
  assert.deepEqual(renames(policy, off), { ens10: ['lan0'] });
});

test('every token has its place, also in joined lines', () => {
  const text = 'KERNEL=="eth*", \\\n# why\n    ENV{A}="x\\"y"\nLABEL="end"\n';
  const { lines, faults } = parseRules({ path: 'x.rules', text });
  assert.deepEqual(faults, []);
  assert.deepEqual(
    lines.map(({ line, label, tokens }) => [line, label, tokens.map(({ span }) => text.slice(span.start, span.end))]),
    [
      [3, null, ['KERNEL=="eth*"', 'ENV{A}="x\\"y"']],
      [4, 'end', []],
    ],
  );
  assert.equal(lines[0]?.tokens[1]?.value, 'x"y');
});

test('i"…" is known since 257', () => {
  const source = { path: 'x.rules', text: 'KERNEL==i"ETH0", ENV{A}="1"\n' };
  assert.equal(parseRules(source, 257).lines[0]?.tokens[0]?.ignoresCase, true);
  assert.equal(parseRules(source, 252).faults.length, 1);
});

test('a bad token takes the whole line with it, and says what was expected', () => {
  const { decisions, problems } = judgeUdev(
    [rules('70-x.rules', 'KERNEL=="eth0", NAME="lan0", ATRR{address}=="x"\nKERNEL="eth0", NAME="lan0"\n')],
    assumedGuest(252),
  );
  assert.deepEqual(
    problems.map(({ message, place }) => [message, textAt(place)]),
    [
      ["'ATRR': unknown key, expected one of udev(7)", 'ATRR{address}=="x"'],
      ["KERNEL: '=' is not allowed, expected '==' or '!='", 'KERNEL="eth0"'],
    ],
  );
  assert.ok(decisions.every(({ winners }) => winners.length === 0));
});

test('traps: a test of the flags, of the master too early, and a property at "add" only', () => {
  const text = 'ACTION=="add", ATTR{flags}=="0x*[89a-f]??", ENV{NM_UNMANAGED}="1"\nTEST=="master", ENV{A}="1"\n';
  const traps = (name: string, version: number) =>
    findRuleTraps([rules(name, text)], version).map(({ kind, place }) => `${kind} ${textAt(place)}`);
  const always = ['slave-flag ATTR{flags}=="0x*[89a-f]??"', 'add-only ENV{NM_UNMANAGED}="1"'];
  assert.deepEqual(
    traps('70-x.rules', 252).toSorted(),
    [...always, 'early-master-test ATTR{flags}=="0x*[89a-f]??"', 'early-master-test TEST=="master"'].toSorted(),
  );
  assert.deepEqual(traps('70-x.rules', 257), always);
  assert.deepEqual(traps('81-x.rules', 252), always);
});
