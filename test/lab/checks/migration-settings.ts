/**
 * What networkd has to be told so that a migration costs neither address nor identity: every setting that `generate` writes for
 * it, alone, with the others and not at all. Under three circumstances; the second is what the kernel's net_failover document
 * and libvirt's `<link state='down'/>` lead to: the standby has no link, and so the master none while the VF is away.
 */
import assert from 'node:assert/strict';
import { pause, poll } from '../command.ts';
import { linkOf, readLinks } from '../links.ts';
import {
  awaitCarrier,
  mastersAddresses,
  measureMoves,
  now,
  watchFromOutside,
  type MeasuredMoves,
} from '../migration/measure-moves.ts';
import { startMovingGuest, type MovingGuest } from '../migration/moving-guest.ts';
import { tellAddress, tellDhcp, tellMoves, tellReachability } from '../migration/tell-moves.ts';
import { findProgram, installedAt } from '../program.ts';
import { networkdEnabled } from '../scenarios/units.ts';
import { recordSteps } from '../steps.ts';
import type { Check } from './check.ts';

const ignoreCarrierLoss = '[Network]\nIgnoreCarrierLoss=30s\n';
const keepConfiguration = '[Network]\nKeepConfiguration=dhcp-on-stop\n';
const clientIdentifier = '[DHCPv4]\nClientIdentifier=mac\n';

interface Variant {
  readonly name: string;
  readonly text: string;
  /** Is the address to stay where the master loses its carrier, and while networkd is stopped? */
  readonly keepsWithoutCarrier: boolean;
  readonly keepsWhileStopped: boolean;
}

const variants: readonly Variant[] = [
  { name: 'none of the settings', text: '', keepsWithoutCarrier: false, keepsWhileStopped: false },
  { name: 'IgnoreCarrierLoss=30s', text: ignoreCarrierLoss, keepsWithoutCarrier: true, keepsWhileStopped: false },
  {
    name: 'KeepConfiguration=dhcp-on-stop',
    text: keepConfiguration,
    keepsWithoutCarrier: false,
    keepsWhileStopped: true,
  },
  { name: 'ClientIdentifier=mac', text: clientIdentifier, keepsWithoutCarrier: false, keepsWhileStopped: false },
  {
    name: 'all three',
    text: ignoreCarrierLoss + keepConfiguration + clientIdentifier,
    keepsWithoutCarrier: true,
    keepsWhileStopped: true,
  },
];

const masterFile = '/etc/systemd/network/06-master.network';
const master = '[Match]\nDriver=net_failover\n\n[Network]\nDHCP=ipv4\n';

export const migrationSettings: Check = {
  name: 'migration-settings',
  title: 'live migration under networkd, with and without each setting that is to keep the address',
  longOnly: true,
  run: async ({ image, accelerator, onStep }) => {
    const files = { ...networkdEnabled, [masterFile]: master };
    const { files: programs } = findProgram(false);
    const guest = await startMovingGuest({ image, accelerator, programs, files });
    try {
      return await recordSteps(onStep, async (step) => {
        await guest.run('systemctl is-system-running --wait', 600_000);
        // The guards alone: the master's file is there, and stays the lab's.
        await guest.must(`${installedAt} install --now --guard-only`, 600_000);
        const unexpected: string[] = [];
        for (const variant of variants) {
          await guest.must(
            `cat >${masterFile} <<'END'\n${master}${variant.text}END\nsystemctl restart systemd-networkd`,
          );
          const take = async (name: string, keeps: boolean, act: () => Promise<Seen>) =>
            await step(`${variant.name}; ${name}`, async () => {
              await awaitCarrier(guest);
              await awaitConfigured(guest);
              await pause(1000);
              const seen = await act();
              if (seen.kept !== keeps)
                unexpected.push(`${variant.name}; ${name}: expected the address ${keeps ? 'to stay' : 'to go'}`);
              return seen.text;
            });
          await take('the standby has a link', true, async () => seenOf(await measureMoves(guest, { count: 2 })));
          await take('the standby has none', variant.keepsWithoutCarrier, async () => {
            await guest.machine.qmp('set_link', { name: 'net0', up: false });
            const seen = seenOf(await measureMoves(guest, { count: 2 }));
            await guest.machine.qmp('set_link', { name: 'net0', up: true });
            return seen;
          });
          await take(
            'networkd is stopped for five seconds',
            variant.keepsWhileStopped,
            async () => await stopNetworkd(guest),
          );
        }
        await step('which of them keep the address', async () => {
          assert.deepEqual(unexpected, []);
          return await Promise.resolve('those that generate relies on');
        });
      });
    } finally {
      await guest.stop();
    }
  },
};

interface Seen {
  /** Did the master keep its address all the time that counts? */
  readonly kept: boolean;
  readonly text: string;
}

function seenOf(measured: MeasuredMoves): Seen {
  return { kept: measured.removals === 0, text: tellMoves(measured) };
}

async function awaitConfigured(guest: MovingGuest): Promise<void> {
  await poll('the master is configured and has its address', 300_000, async () => {
    const name = linkOf(await readLinks(guest), 'master')?.name;
    const told = await guest.must(`networkctl --no-legend --no-pager list ${name}`);
    return told.includes('configured') && (await mastersAddresses(guest)).length === 1;
  });
}

/** As while its package is upgraded: the address is looked for just before it is started again. */
async function stopNetworkd(guest: MovingGuest): Promise<Seen> {
  const before = await mastersAddresses(guest);
  const watch = await watchFromOutside(guest, before[0] ?? '');
  await pause(1000);
  const from = now();
  await guest.must('systemctl stop systemd-networkd.socket systemd-networkd.service');
  await pause(5000);
  const held = await mastersAddresses(guest);
  await guest.must('systemctl start systemd-networkd.socket systemd-networkd.service');
  await awaitConfigured(guest);
  await watch.answers();
  await pause(2000);
  const to = now();
  const after = await mastersAddresses(guest);
  const { judge, dhcp, removals } = await watch.end();
  const text = `held meanwhile: ${held.join() || 'nothing'}; ${tellReachability(judge(from, to))}; ${tellAddress(before, after, removals)}; ${tellDhcp(dhcp)}`;
  return { kept: held.join() === before.join(), text };
}
