/**
 * `install --now` on a broken guest over the connection that it repairs. The connection is a shell with a terminal, from outside.
 * An untouched guest cannot be reached at all, at none of its addresses: its answers leave by a slave. What the administrator does
 * about it at the console, before, is a route to his own host by the master; it is taken away again before the guest is judged.
 */
import assert from 'node:assert/strict';
import { poll } from '../command.ts';
import { startGuest, type Guest } from '../guest.ts';
import { openShell, remoteShellFiles, type RemoteShell } from '../heal/remote-shell.ts';
import { pingTalkingGuest, waitUntilRight, waitUntilSettled } from '../judge.ts';
import { linkOf } from '../links.ts';
import { watchMastersAddresses } from '../master-addresses.ts';
import { findProgram, installedAt } from '../program.ts';
import { scenarios } from '../scenarios/all.ts';
import { hostAddress } from '../segment.ts';
import { faultsOf, ipv4Addresses } from '../state.ts';
import { recordSteps } from '../steps.ts';
import type { Broken } from '../scenario.ts';
import type { Check } from './check.ts';

/** The addresses of the master and of the VF, and an end of what makes that they can be reached. */
interface Ways {
  readonly master: string;
  readonly slave: string;
  readonly giveUp: () => Promise<void>;
}

export const healOverItsConnection: Check = {
  name: 'heal-connection',
  title: 'install --now over the connection that it repairs: networkd, Name=en*, DHCP=yes',
  run: async ({ image, accelerator, long, onStep }) => {
    const scenario = scenarios.find(({ name }) => name === 'networkd-catch-all');
    assert.ok(scenario !== undefined && typeof scenario.untouched === 'object');
    const broken = scenario.untouched;
    const files = { ...scenario.files, ...remoteShellFiles };
    const guest = await startGuest({ image, accelerator, programs: findProgram(false).files, files });
    /** Does it over a shell; what it tells, and then how the guest is. */
    const heal = async (act: (ways: Ways) => Promise<string>) => {
      const ways = await breakAndReach(guest, broken);
      const watch = await watchMastersAddresses(guest);
      const told = await act(ways);
      const mark = guest.segment.log().length;
      await ways.giveUp();
      const address = await waitUntilRight(guest, 'networkd', told, faultsOf, () => mark);
      const { sent, lost } = await pingTalkingGuest(guest, address);
      const removed = await watch.end();
      const seen = `${told}; then one lease, ${address}, on the master, ${lost} of ${sent} pings lost`;
      assert.deepEqual({ address, removed, lost }, { address: ways.master, removed: [], lost: 0 }, seen);
      return `${seen}; the master had it all the time`;
    };
    const begin = async (step: string) => {
      await guest.must(`${installedAt} uninstall --now`);
      return step;
    };
    try {
      return await recordSteps(onStep, async (step) => {
        await guest.run('systemctl is-system-running --wait', 600_000);
        await step('untouched', async () => {
          const { links } = await waitUntilSettled(guest, 'networkd', broken);
          const held = links.filter(({ pair }) => pair >= 0).flatMap(ipv4Addresses);
          const shells = await Promise.all(held.map(async (address) => await openShell(guest, address, 10)));
          assert.ok(
            shells.every((shell) => shell === null),
            `expected to be out of reach: ${held.join(', ')}`,
          );
          return `nobody answers at ${held.join(', ')}`;
        });
        await step("over a slave's address", async () =>
          heal(async ({ master, slave }) => {
            const bystander = await mustOpen(guest, master);
            const shell = await mustOpen(guest, slave);
            shell.type(`${installedAt} install --now >/run/lab/healed 2>&1; echo "exit $?" >>/run/lab/healed`);
            const log = await poll('the installation ends', 300_000, async () => {
              const text = await guest.must('cat /run/lab/healed 2>/dev/null || true');
              return /^exit \d+$/m.test(text) && text;
            });
            assert.match(log, /^exit 0$/m, log);
            const alive = await bystander.run('ip -4 -o address show', 60);
            assert.ok(!alive.output.includes(slave), alive.output);
            const lost = await shell.run('true', 5).then(
              () => 'and goes on all the same',
              () => 'and is dead',
            );
            await Promise.all([bystander.close(), shell.close()]);
            return `the connection hung on ${slave} ${lost}; the installation ended with 0; another to ${master} goes on`;
          }),
        );
        if (!long) return;
        await step(await begin("over the master's address"), async () =>
          heal(async ({ master }) => {
            const shell = await mustOpen(guest, master);
            const { status, output } = await shell.run(`${installedAt} install --now`, 300);
            assert.equal(status, 0, output);
            assert.equal((await shell.run(`${installedAt} status`, 60)).status, 0);
            await shell.close();
            return `the connection to ${master} goes on, and has said that the installation ended with 0`;
          }),
        );
        await step(await begin('the connection is broken while it is at it'), async () =>
          heal(async ({ master }) => {
            const shell = await mustOpen(guest, master);
            shell.type(`exec ${installedAt} install --now`);
            await poll('it has begun', 60_000, async () => (await running(guest)) && (await isInstalled(guest)), 20);
            await shell.close();
            const wasRunning = await running(guest);
            await poll('it has ended', 300_000, async () => !(await running(guest)));
            assert.ok(wasRunning, 'it had ended before the connection did: nothing was shown');
            return 'it went on without its terminal';
          }),
        );
      });
    } finally {
      await guest.stop();
    }
  },
};

const running = async (guest: Guest) => (await guest.run("pgrep -f 'failoverctl install --now'")).status === 0;
const isInstalled = async (guest: Guest) => (await guest.run('[ -e /var/lib/failoverctl/manifest.json ]')).status === 0;

async function mustOpen(guest: Guest, address: string): Promise<RemoteShell> {
  // A silent guest is not where the bridge thinks: see pingTalkingGuest.
  await guest.run(`ping -c 2 -i 0.2 -W 1 -I ${address} ${hostAddress}`);
  const shell = await openShell(guest, address, 60);
  assert.ok(shell !== null, `no shell at ${address}`);
  return shell;
}

/** Waits until the guest is broken, and makes that it can be reached from outside. */
async function breakAndReach(guest: Guest, broken: Broken): Promise<Ways> {
  const { links } = await waitUntilSettled(guest, 'networkd', broken);
  const [master, slave] = [linkOf(links, 'master'), linkOf(links, 'primary')];
  const route = `${hostAddress}/32 dev ${master?.name} metric 1`;
  await guest.must(`ip route replace ${route}`);
  const [right = '', wrong = ''] = [ipv4Addresses(master)[0], ipv4Addresses(slave)[0]];
  assert.notEqual(right, wrong);
  return { master: right, slave: wrong, giveUp: async () => void (await guest.must(`ip route delete ${route}`)) };
}
