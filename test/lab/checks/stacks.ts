/** What stands on a master, and what the pair loses silently: each line untouched and with its remedy, in three guests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { undoLater } from '../cleanup.ts';
import { poll, startCommand } from '../command.ts';
import { defaultMac, startGuest, type Guest } from '../guest.ts';
import { linkOf, readLinks } from '../links.ts';
import { findProgram } from '../program.ts';
import { hostMtuSteps, kernelSteps, largeHostMtuSteps, type StackStep } from '../stacks/kernel.ts';
import { awaitCarrier } from '../migration/measure-moves.ts';
import { startMovingGuest } from '../migration/moving-guest.ts';
import { beginStack, endStack, managedSteps, stackManagers } from '../stacks/managed.ts';
import { recordSteps, StepFailed, takeStepsInto, type StepResult } from '../steps.ts';
import type { Check, CheckOptions } from './check.ts';

export const stacksOnMaster: readonly Check[] = [
  {
    name: 'stacks-kernel',
    title: 'what stands on a master, untouched and with the remedy: links set up by hand',
    longOnly: true,
    run: async (options) => await runSteps(options, kernelSteps),
  },
  {
    name: 'stacks-host-mtu',
    title: "a host_mtu below the master's MTU: the standby that is refused",
    longOnly: true,
    run: async (options) => await runSteps(options, hostMtuSteps, 1400),
  },
  {
    name: 'stacks-host-mtu-large',
    title: "a host_mtu above the master's MTU",
    longOnly: true,
    run: async (options) => await runSteps(options, largeHostMtuSteps, 9000),
  },
  {
    name: 'stacks-managers',
    title: 'generate --bridge and --vlan under each manager, over re-plugs; NetworkManager told to manage the VF',
    longOnly: true,
    run: async (options) => await runSteps(options, managedSteps),
  },
  {
    name: 'stacks-migration',
    title: 'generate --bridge under each manager: a container behind it, over a migration there and back',
    longOnly: true,
    run: moveStacks,
  },
];

async function runSteps(
  { image, accelerator, onStep }: CheckOptions,
  steps: readonly StackStep[],
  hostMtu?: number,
): Promise<readonly StepResult[]> {
  const pairs = [{ mac: defaultMac, primary: 'e1000e', ...(hostMtu === undefined ? {} : { hostMtu }) }];
  const prelude = readFileSync('test/lab/stacks/prelude.sh', 'utf8');
  const programs = { ...findProgram(false).files, '/run-lab/attach-xdp.py': 'test/lab/stacks/attach-xdp.py' };
  const guest = await startGuest({ image, accelerator, pairs, programs });
  const stopPeers = await startPeers(guest);
  try {
    await prepare(guest, hostMtu === undefined || hostMtu >= 1500);
    const results: StepResult[] = [];
    const take = takeStepsInto(results, onStep);
    for (const { name, script, prints } of steps)
      await take(name, async () => {
        const { stdout, stderr } = await guest.run(`${prelude}\n${script}`, 900_000);
        const seen = stdout.replace(/\n$/, '').replaceAll('\n', ' | ');
        if (prints !== null && seen !== prints)
          throw new Error(`printed ${seen}; expected ${prints}${stderr === '' ? '' : `; ${stderr}`}`);
        return seen;
      }).catch((error: unknown) => {
        // the next may be right all the same
        if (!(error instanceof StepFailed)) throw error;
      });
    return results;
  } finally {
    await stopPeers();
    await guest.stop();
  }
}

async function moveStacks({ image, accelerator, onStep }: CheckOptions): Promise<readonly StepResult[]> {
  const pairs = [{ mac: defaultMac, primary: 'e1000e' }];
  const guest = await startMovingGuest({ image, accelerator, pairs, programs: findProgram(false).files });
  const prelude = readFileSync('test/lab/stacks/prelude.sh', 'utf8');
  const run = async (script: string) =>
    (await guest.must(`${prelude}\n${script}`, 900_000)).trim().replaceAll('\n', ' | ');
  const look = 'echo "guest $(reach $host), container $(behind), $(promiscuity)"';
  const right = 'guest reached, container reached, promiscuity 1 1 1';
  try {
    await prepare(guest, true);
    return await recordSteps(onStep, async (step) => {
      for (const manager of stackManagers)
        await step(manager.name, async () => {
          assert.equal(
            await run(`${beginStack(manager, '--bridge br0', 'br0')}\nmake_container 10.66.0.31/24; ${look}`),
            right,
          );
          for (const where of ['there', 'back']) {
            await guest.migrate();
            await awaitCarrier(guest);
            assert.equal(await run(look), right, where);
          }
          await guest.discardSource();
          await run(`${endStack(manager)}; true`);
          return `there and back: ${right}`;
        });
    });
  } finally {
    await guest.stop();
  }
}

/** 10.67.0.1 in VLAN 10 of the segment, whether or not this machine's kernel has 802.1Q; and a relay between two of the guest's ports. */
async function startPeers({ segment }: Guest): Promise<() => Promise<void>> {
  const start = async (name: string, ...args: readonly string[]) => {
    const host = startCommand(segment.inside('python3', `test/lab/stacks/${name}`, ...args));
    const stop = undoLater(async () => await host.stop());
    await poll(`${name} listens`, 60_000, () => {
      if (host.ended()) throw new Error(`${name}: ${host.complaints().trim()}`);
      return host.complaints().includes('listening');
    });
    return stop;
  };
  const stops = [await start('vlan-host.py', 'br0', '10', '10.67.0.1'), await start('relay.py', '51820', '51821')];
  return async () => {
    for (const stop of stops) await stop();
  };
}

/** The pair is whole, with the names that udev gives it. */
async function prepare(guest: Guest, isWhole: boolean): Promise<void> {
  await guest.run('systemctl is-system-running --wait', 600_000);
  await poll('the pair is whole', 300_000, async () => {
    const links = await readLinks(guest);
    return linkOf(links, isWhole ? 'standby' : 'master') !== undefined && linkOf(links, 'primary')?.enslaved === true;
  });
  await guest.must('udevadm settle --timeout=100');
}
