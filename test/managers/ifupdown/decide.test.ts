import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ifupdown } from '../../../src/managers/ifupdown/manager.ts';
import { describePlace } from '../../../src/text/source.ts';
import { file, guest, noInclude, triplePhases } from './guest.ts';

const top = '/etc/network/interfaces';

/** What becomes of each stanza for a link: where it stands, and why it is not used. */
function decide(text: string, link = 'ens10', phase = 'boot') {
  const { decisions } = ifupdown.judge([file(top, text, 0o755)], guest(triplePhases()), noInclude);
  const decision = decisions.find((one) => one.link.name === link && one.phase.name === phase);
  assert.ok(decision !== undefined);
  const lineOf = (place: Parameters<typeof describePlace>[0]) => Number(describePlace(place).split(':')[1]);
  return {
    winners: decision.winners.map(({ place }) => lineOf(place)),
    losers: decision.losers.map(({ claim, why }) => [lineOf(claim.place), why] as const),
    passed: decision.passed.map(({ place }) => lineOf(place)),
  };
}

test('a link that two lines bring up is brought up once', () => {
  const { winners, losers } = decide('auto ens10\nallow-hotplug ens10\niface ens10 inet dhcp\n');
  assert.deepEqual(winners, [3]);
  assert.deepEqual(losers, []);
});

test("a stanza that wins is not listed again, and others, as lo's at the top, are passed over", () => {
  const { winners, losers, passed } = decide(
    'auto ens10\niface ens10 inet dhcp\niface ens10 inet6 auto\niface ens11 inet dhcp\n',
  );
  assert.deepEqual([winners, losers, passed], [[2, 3], [], [1, 4]]);
});

test('a stanza that nothing brings up loses, and says why', () => {
  const { winners, losers } = decide('iface ens10 inet dhcp\n');
  assert.deepEqual(winners, []);
  assert.deepEqual(losers, [[1, 'nothing brings ens10 up: no auto or allow-hotplug line names it for this']]);
});

test('auto is for boot, allow-hotplug for a link that comes back', () => {
  const auto = decide('auto ens12\niface ens12 inet dhcp\n', 'ens12', 'vf-back');
  assert.deepEqual(auto.winners, []);
  assert.match(auto.losers[0]?.[1] ?? '', /allow-hotplug/);
  assert.deepEqual(decide('allow-hotplug ens12\niface ens12 inet dhcp\n', 'ens12', 'vf-back').winners, [2]);
});

test('a file that ifup refuses brings up nothing', () => {
  const { winners, losers } = decide('auto ens10\niface ens10 inet dhcp\niface ens11 inet nonsense\n');
  assert.deepEqual(winners, []);
  assert.match(losers[0]?.[1] ?? '', /refuses the whole configuration/);
});
