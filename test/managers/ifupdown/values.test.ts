/** Good and bad values of stanzas, each brought up by ifup itself in a namespace. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkValues } from '../../../src/managers/ifupdown/values.ts';
import { askIfupdown, whyNoOracle } from './oracle.ts';
import { readTree } from './prediction.ts';

const v4 = 'address 192.0.2.2/24';
const v6 = 'address 2001:db8::2/64';
const routed = `${v4}\n gateway 192.0.2.1`;

/** Stanza, options before it, the option, values that ifup takes, values that make it fail. */
const rows: readonly (readonly [stanza: string, before: string, option: string, good: string, bad: string])[] = [
  [
    'inet static',
    '',
    'address',
    '192.168.0.3 192.168.0.3/24 192.168.0.3/255.255.255.0 192.168.0.3/08',
    '192.168.0.300/24 192.168.0.3/-1 192.168.0.3/a lots 192.168.0 10.1/8 2001:db8::1/64 0x7f000001',
  ],
  [
    'inet static',
    'address 192.0.2.2',
    'netmask',
    '255.255.255.0 24 255.255.255 0',
    '255.0.255.0 33 lots 255.255.255.256 0.0.0.255 0xffffff00 -1 2001:db8::',
  ],
  ['inet static', v4, 'gateway', '192.0.2.1 10.0.0.1', '192.0.2.256 lots none 192.0.2.1/24'],
  ['inet static', v4, 'mtu', '1400 0x5dc', 'lots 70000 -1 1500x 0 1e3 60'],
  [
    'inet static',
    v4,
    'hwaddress',
    'random 2:0:0:0:0:1 02:00:00:00:00:01',
    'lots 02:00:00:00:00 02:00:00:00:00:zz 02-00-00-00-00-01 0200.0000.0001 01:00:00:00:00:01 ether',
  ],
  ['inet static', v4, 'broadcast', '+ - 192.0.2.255 1.2.3.4', '192.0.2.256 lots'],
  ['inet static', v4, 'pointopoint', '192.0.2.9 192.0.2.9/32', 'lots 192.0.2.256'],
  ['inet static', routed, 'metric', '5', 'lots -1 4294967296 5x'],
  ['inet static', v4, 'metric', 'lots', ''],
  ['inet static', v4, 'scope', 'link global 253', 'lots 300'],
  ['inet manual', '', 'mtu', '1400', 'lots'],
  ['inet manual', '', 'hwaddress', 'random', 'lots'],
  [
    'inet6 static',
    '',
    'address',
    '2001:db8::2/64 2001:db8::2/64/64',
    '2001:db8::2/129 2001:db8::zz/64 192.0.2.2/24 lots 2001:db8::2/x',
  ],
  ['inet6 static', 'address 2001:db8::2', 'netmask', '64 255.255.255.0', '129 ffff:ffff:: lots'],
  ['inet6 static', v6, 'gateway', 'fe80::1 2001:db8::1', 'lots 192.0.2.1'],
  ['inet6 static', v6, 'preferred-lifetime', '0 forever', 'lots -1'],
  ['inet6 static', v6, 'scope', 'link', 'lots'],
  ['inet6 static', v6, 'hwaddress', 'random', 'lots'],
];

interface Case {
  readonly text: string;
  readonly fails: boolean;
}

const cases = rows.flatMap(([stanza, before, option, good, bad]) =>
  [good, bad].flatMap((values, fails) =>
    values
      .split(' ')
      .filter((value) => value !== '')
      .map((value): Case => ({
        text: `iface ens10 ${stanza}\n ${before}\n ${option} ${value}\n`,
        fails: fails === 1,
      })),
  ),
);

function problemsOf(text: string) {
  return readTree({ interfaces: text })
    .stanzas.filter(({ name }) => name.value === 'ens10')
    .flatMap(checkValues);
}

test('a value that ifup fails at is a fatal problem, and no other', () => {
  for (const { text, fails } of cases) {
    assert.equal(
      problemsOf(text).some(({ fatal }) => fatal === true),
      fails,
      text,
    );
  }
});

test('a value that ifup reads otherwise, or that the kernel refuses, is a problem too', () => {
  const [length] = problemsOf('iface ens10 inet static\n address 192.168.0.3/33\n');
  assert.match(length?.consequence ?? '', /takes it for \/0/);
  for (const option of ['privext lots', 'accept_ra lots', 'autoconf lots', 'mtu 1279']) {
    const [problem] = problemsOf(`iface ens10 inet6 static\n ${v6}\n ${option}\n`);
    assert.match(problem?.consequence ?? option, /^the kernel refuses it/);
  }
  assert.equal(problemsOf('iface ens10 inet static\n address 192.0.2.2/33\n netmask 24\n').length, 0);
});

const reason = whyNoOracle();
const skip = reason !== null && process.env['CI'] !== 'true' ? `skipped: ${reason}` : false;

test('ifup fails at the same values', { skip }, (context) => {
  assert.equal(reason, null);
  const texts = [...cases.map(({ text }) => text), 'iface ens10 inet static\n address 192.168.0.3/33\n'];
  const script = [
    'ip address flush dev ens10; ip link set ens10 down mtu 1500',
    'ip link set eth1 up',
    'ifup --force --no-scripts -i {}/interfaces --state-dir={}/state ens10',
    'status=$?; ip -4 -o address show dev ens10; exit $status',
  ].join('; ');
  const answers = askIfupdown(
    texts.map((text) => ({ interfaces: text })),
    () => [`sh -c "${script.replaceAll('$', '\\$')}"`],
  ).map(([answer]) => answer);
  const wrong = cases.filter(({ fails }, index) => fails !== (answers[index]?.status !== 0));
  assert.deepEqual(
    wrong.map(({ text }) => text),
    [],
  );
  assert.match(answers.at(-1)?.stdout ?? '', /inet 192\.168\.0\.3\/0 /);
  context.diagnostic(`${cases.length} values, of which ifup fails at ${cases.filter(({ fails }) => fails).length}`);
});
