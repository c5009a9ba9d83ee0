/**
 * What has to be undone, also when the lab fails or is interrupted: namespaces, processes, directories. Each piece says how
 * when it is made; undoing runs newest first and goes on past a failure.
 */
import { pause } from './command.ts';

export type Undo = () => Promise<void> | void;

const pending = new Set<Undo>();

/** Notes an undoing, and gives a function that does it now (once). */
export function undoLater(undo: Undo): () => Promise<void> {
  pending.add(undo);
  return async () => {
    if (pending.delete(undo)) await undo();
  };
}

/** Also what is made meanwhile: a row that is interrupted may be about to start its next guest. */
export async function undoAll(): Promise<void> {
  while (pending.size > 0) {
    for (const undo of [...pending].reverse()) {
      pending.delete(undo);
      try {
        await undo();
      } catch (error) {
        process.stderr.write(`lab: cleaning up: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
    await pause(500);
  }
}
