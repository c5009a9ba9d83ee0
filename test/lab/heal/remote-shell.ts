/**
 * A shell in the guest over a TCP connection from outside, as sshd gives one: a process for each connection, with a terminal of
 * its own, which gets SIGHUP when the connection ends. systemd accepts, script(1) makes the terminal.
 */
import { spawn } from 'node:child_process';
import { undoLater } from '../cleanup.ts';
import { poll } from '../command.ts';
import type { Guest, GuestFiles } from '../guest.ts';

const port = 7022;

/** What the guest has to carry for it. */
export const remoteShellFiles: GuestFiles = {
  '/etc/systemd/system/lab-shell.socket': `[Socket]\nListenStream=${port}\nAccept=yes\n`,
  '/etc/systemd/system/lab-shell@.service':
    '[Service]\nStandardInput=socket\nStandardOutput=socket\nExecStart=-/usr/bin/script -qfc "bash -i" /dev/null\n',
  '/etc/systemd/system/sockets.target.wants/lab-shell.socket': { link: '/etc/systemd/system/lab-shell.socket' },
};

export interface RemoteShell {
  readonly type: (line: string) => void;
  /** Types a command and waits until its end is read over the connection. */
  readonly run: (command: string, patience: number) => Promise<{ readonly status: number; readonly output: string }>;
  readonly close: () => Promise<void>;
}

/** Null: nobody answers at this address in so many seconds. */
export async function openShell(guest: Guest, address: string, patience: number): Promise<RemoteShell | null> {
  const [program = '', ...args] = guest.segment.inside('busybox', 'nc', address, String(port));
  const client = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  let output = '';
  let ended = false;
  const over = new Promise<void>((resolve) => {
    client.on('close', () => {
      ended = true;
      resolve();
    });
  });
  client.on('error', () => undefined); // it is closed then, too
  client.stdin.on('error', () => undefined);
  client.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const close = undoLater(async () => {
    client.kill('SIGKILL');
    await over;
  });
  const type = (line: string) => void client.stdin.write(`${line}\n`);
  let commands = 0;
  const run: RemoteShell['run'] = async (command, seconds) => {
    const [start, id] = [output.length, (commands += 1)];
    // The terminal echoes what is typed: what is awaited must not stand there.
    type(`${command}; echo "end$((${id}-1)) $?"`);
    return await poll(`an answer of the shell at ${address} to: ${command}`, seconds * 1000, () => {
      const found = new RegExp(`end${id - 1} (\\d+)\\r?\\n`).exec(output.slice(start));
      if (found === null && ended) throw new Error(`the connection to ${address} ended: ${output.slice(start)}`);
      return found !== null && { status: Number(found[1]), output: output.slice(start, start + found.index) };
    });
  };
  const answers = await run('true', patience).then(
    ({ status }) => status === 0,
    () => false,
  );
  if (answers) return { type, run, close };
  await close();
  return null;
}
