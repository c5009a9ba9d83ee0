/** Which profiles are left out, by version; test/managers/networkmanager/keyfile.test.ts asks nmcli the same at random. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEffects } from '../../../src/managers/networkmanager/profile-effects.ts';
import { readProfiles } from '../../../src/managers/networkmanager/profile.ts';
import { configFile } from '../config-file.ts';
import type { Problem } from '../../../src/managers/claim.ts';
import { findNmcli, readKeyfile } from './oracle.ts';

const header = '[connection]\nid=x\nuuid=2d0bd9ef-7a8a-4c0b-8f4b-0a0000000000\n';
const ethernet = `${header}type=ethernet\n`;

function read(text: string, version: string | undefined) {
  const file = { ...configFile('/etc/NetworkManager/system-connections/x.nmconnection', text), mode: 0o600, uid: 0 };
  return readProfiles([file], version);
}

/** What is said of each text by 1.42 and by 1.58: `ok`, or a part of the message; `ignored …` where the profile is kept. */
const cases: readonly (readonly [text: string, old: string, current: string])[] = [
  [
    `${ethernet}port-type=bond\n`,
    "ignored 'port-type' in [connection] of NetworkManager 1.42.4",
    'port-type without controller',
  ],
  [`${ethernet}controller=br0\n`, "ignored 'controller' in [connection] of", 'controller without port-type'],
  [`${ethernet}slave-type=bond\n`, 'slave-type without master', 'slave-type without master'],
  [`${ethernet}master=br0\nport-type=bond\n`, 'master without slave-type', 'ok'],
  [`${ethernet}controller=br0\nslave-type=bond\n`, 'slave-type without master', 'ok'],
  [`${ethernet}controller=br0\nport-type=hsr\n`, "ignored 'controller'", 'port-type=hsr; expected bond, bridge'],
  [`${ethernet}master=br0\nport-type=junk\nslave-type=bond\n`, "ignored 'port-type'", 'ok'],
  [`${ethernet}master=br0\n[bond-port]\n`, 'ok', 'ok'],
  [
    `${ethernet}master=br0\nslave-type=team\n[bond-port]\n`,
    'slave-type=team beside [bond-port]',
    'slave-type=team beside',
  ],
  [`${header}type=vlan\n[vlan]\nid=5\n`, 'a VLAN without parent', 'a VLAN without parent'],
  [`${header}type=vlan\n[vlan]\nid=5\nparent=ens10\n`, 'ok', 'ok'],
  [`${header}type=vlan\n[vlan]\nid=4095\nparent=ens10\n`, 'id=4095; expected 0 to 4094', 'id=4095'],
  [`${header}type=bond\n`, 'a bond without interface-name', 'a bond without interface-name'],
  [`${header}type=ipvlan\n`, 'type=ipvlan; expected a type', 'ok'],
  [`${ethernet}permissions=joe\n`, 'permissions=joe; expected user:NAME:', 'permissions=joe'],
  [`${ethernet}[ethernet]\nwake-on-lan=33\n`, 'wake-on-lan=33; expected modes', 'wake-on-lan=33'],
  [`${ethernet}[ethernet]\nwake-on-lan=64\n`, 'ok', 'ok'],
  [
    `${ethernet}[ethernet]\nwake-on-lan-password=52:54:00:00:12:53\n`,
    'without wake-on-lan=64',
    'without wake-on-lan=64',
  ],
  [`${ethernet}[ipv4]\nmethod=auto\nmethd=auto\n`, "ignored 'methd' in [ipv4]", "ignored 'methd' in [ipv4]"],
  [`${ethernet}[ipv4]\nmethod=auto\nroute1=0.0.0.0/0,10.0.0.1\nroute1_options=mtu=1400\n`, 'ok', 'ok'],
  [`${ethernet}ip-ping-timeout=5\n`, "ignored 'ip-ping-timeout'", 'ip-ping-timeout without ip-ping-addresses'],
  [`${ethernet}[ipv4]\nmethod=disabled\nlink-local=3\n`, 'link-local=3 with method=disabled', 'link-local=3 with'],
  [`${ethernet}[ipv4]\nmethod=auto\nlink-local=4\n`, 'link-local=4; expected 0 to 3', 'ok'],
];

for (const [text, old, current] of cases) {
  const name = text.slice(header.length).trim().replaceAll('\n', ' ');
  for (const [version, expected] of [
    ['1.42.4', old],
    ['1.58.1', current],
  ] as const) {
    test(`${version}: ${name}`, () => {
      const { problems } = read(text, version);
      const told = problems.map(({ message, consequence }) =>
        consequence.includes('ignores') ? `ignored ${message}` : message,
      );
      if (expected === 'ok') assert.deepEqual(told, []);
      else
        assert.ok(
          told.some((message) => message.includes(expected)),
          told.join('; '),
        );
    });
  }
}

test('a port of old words and new is one, and leaves its addresses to the controller', () => {
  const [bond] = read(`${ethernet}controller=br0\nport-type=bond\n`, '1.52.1').profiles;
  assert.ok(bond !== undefined);
  assert.deepEqual(
    readEffects(bond).map(({ kind }) => kind),
    ['up', 'wait-online', 'enslave'],
  );
  // 1.42 reads over both words: DHCP on the link itself
  const [plain] = read(`${ethernet}controller=br0\nport-type=bond\n`, '1.42.4').profiles;
  assert.ok(plain !== undefined && readEffects(plain).some(({ kind }) => kind === 'dhcp4'));
  const [vrf] = read(`${ethernet}controller=blue\nport-type=vrf\n`, '1.52.1').profiles;
  assert.ok(vrf !== undefined && readEffects(vrf).some(({ kind }) => kind === 'dhcp4'));
});

const corpus = '../shared/corpora/networkmanager/keyfiles';
const nmcli = findNmcli(null);
test(
  'no file of NetworkManager’s own tests that nmcli takes is blamed',
  { skip: !existsSync(corpus) || typeof nmcli === 'string' },
  () => {
    if (typeof nmcli === 'string') return;
    let taken = 0;
    for (const name of readdirSync(corpus)) {
      const text = readFileSync(join(corpus, name), 'utf8');
      if (readKeyfile(nmcli, text) === null) continue;
      taken += 1;
      const refused: readonly Problem[] = read(text, nmcli.version).problems.filter(({ consequence }) =>
        consequence.includes('leaves'),
      );
      assert.deepEqual(
        refused.map(({ message }) => message),
        [],
        name,
      );
    }
    assert.ok(taken > 30, 'most are taken');
  },
);
