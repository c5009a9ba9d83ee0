/** A guest for one script: what other developers use to see what a file does, and what `--try` runs. */
import { readFileSync, statSync } from 'node:fs';
import { startGuest } from './guest.ts';
import type { Image } from './image.ts';

export async function tryInGuest(
  image: Image,
  accelerator: string,
  [folder, script]: readonly string[],
): Promise<number> {
  if (folder === undefined || script === undefined || !statSync(folder).isDirectory()) {
    process.stderr.write('lab: --try: expected a folder and a script\n');
    return 2;
  }
  const guest = await startGuest({ image, accelerator, folder });
  try {
    // The managers are done with what they do at boot, well or not: a failed unit is the script's to judge.
    await guest.run('systemctl is-system-running --wait', 600_000);
    const { status, stdout, stderr } = await guest.run(readFileSync(script, 'utf8'), 600_000);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return status;
  } finally {
    await guest.stop();
  }
}
