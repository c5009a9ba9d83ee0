import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareByFacts } from '../../../src/managers/systemd/link-facts.ts';
import { assumeGuest } from '../../../src/topology/guest-assumed.ts';
import { unknownHost, type LinkFacts } from '../../../src/topology/guest.ts';

const [link] = assumeGuest({ kind: 'net_failover', groups: 1 }, unknownHost).phases[0]?.links ?? [];

test('links that a match cannot tell apart get one answer, others their own', () => {
  assert.ok(link);
  let asked = 0;
  const answer = shareByFacts((one: LinkFacts) => ({ name: one.name, number: (asked += 1) }));
  const first = answer(link);
  assert.equal(answer({ ...link, role: 'pending', master: 'x', group: 3, parentDriver: 'iavf' }), first);
  const others: readonly LinkFacts[] = [
    { ...link, name: 'other' },
    { ...link, kernelName: undefined },
    { ...link, altnames: ['other'] },
    { ...link, altnames: undefined },
    { ...link, possibleAltnames: { shapes: ['a#'], taken: [] } },
    { ...link, mac: '52:54:00:00:12:53' },
    { ...link, permanentMac: '52:54:00:00:12:53' },
    { ...link, idPath: null },
    { ...link, idPath: undefined },
    { ...link, driver: 'virtio_net' },
    { ...link, type: 'wlan' },
    { ...link, kind: 'bond' },
    { ...link, kind: undefined },
    { ...link, properties: new Map([['A', '1']]) },
    { ...link, properties: new Map([['A', '2']]) },
    { ...link, uncertainProperties: new Set(['A']) },
    { ...link, builtinsUnknown: true },
  ];
  const answers = new Set([first, ...others.map((one) => answer(one))]);
  assert.equal(answers.size, others.length + 1);
  assert.equal(asked, others.length + 1);
});

test('of two links, each counts', () => {
  assert.ok(link);
  const answer = shareByFacts((_one: LinkFacts, _other: LinkFacts) => ({}));
  const other = { ...link, name: 'other' };
  assert.equal(answer(link, other), answer(link, other));
  assert.notEqual(answer(link, other), answer(other, link));
});
