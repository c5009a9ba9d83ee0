/** A TCP connection from the guest to outside that carries numbered lines both ways, for as long as a row lasts. */
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { undoLater } from '../cleanup.ts';
import { pause, poll, startCommand } from '../command.ts';
import type { Guest, GuestFiles } from '../guest.ts';
import { hostAddress } from '../segment.ts';

const inGuest = '/usr/local/lib/failoverctl-lab/stream.bash';
const port = 7000;

/** What the guest has to carry for it. */
export const streamFiles = (): GuestFiles => ({
  [inGuest]: { text: readFileSync('test/lab/guest/stream.bash', 'utf8'), mode: 0o755 },
});

export interface Stream {
  /** Ends it, and tells what each side sent and what the other received; throws if that is not the same. */
  readonly finish: () => Promise<StreamResult>;
}

export interface StreamResult {
  readonly fromGuest: number;
  readonly toGuest: number;
  /** From the guest. */
  readonly bytes: number;
  /** The longest time without a byte from the guest, in seconds. */
  readonly longestSilence: number;
}

interface PeerEvent {
  readonly event: string;
  readonly message?: string;
  readonly sent?: number;
  readonly received?: number;
  readonly misplaced?: number;
  readonly bytes?: number;
  readonly longestSilence?: number;
}

/** Null: the guest gets no connection in `patience` seconds. */
export async function startStream(guest: Guest, patience: number): Promise<Stream | null> {
  const output = join(guest.startedWith.work, `stream-${Date.now()}`);
  const peer = startCommand(
    guest.segment.inside(process.execPath, 'test/lab/migration/stream-peer.mjs', hostAddress, String(port)),
    openSync(output, 'w'),
  );
  const stopPeer = undoLater(async () => await peer.stop());
  const told = () =>
    readFileSync(output, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as PeerEvent);
  await poll("the stream's peer listens", 120_000, () => {
    if (peer.ended()) throw new Error(`the stream's peer: ${peer.complaints().trim()}`);
    return told().some(({ event }) => event === 'listening');
  });
  const log = '/run/lab/stream.log';
  await guest.must(
    `rm -f /run/lab/stream.stop; setsid ${inGuest} ${hostAddress} ${port} >${log} 2>&1 </dev/null 3>&- & echo $! >/run/lab/stream.pid`,
  );
  const deadline = Date.now() + patience * 1000;
  while (!told().some(({ event }) => event === 'connected')) {
    if (Date.now() > deadline) {
      await guest.must('kill "$(cat /run/lab/stream.pid)" 2>/dev/null || true');
      await stopPeer();
      return null;
    }
    await pause(200);
  }
  return {
    finish: async () => {
      await guest.must('touch /run/lab/stream.stop');
      const guestSide = async () => await guest.must(`cat ${log}`);
      const end = await poll('both ends of the TCP connection have said all', 120_000, async () => {
        const broken = told().find(({ event }) => event === 'broken');
        if (broken !== undefined)
          throw new Error(`the TCP connection broke: ${broken.message}; the guest: ${await guestSide()}`);
        const found = told().find(({ event }) => event === 'ended');
        return found !== undefined && /^received/m.test(await guestSide()) && found;
      });
      await stopPeer();
      const guestLog = await guestSide();
      const [sent, received] = ['sent', 'received'].map((word) =>
        Number(new RegExp(`^${word} (\\d+)`, 'm').exec(guestLog)?.[1]),
      );
      const connections = told().filter(({ event }) => event === 'connected').length;
      if (connections !== 1 || end.misplaced !== 0 || sent !== end.received || received !== end.sent)
        throw new Error(
          `the TCP connection lost data: outside ${JSON.stringify(end)}, ${connections} connections; the guest: ${guestLog}`,
        );
      return {
        fromGuest: end.received ?? 0,
        toGuest: end.sent ?? 0,
        bytes: end.bytes ?? 0,
        longestSilence: end.longestSilence ?? 0,
      };
    },
  };
}
