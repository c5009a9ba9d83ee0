/** `failoverctl status --watch` in the guest, while its VF goes and comes. */
import assert from 'node:assert/strict';
import { poll } from './command.ts';
import type { Guest } from './guest.ts';
import { installedAt } from './program.ts';

const log = '/run/lab/watch';

export interface StatusWatch {
  /**
   * Ends it as Ctrl-C does; throws unless each departure of the VF that it has told of has its return, and it ended with no
   * word. How many of so many moves it told is said, and no more: a VF that goes and comes within one reading, which takes
   * seconds in a loaded guest under TCG, is none to it.
   */
  readonly end: (moves: number) => Promise<string>;
}

export async function watchStatus(guest: Guest): Promise<StatusWatch> {
  // Its own id for kill(1): a shell would ignore SIGINT for it, and setsid forks.
  const script = `echo $$ >${log}.pid; exec ${installedAt} status --watch`;
  await guest.must(
    `{ setsid sh -c '${script}'; echo "exit $?"; } >${log} 2>&1 </dev/null 3>&- &
     until grep -q watching ${log}; do sleep 0.1; done`,
  );
  return {
    end: async (moves) => {
      const count = (text: string, event: RegExp) => text.match(new RegExp(event, 'gm'))?.length ?? 0;
      // A VF that is renamed goes under its first name, too: that is not counted.
      const told = (text: string) => [
        count(text, / datapath: datapath of \S+: primary → standby, /),
        count(text, / datapath: datapath of \S+: standby → primary, /),
      ];
      let text = '';
      await poll(
        'status --watch has told of the last return',
        60_000,
        async () => {
          text = await guest.must(`cat ${log}`);
          return told(text).at(-1) === moves;
        },
        500,
      ).catch(() => undefined);
      await guest.must(`kill -INT $(cat ${log}.pid)`);
      text = await poll('status --watch ends', 60_000, async () => {
        const all = await guest.must(`cat ${log}`);
        return /^exit \d+$/m.test(all) && all;
      });
      const [failovers = 0, returns = 0] = told(text);
      assert.ok(failovers > 0 && failovers === returns && failovers <= moves, text);
      const lines = text.trimEnd().split('\n');
      const strange = lines
        .slice(0, -1)
        .filter((line) => !/^\d{4}-\d\d-\d\dT[\d:.]+Z (?:watching|[a-z]+:) /.test(line));
      assert.deepEqual([strange, lines.at(-1)], [[], 'exit 0'], text);
      return `status --watch told ${failovers} of ${moves} failovers and their returns, in ${lines.length - 1} lines`;
    },
  };
}
