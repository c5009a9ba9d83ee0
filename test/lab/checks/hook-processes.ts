/** What our udev rules start: nothing, for a link that is none of ours and for a slave. The cloud helper shows that it is counted. */
import assert from 'node:assert/strict';
import { startGuest } from '../guest.ts';
import { costlyGuest, links, measureHooks, type RuleSet } from '../hook-cost.ts';
import type { Check } from './check.ts';

export const processesOfHooks: Check = {
  name: 'hook-processes',
  title: 'processes that udevd starts for one event of each kind of link, by the rules that are there',
  run: async ({ image, accelerator }) => {
    const guest = await startGuest({ image, accelerator, ...costlyGuest });
    try {
      const costs = await measureHooks(guest, 1, 0);
      const count = (rules: RuleSet, name: string) =>
        costs.find((cost) => cost.rules === rules && cost.link === name)?.processes ?? Number.NaN;
      // systemd's own 99-systemd.rules start systemd-sysctl for every link.
      const added = (rules: RuleSet) =>
        Object.fromEntries(Object.keys(links).map((name) => [name, count(rules, name) - count('none', name)]));
      const none = { lab0: 0, enp0s28: 0, enp1s0nsby: 0, enp2s0: 0, enp1s0: 0 };
      assert.deepEqual(
        added('cloud helper'),
        { lab0: 1, enp0s28: 1, enp1s0nsby: 1, enp2s0: 1, enp1s0: 1 },
        'the cloud helper is one for each',
      );
      assert.deepEqual(added('azure style'), none);
      // A master's are a marker for its MAC, and a trigger for what else has that MAC.
      assert.deepEqual(added('failoverctl'), { ...none, enp1s0: 2 });
      return 'none for a virtual link, an ordinary NIC, a standby, a primary; two for a master; the cloud helper: one for each';
    } finally {
      await guest.stop();
    }
  },
};
