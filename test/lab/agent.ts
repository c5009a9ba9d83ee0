/** The host's end of the virtio-serial port on which guest/agent.sh answers. */
import { connectSocket, onLines } from './qemu.ts';
import { poll } from './command.ts';

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Agent {
  /** Runs a shell script in the guest. Scripts run one after the other. */
  readonly run: (script: string, timeoutMs?: number) => Promise<Answer>;
  readonly close: () => void;
}

/** Waits until the guest's agent answers: that is early in its boot. `alive` throws if there is nothing to wait for. */
export async function connectAgent(path: string, timeoutMs: number, alive: () => void): Promise<Agent> {
  const socket = await poll('QEMU opens the agent port', 120_000, async () => await connectSocket(path));
  const waiting = new Map<string, (answer: Answer) => void>();
  onLines(socket, (line) => {
    const [id = '', status = '', out = '-', err = '-'] = line.split(' ');
    waiting.get(id)?.({ status: Number(status), stdout: decode(out), stderr: decode(err) });
    waiting.delete(id);
  });
  let sent = 0;
  const run = async (script: string, runTimeoutMs = 120_000): Promise<Answer> => {
    sent += 1;
    const id = `${process.pid}.${sent}`;
    return await new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`the guest did not answer in ${runTimeoutMs / 1000} s: ${script.trim().slice(0, 200)}`));
      }, runTimeoutMs);
      waiting.set(id, (answer) => {
        clearTimeout(late);
        resolve(answer);
      });
      socket.write(`${id} ${Buffer.from(script).toString('base64')}\n`);
    });
  };
  try {
    // What is written before the guest has opened the port is lost: ask until there is an answer.
    await poll('the guest answers', timeoutMs, async () => {
      alive();
      return await run('true', 1000).then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { run, close: () => void socket.destroy() };
}

function decode(text: string): string {
  return text === '-' ? '' : Buffer.from(text, 'base64').toString('utf8');
}
