/**
 * A guest that two hosts hand to each other: two QEMU processes, each with taps of its own on the one segment, and QEMU's own
 * live migration over a UNIX socket. The bridge learns as a switch does, and nobody corrects it: what moves its table is what
 * the guest sends, and what QEMU announces for it.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { connectAgent, type Agent } from '../agent.ts';
import { pause, poll } from '../command.ts';
import { demandSuccess, startGuest, type Guest, type GuestOptions } from '../guest.ts';
import { startMachine, type Machine, type Pair } from '../qemu.ts';

export interface MovingGuest extends Guest {
  /** The taps of the host that it is on: standby, primary of each pair. */
  readonly taps: readonly string[];
  /** Migrates it to the other host; afterwards it answers from there. */
  readonly migrate: (move?: Move) => Promise<Arrival>;
  /** Begins a migration, has `disturb` break it, and waits until the guest runs on where it was. */
  readonly failToMigrate: (disturb: Disturb) => Promise<FailedMove>;
  /** Ends the QEMU that the guest has left. Until then its taps stay up, as a real host's ports do. */
  readonly discardSource: () => Promise<void>;
}

export interface Move {
  /** What the target has for a pair; the same as the source, unless told. */
  readonly pairs?: readonly Pair[];
  /** Done with the target before the guest is sent to it. */
  readonly prepare?: (target: Machine) => Promise<void>;
  /** Done with the target while the guest is sent: must not wait for its end. */
  readonly meanwhile?: (target: Machine) => Promise<void>;
}

export interface Arrival {
  /** QEMU's own account, in milliseconds: from `migrate` to its end, and how long no CPU ran. */
  readonly total: number;
  readonly downtime: number;
  /** The source's states and events, in order. */
  readonly course: readonly string[];
}

/** Breaks a migration; `source` says when it is under way, `target` may be killed. */
export type Disturb = (source: Machine, target: Machine) => Promise<void>;

export interface FailedMove {
  /** What the source ended with: "failed" or "cancelled". */
  readonly status: string;
  readonly course: readonly string[];
}

const bootId = 'cat /proc/sys/kernel/random/boot_id';

const consoles = (...machines: readonly Machine[]) =>
  machines.map(({ console }) => console().trim().slice(-3000)).join('\n');

interface MigrationInfo {
  readonly status?: string;
  readonly 'total-time'?: number;
  readonly downtime?: number;
  readonly 'error-desc'?: string;
}

const ended = new Set(['completed', 'failed', 'cancelled']);

/** Bytes a second: leaves some seconds to break a migration in. */
const slow = 20_000_000;

/** `options.pairs` and everything else as for a guest that stays; there is one more root port, "rp2" with one pair. */
export async function startMovingGuest(options: GuestOptions): Promise<MovingGuest> {
  const count = options.pairs?.length ?? 1;
  const guest = await startGuest({ ...options, spareTaps: 2 * count, sparePorts: 1 });
  const { segment, startedWith } = guest;
  let here: Machine = guest.machine;
  let agent: Pick<Agent, 'run' | 'close'> = { run: guest.run, close: () => undefined };
  let side = 0;
  let pairs = guest.pairs;
  let left: Machine | null = null;

  const discardSource = async () => {
    await left?.stop();
    left = null;
  };
  const tapsOf = (host: number) =>
    Array.from({ length: 2 * count }, (_, index) => segment.tap(2 * count * host + index));
  const startTarget = async (move: Move) => {
    await discardSource();
    const work = mkdtempSync(join(startedWith.work, 'host-'));
    const uri = `unix:${join(work, 'migration.sock')}`;
    const taps = tapsOf(1 - side);
    const there = move.pairs ?? pairs;
    const target = await startMachine({ ...startedWith, work, taps, pairs: there, incoming: uri });
    await move.prepare?.(target);
    return { target, uri, there };
  };

  const run: Guest['run'] = async (script, timeoutMs) => await agent.run(script, timeoutMs);
  return {
    ...guest,
    get machine() {
      return here;
    },
    get pairs() {
      return pairs;
    },
    get taps() {
      return tapsOf(side);
    },
    run,
    must: demandSuccess(run),
    discardSource,
    migrate: async (move = {}) => {
      const { target, uri, there } = await startTarget(move);
      const boot = await agent.run(bootId);
      agent.close();
      const source = here;
      const [info] = await Promise.all([sendTo(source, uri), move.meanwhile?.(target)]);
      if (info.status !== 'completed')
        throw new Error(`the migration ${info.status}: ${info['error-desc'] ?? info.course.join(', ')}`);
      left = source;
      here = target;
      side = 1 - side;
      pairs = there;
      agent = await connectAgent(target.agentSocket, 300_000, () => {
        if (target.ended()) throw new Error('the target ended before the guest answered from it');
      });
      if ((await agent.run(bootId)).stdout !== boot.stdout) {
        throw new Error(`the guest has booted anew after its migration: ${consoles(source, target)}`);
      }
      return { total: info['total-time'] ?? NaN, downtime: info.downtime ?? NaN, course: info.course };
    },
    failToMigrate: async (disturb) => {
      const { target, uri } = await startTarget({});
      const usual = (await here.qmp('query-migrate-parameters')) as { readonly 'max-bandwidth': number };
      const limitBandwidth = async (limit: number) =>
        await here.qmp('migrate-set-parameters', { 'max-bandwidth': limit });
      await limitBandwidth(slow);
      try {
        const [info] = await Promise.all([sendTo(here, uri), disturb(here, target)]);
        if (info.status === 'completed') throw new Error('the migration was to fail, and completed');
        return { status: info.status ?? '', course: info.course };
      } finally {
        await target.stop();
        await limitBandwidth(usual['max-bandwidth']);
      }
    },
    stop: async () => {
      agent.close();
      await discardSource();
      if (here !== guest.machine) await here.stop();
      await guest.stop();
    },
  };
}

/** Starts a migration and waits for its end, whatever that is. */
async function sendTo(source: Machine, uri: string): Promise<MigrationInfo & { readonly course: readonly string[] }> {
  const before = source.events().length;
  await source.qmp('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  await source.qmp('migrate', { uri });
  const ask = async () => (await source.qmp('query-migrate')) as MigrationInfo;
  await poll('the migration ends', 300_000, async () => ended.has((await ask()).status ?? ''), 20);
  await pause(200); // QEMU reckons its downtime up after it has said "completed"
  const info = await ask();
  const events = source.events().slice(before);
  return {
    ...info,
    course: events.map(({ event, data }) => (event === 'MIGRATION' ? String(data?.['status']) : event)),
  };
}

/** Waits until the source says that the migration is in this state. */
export async function awaitMigration(source: Machine, status: string): Promise<void> {
  await poll(
    `the migration is ${status}`,
    120_000,
    async () => ((await source.qmp('query-migrate')) as MigrationInfo).status === status,
    10,
  );
}
