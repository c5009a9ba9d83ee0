/** Runs one scenario in one way, in a guest of its own, and tells what was seen at each step. */
import { setTimeout } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from './command.ts';
import { startGuest, type Guest } from './guest.ts';
import { guestFiles, type Image } from './image.ts';
import {
  collectEvidence,
  describe,
  ipv4AddressesOfPair,
  measureLoss,
  pingTalkingGuest,
  waitUntilRight,
  waitUntilSettled,
} from './judge.ts';
import { linkOf } from './links.ts';
import { watchMastersAddresses } from './master-addresses.ts';
import { replugPrimary } from './moves.ts';
import { installedAt, type GuestProgram } from './program.ts';
import { findLeftBehind, readMadeForSlaves, readRemains } from './remains.ts';
import { acknowledgedAddresses, faultsOf, leaseFaultsOf, readState } from './state.ts';
import { statusOnceItAgrees, tellProblems } from './status-agrees.ts';
import { StepFailed, takeStepsInto, type StepResult } from './steps.ts';
import type { Scenario, Way } from './scenario.ts';

export interface RunOptions {
  readonly image: Image;
  readonly accelerator: string;
  /** failoverctl as it goes into the guest. */
  readonly program: GuestProgram;
  readonly long: boolean;
  /** Told at the start of each step. */
  readonly onStep: (step: string) => void;
}

export interface RunResult {
  readonly steps: readonly StepResult[];
  readonly ok: boolean;
  /** For a configuration that races: did it come out right? */
  readonly cameOutRight: boolean | null;
  /** Of a run that went wrong: the guest's own account. */
  readonly evidence: string | null;
}

export async function runScenario(scenario: Scenario, way: Way, options: RunOptions): Promise<RunResult> {
  const steps: StepResult[] = [];
  let cameOutRight: boolean | null = null;
  let guest: Guest | null = null;
  let evidence: string | null = null;
  const step = takeStepsInto(steps, options.onStep);
  try {
    const tree = readFileSync(join(guestFiles, 'tree.sh'), 'utf8');
    await step('boot', async () => {
      const started = Date.now();
      guest = await startGuest({
        image: options.image,
        accelerator: options.accelerator,
        files: scenario.files,
        ...(scenario.packages === undefined ? {} : { packages: scenario.packages }),
        programs: way === 'untouched' ? {} : options.program.files,
        ...beforeBoot(way, tree, options.program),
      });
      return `answers after ${Math.round((Date.now() - started) / 1000)} s`;
    });
    const running = guest as unknown as Guest;
    const { manager } = scenario;
    let mark = 0;
    const right = async (what: string, judge = faultsOf) =>
      await waitUntilRight(running, manager, what, judge, () => mark);
    const rightAndQuiet = async (what: string) => {
      const address = await right(what);
      if (scenario.masterAddress !== undefined && address !== scenario.masterAddress)
        throw new Error(`${what}: the master has ${address}, not ${scenario.masterAddress}`);
      const { sent, lost } = await pingTalkingGuest(running, address);
      if (lost > 0 || sent === 0) throw new Error(`${what}, but ${lost} of ${sent} pings to ${address} are lost`);
      await right(`${what}, after the pings`);
      const held = scenario.masterAddress === undefined ? 'one lease' : 'its static address';
      return `${held}, ${address}, on the master; 0 of ${sent} pings lost`;
    };

    if (way === 'fix') {
      await step('lint --fix', async () => {
        const output = await running.must('cat /run/lab/install.out');
        const status = (await running.must('cat /run/lab/install.status')).trim();
        // 1: something is left that is not safe to mend, and does not hurt
        if (status !== '0' && status !== '1') throw new Error(`lint --fix: exit status ${status}\n${output}`);
        return await rightAndQuiet('booted after lint --fix');
      });
      return { steps, ok: true, cameOutRight, evidence };
    }
    if (way !== 'image') {
      await step('untouched', async () => {
        const { seen, right: isRight } = await observeUntouched(
          running,
          scenario,
          async (what) => await right(what, leaseFaultsOf),
        );
        cameOutRight = isRight;
        return way === 'untouched' ? seen : `${seen}; ${tellProblems(await statusOnceItAgrees(running, manager))}`;
      });
    }
    if (way === 'untouched') return { steps, ok: true, cameOutRight, evidence };

    let before = '';
    let remains: readonly string[] = [];
    if (way === 'now') {
      await step('install --now', async () => {
        await running.must('systemctl is-system-running --wait || true');
        before = await running.must(tree);
        remains = await readRemains(running);
        const addresses = await watchMastersAddresses(running);
        await must(running, `${installedAt} install --now`);
        mark = running.segment.log().length;
        const seen = await rightAndQuiet('after install --now');
        const removed = await addresses.end();
        const held = addresses.before.join(', ');
        // Where names race the master may have come up under another one, and has to give it up.
        if (removed.length > 0 && scenario.untouched !== 'race')
          throw new Error(`the master had ${held}, and lost ${removed.join(', ')} meanwhile; in the end: ${seen}`);
        const wrong = await statusOnceItAgrees(running, manager);
        if (wrong.length > 0) throw new Error(`${seen}; but ${tellProblems(wrong)}`);
        const made = await readMadeForSlaves(running);
        if (made.length > 0) throw new Error(`NetworkManager still has, for slaves: ${made.join('; ')}`);
        return `${seen}; it had ${held === '' ? 'none before' : `${held} before`}${removed.length > 0 ? `, and lost ${removed.join(', ')}` : ''}`;
      });
    } else {
      await step('install --root', async () => {
        before = await running.must('cat /run/lab/tree.before');
        const status = (await running.must('cat /run/lab/install.status')).trim();
        const output = await running.must('cat /run/lab/install.out');
        if (status !== '0') throw new Error(`install --root: exit status ${status}\n${output}`);
        if (scenario.masterName !== undefined) {
          await poll(`the master is ${scenario.masterName}`, 300_000, async () => {
            const { links } = await readState(running, manager);
            return linkOf(links, 'master')?.name === scenario.masterName;
          });
        }
        return await rightAndQuiet('booted after install --root');
      });
    }
    const replugs = options.long ? 20 : way === 'image' ? 5 : (scenario.replugs ?? 20);
    await step(`${replugs} re-plugs`, async () => {
      await replugPrimary(running, { count: replugs, carrierEvery: options.long ? 1 : 5 });
      return await rightAndQuiet(`after ${replugs} re-plugs`);
    });
    await step('install again', async () => {
      if (way === 'image') {
        const [first, second] = [
          await running.must('cat /run/lab/tree.first'),
          await running.must('cat /run/lab/tree.second'),
        ];
        mustBeSame('a second install --root', first, second);
        return 'changes nothing';
      }
      const first = await running.must(tree);
      await must(running, `${installedAt} install --now`);
      mustBeSame('a second install --now', first, await running.must(tree));
      await right('after the second install');
      return 'changes nothing';
    });
    await step('uninstall', async () => {
      const told = way === 'now' && manager === 'networkmanager';
      await must(running, `${installedAt} uninstall${told ? ' --now' : ''}`);
      mustBeSame('uninstall', before, await running.must(tree));
      if (!told) return 'every byte as before';
      const left = await findLeftBehind(running, remains);
      if (left.length > 0) throw new Error(`uninstall --now leaves behind: ${left.join('; ')}`);
      return 'every byte as before, nothing left in /run and /var/lib';
    });
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    evidence = guest === null ? null : await collectEvidence(guest);
  } finally {
    await (guest as Guest | null)?.stop();
  }
  return { steps, ok: steps.every(({ ok }) => ok), cameOutRight, evidence };
}

function beforeBoot(way: Way, tree: string, program: GuestProgram): { readonly beforeBoot?: string } {
  if (way === 'image') return { beforeBoot: onTree(tree, program.onImage('install')) };
  return way === 'fix' ? { beforeBoot: onTree(tree, program.onImage('lint --fix')) } : {};
}

/** As an image builder does it: the tree is mounted, nothing in it runs. Twice, to see that once is enough. */
function onTree(tree: string, install: string): string {
  return `
cat >/run/lab/scratch/tree.sh <<'end of tree.sh'
${tree}
end of tree.sh
tree() { sh /run/lab/scratch/tree.sh; }
tree >/run/lab/tree.before
${install} >/run/lab/install.out 2>&1
echo $? >/run/lab/install.status
tree >/run/lab/tree.first
${install} >>/run/lab/install.out 2>&1
tree >/run/lab/tree.second
`;
}

async function must(guest: Guest, command: string): Promise<void> {
  const { status, stdout, stderr } = await guest.run(command, 600_000);
  if (status !== 0) throw new Error(`${command}: exit status ${status}\n${stdout}${stderr}`.trim());
}

function mustBeSame(what: string, before: string, after: string): void {
  if (before === after) return;
  const lines = (text: string) => text.split('\n').filter(Boolean);
  const gone = lines(before).filter((line) => !lines(after).includes(line));
  const come = lines(after).filter((line) => !lines(before).includes(line));
  throw new Error(
    [`${what} leaves a difference:`, ...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)].join('\n'),
  );
}

async function observeUntouched(
  guest: Guest,
  { untouched, manager }: Scenario,
  right: (what: string) => Promise<string>,
): Promise<{ readonly seen: string; readonly right: boolean }> {
  if (untouched === 'right') {
    const address = await right('untouched');
    const loss = await pingUntilSettled(guest, address);
    await right('untouched, after the pings');
    const left = faultsOf(await readState(guest, manager), []).filter((fault) => !fault.startsWith('leases beside'));
    const seen = `right: one lease, on the master; ${loss}; beside that: ${left.join('; ') || 'nothing wrong'}`;
    return { seen, right: true };
  }
  const expected = untouched === 'race' ? null : untouched;
  const state = await waitUntilSettled(guest, manager, expected);
  const faults = faultsOf(state, acknowledgedAddresses(guest.segment.log()));
  const losses = await measureLoss(guest, state);
  const seen = describe(state, losses);
  if (expected === null) return { seen, right: faults.length === 0 && losses.every(({ lost }) => lost === 0) };
  const distinct = new Set(state.links.flatMap(ipv4AddressesOfPair));
  if (faults.length === 0) throw new Error(`expected it to be broken without failoverctl, and it is right: ${seen}`);
  if (expected.addresses === 'several' && distinct.size < 2) throw new Error(`expected several leases, not: ${seen}`);
  if (expected.loss === 'all' && losses.some(({ sent, lost }) => lost < sent))
    throw new Error(`expected all pings lost, not: ${seen}`);
  return { seen, right: false };
}

/**
 * Nothing keeps an untouched guest's slaves silent: their first IPv6 packets (duplicate address detection, multicast
 * reports) move the bridge's table to the port of the standby, which hears nothing while the VF is up. That loss is said;
 * what stays lost half a minute after is a fault.
 */
async function pingUntilSettled(guest: Guest, address: string): Promise<string> {
  const first = await pingTalkingGuest(guest, address);
  if (first.lost === 0) return `0 of ${first.sent} pings lost`;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await setTimeout(5_000);
    const { sent, lost } = await pingTalkingGuest(guest, address);
    if (lost === 0) return `${first.lost} of ${first.sent} pings lost at first, then 0 of ${sent}`;
  }
  throw new Error(`untouched: ${first.lost} of ${first.sent} pings lost, and half a minute later still some`);
}
