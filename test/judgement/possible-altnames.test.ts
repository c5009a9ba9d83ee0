import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notePossibleAltnames } from '../../src/judgement/possible-altnames.ts';
import { mayBeCalled } from '../../src/topology/altnames.ts';
import { assumedGuest, master, primary, standby } from '../managers/guest.ts';
import { configFile } from '../managers/config-file.ts';

const unknown = assumedGuest(
  252,
  [master, standby, primary].map((link) => Object.assign({}, link, { altnames: undefined })),
);
const link = (name: string, text: string) => configFile(`/etc/systemd/network/${name}`, text);
const canBe = (name: string, ...files: readonly ReturnType<typeof link>[]) =>
  notePossibleAltnames(unknown, files).phases[0]?.links.map(
    ({ possibleAltnames: possible }) => possible !== undefined && mayBeCalled(possible, name),
  );

test('where udev says what links are called, nothing is guessed', () => {
  const known = assumedGuest(252);
  assert.equal(notePossibleAltnames(known, [link('10-x.link', '[Link]\nAlternativeName=wan0\n')]), known);
});

test('each may have what the policies after its name’s own make of it, and none has what another is called', () => {
  assert.deepEqual(canBe('enp1s0'), [true, false, true]);
  assert.deepEqual(canBe('enp1s0nsby'), [false, true, false]);
  const called = { ...primary, name: 'enp1s0', altnames: undefined };
  const [first] = notePossibleAltnames(assumedGuest(252, [{ ...master, altnames: undefined }, called]), []).phases;
  const possible = first?.links[0]?.possibleAltnames;
  assert.ok(possible !== undefined && !mayBeCalled(possible, 'enp1s0') && mayBeCalled(possible, 'enp2s0'));
});

test('no naming policy makes docker0, unless a .link file or its drop-in gives it', () => {
  assert.deepEqual(canBe('docker0'), [false, false, false]);
  for (const name of ['10-x.link', '99-default.link.d/x.conf'])
    assert.deepEqual(canBe('docker0', link(name, '[Link]\n AlternativeName = lan0 docker0\n')), [true, true, true]);
  assert.deepEqual(canBe('docker0', link('10-x.network', '[Link]\nAlternativeName=docker0\n')), [false, false, false]);
});
