/** A line on a terminal while a command takes long: what it does, and for how long. main.ts gives it to all commands. */
import { isFailure, type FileOperations, type System } from './system.ts';

/** Milliseconds that a person waits for without a word. */
const patience = 1000;

/** `work` on a machine on which it shows, by `write`. Where standard error is no terminal, or a dumb one, nothing does. */
export async function withProgress<Result>(
  machine: System,
  name: string,
  write: (text: string) => void,
  work: (system: System) => Result | Promise<Result>,
): Promise<Result> {
  if (!machine.isTerminal('stderr') || machine.env('TERM') === 'dumb') return work(machine);
  const started = machine.now();
  let next = started + patience;
  let reads = 0;
  let isShown = false;
  const show = (doing: string) => {
    const now = machine.now();
    if (now < next) return;
    next = now + 200;
    isShown = true;
    write(`\r\u001b[Kfailoverctl ${name}: ${Math.round((now - started) / 1000)} s, ${doing}`);
  };
  const clear = () => {
    if (isShown) write('\r\u001b[K');
    isShown = false;
  };
  const counted = <Files extends FileOperations>(files: Files): Files => ({
    ...files,
    read: (path: string) => {
      show(`${(reads += 1)} files read`);
      return files.read(path);
    },
  });
  try {
    return await work({
      ...counted(machine),
      openBelow: (path) => {
        const files = machine.openBelow(path);
        return files === null || isFailure(files) ? files : counted(files);
      },
      run: (argv, options) => {
        show(`running ${argv[0]}`);
        return machine.run(argv, options);
      },
      sleep: (milliseconds) => {
        show('waiting');
        machine.sleep(milliseconds);
      },
      follow: (...how) => {
        next = Infinity; // what comes is the progress
        clear();
        return machine.follow(...how);
      },
      out: (text) => {
        clear();
        machine.out(text);
      },
      err: (text) => {
        clear();
        machine.err(text);
      },
    });
  } finally {
    clear();
  }
}
