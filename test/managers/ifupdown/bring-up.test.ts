import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseStanzas } from '../../../src/managers/ifupdown/bring-up.ts';
import { readConfiguration } from '../../../src/managers/ifupdown/configuration.ts';
import { file } from './guest.ts';

function choose(text: string, logical = 'ens10') {
  const configuration = readConfiguration([file('/etc/network/interfaces', text, 0o644)], () => []);
  const { stanzas, verdict, mapping } = chooseStanzas(configuration, logical);
  return [stanzas.map(({ name }) => name.value).join(' '), verdict, mapping !== null];
}

const stanzas = 'iface home inet dhcp\niface work inet dhcp\niface ens10 inet dhcp\n';

test('without a mapping the stanzas of that name, all of them', () => {
  assert.deepEqual(choose(`${stanzas}iface ens10 inet6 auto\n`), ['ens10 ens10', 'yes', false]);
  assert.deepEqual(choose(stanzas, 'ens11'), ['', 'yes', false]);
});

test('a mapping picks one of those that its map lines name', () => {
  const mapping = 'mapping ens*\n  script /bin/pick\n  map A home\n';
  assert.deepEqual(choose(mapping + stanzas), ['home', 'maybe', true]);
  assert.deepEqual(choose(mapping + stanzas, 'eth0'), ['', 'yes', false]);
});

test('a script that is told no name may print any, but for lo', () => {
  assert.deepEqual(choose(`mapping ens*\n  script /bin/pick\n${stanzas}`), ['home work ens10', 'maybe', true]);
});

test('a mapping without a script fails', () => {
  assert.deepEqual(choose(`mapping ens*\n  map A home\n${stanzas}`), ['', 'no', true]);
});
