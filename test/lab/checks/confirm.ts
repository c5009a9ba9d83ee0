/**
 * `install --now --confirm` on a broken guest: taken back byte for byte when nobody confirms it, and kept by `--keep`; in both
 * cases the timer is gone in the end. And two installations at once.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from '../command.ts';
import { startGuest } from '../guest.ts';
import { guestFiles } from '../image.ts';
import { waitUntilRight, waitUntilSettled } from '../judge.ts';
import { findProgram, installedAt } from '../program.ts';
import { scenarios } from '../scenarios/all.ts';
import { faultsOf } from '../state.ts';
import { recordSteps } from '../steps.ts';
import type { Check } from './check.ts';

/** Counted from the start: more than the installation takes in a guest on a busy host. */
const seconds = 120;

export const confirms: Check = {
  name: 'install-confirm',
  title:
    'install --now --confirm: taken back by itself, and kept; two installations at once: networkd, Name=en*, DHCP=yes',
  longOnly: true,
  run: async ({ image, accelerator, onStep }) => {
    const scenario = scenarios.find(({ name }) => name === 'networkd-catch-all');
    assert.ok(scenario !== undefined && typeof scenario.untouched === 'object');
    const broken = scenario.untouched;
    const guest = await startGuest({
      image,
      accelerator,
      programs: findProgram(false).files,
      files: scenario.files,
    });
    const tree = async () => await guest.must(readFileSync(join(guestFiles, 'tree.sh'), 'utf8'));
    const timers = async () =>
      (await guest.must("systemctl list-units --all --plain --no-legend --no-pager 'failoverctl-rollback*'")).trim();
    const uptime = async () => Number((await guest.must('cut -d. -f1 /proc/uptime')).trim());
    const right = async (what: string) => {
      const mark = guest.segment.log().length;
      return await waitUntilRight(guest, 'networkd', what, faultsOf, () => mark);
    };
    const install = async (options = '') => await guest.run(`${installedAt} install --now ${options}`, 600_000);
    try {
      return await recordSteps(onStep, async (step) => {
        await guest.run('systemctl is-system-running --wait', 600_000);
        await waitUntilSettled(guest, 'networkd', broken);
        const before = await tree();
        let installed = '';

        await step('nobody confirms it', async () => {
          const started = await uptime();
          const { status, stdout, stderr } = await install(`--confirm ${seconds}`);
          assert.equal(status, 0, stdout + stderr);
          const address = await right('after install --now --confirm');
          installed = await tree();
          assert.notEqual(installed, before);
          assert.match(await timers(), /failoverctl-rollback\.timer/);
          const again = await install();
          assert.match(again.stderr, /is going to be taken back, as --confirm asked/);
          const other = await install('--dhcp6');
          assert.equal(other.status, 3, other.stdout);
          assert.equal(await tree(), installed, 'what is refused changes nothing');
          await poll('it is taken back', 180_000, async () => (await timers()) === '');
          const lasted = (await uptime()) - started;
          assert.ok(lasted >= seconds, `taken back after ${lasted} s`);
          assert.equal(await tree(), before, 'not byte for byte as before');
          await waitUntilSettled(guest, 'networkd', broken);
          return `one lease, ${address}; taken back after ${lasted} s: every byte as before, no timer, and broken as before`;
        });

        await step('it is confirmed', async () => {
          const { status, stdout, stderr } = await install(`--confirm ${seconds}`);
          assert.equal(status, 0, stdout + stderr);
          const kept = await guest.must(`${installedAt} install --keep`);
          assert.equal(kept, 'kept\n');
          const since = await uptime();
          assert.equal(await timers(), '');
          await poll(`${seconds + 5} seconds pass`, 600_000, async () => (await uptime()) - since > seconds + 5, 1000);
          assert.equal(await tree(), installed);
          const address = await right('after --keep');
          assert.equal((await guest.run(`${installedAt} install --keep`)).status, 1, 'nothing is left to be kept');
          return `no timer; ${seconds + 5} s later every file is there; one lease, ${address}`;
        });

        await step('uninstall while one is pending', async () => {
          await guest.must(`${installedAt} uninstall --now`);
          await waitUntilSettled(guest, 'networkd', broken);
          await guest.must(`${installedAt} install --now --confirm 3600`, 600_000);
          await guest.must(`${installedAt} uninstall --now`);
          assert.equal(await timers(), '');
          assert.equal(await tree(), before);
          return 'every byte as before, and no timer';
        });

        await step('two at once', async () => {
          await waitUntilSettled(guest, 'networkd', broken);
          const said = await guest.must(
            `for n in 1 2; do { ${installedAt} install --now >/run/lab/two.$n 2>&1; echo "exit $?" >>/run/lab/two.$n; } & done; wait
             tail -n 2 /run/lab/two.*; grep -c waiting /run/lab/two.* | cut -d: -f2 | paste -s -d+; ls /run/failoverctl* 2>/dev/null || true`,
            600_000,
          );
          assert.equal(said.match(/^exit 0$/gm)?.length, 2, said);
          assert.match(said, /^(?:0\+1|1\+0)$/m, said);
          assert.equal(await tree(), installed, said);
          const address = await right('after two installations at once');
          await guest.must(`${installedAt} uninstall`);
          assert.equal(await tree(), before);
          return `both end with 0, one waited; one lease, ${address}; after uninstall every byte as before`;
        });
      });
    } finally {
      await guest.stop();
    }
  },
};
