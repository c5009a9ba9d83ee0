/**
 * Can this machine run a stock kernel under KVM? /dev/kvm may be there and the kernel still hang or QEMU abort, so it is
 * tried: a guest that only has to answer. Else TCG, which works everywhere.
 */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAgent } from './agent.ts';
import { undoLater } from './cleanup.ts';
import { startMachine } from './qemu.ts';
import type { Image } from './image.ts';

export async function chooseAccelerator(image: Image): Promise<'kvm' | 'tcg'> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const work = mkdtempSync(join(tmpdir(), 'failoverctl-lab-'));
  const removeWork = undoLater(() => rmSync(work, { recursive: true, force: true }));
  try {
    const inside = (...argv: string[]) => argv;
    const common = { image, kind: 'minimal', pairs: [], taps: [], scenario: null, work, inside } as const;
    const machine = await startMachine({ ...common, accelerator: 'kvm' });
    try {
      const agent = await connectAgent(machine.agentSocket, 6000, () => {
        if (machine.ended()) throw new Error('QEMU ended');
      });
      agent.close();
      return 'kvm';
    } finally {
      await machine.stop();
    }
  } catch {
    return 'tcg';
  } finally {
    await removeWork();
  }
}
