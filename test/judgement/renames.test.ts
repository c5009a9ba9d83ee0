import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyNames } from '../../src/judgement/renames.ts';
import { assumedGuest, master, primary, standby } from '../managers/guest.ts';
import { configFile } from '../managers/config-file.ts';
import type { Claim, Decision, EffectKind, Verdict } from '../../src/managers/claim.ts';
import type { LinkFacts } from '../../src/topology/guest.ts';

const guest = assumedGuest(252);
const place = { source: configFile('/etc/systemd/network/10-x.link', '').source, span: { start: 0, end: 0 } };

/** udev gives this link a name, or an altname. */
function gives(link: LinkFacts, detail: string, kind: EffectKind = 'rename', verdict: Verdict = 'yes'): Decision {
  const claim: Claim = { manager: 'udev', place, keys: [], verdict, reason: '', effects: [{ kind, place, detail }] };
  const [phase] = guest.phases;
  assert.ok(phase !== undefined);
  return { manager: 'udev', phase, link, winners: [claim], losers: [], passed: [] };
}

const namesAfter = (...decisions: readonly Decision[]) =>
  applyNames(guest, decisions).phases[0]?.links.map(({ name, altnames, master: of }) => [name, altnames, of]);

test('a link is called as it is given, and its slaves name it so', () => {
  assert.deepEqual(namesAfter(gives(master, 'wan0')), [
    ['wan0', [], null],
    ['ens10nsby', [], 'wan0'],
    ['ens11', [], 'wan0'],
  ]);
});

test('a name that several are given is any of theirs', () => {
  assert.deepEqual(namesAfter(gives(master, 'lan0'), gives(primary, 'lan0')), [
    ['ens10', ['lan0'], null],
    ['ens10nsby', [], 'ens10'],
    ['ens11', ['lan0'], 'ens10'],
  ]);
});

test('a name that another link has is any of theirs too', () => {
  assert.deepEqual(namesAfter(gives(standby, 'ens11'))?.[1], ['ens10nsby', ['ens11'], 'ens10']);
});

test('what may be given is not given, and an altname is one more', () => {
  assert.deepEqual(namesAfter(gives(master, 'wan0', 'rename', 'maybe'))?.[0], ['ens10', [], null]);
  assert.deepEqual(namesAfter(gives(master, 'wan0', 'altname'), gives(master, 'wan1', 'altname'))?.[0], [
    'ens10',
    ['wan0', 'wan1'],
    null,
  ]);
});
