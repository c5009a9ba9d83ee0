/** All that is wrong with a command line, told together: whoever mends it one by one starts the command as often. */
import { CommandError, exitStatus } from './command.ts';

export interface ArgumentProblems {
  /** Notes a problem unless it holds. */
  readonly demand: (holds: boolean, problem: string) => void;
  /** The value, or, where reading it ends in a CommandError, null and the problem noted. */
  readonly check: <Value>(read: () => Value) => Value | null;
  /** Ends the command with what was noted, one a line; returns where nothing was. */
  readonly end: () => void;
}

export function gatherProblems(): ArgumentProblems {
  const problems: string[] = [];
  return {
    demand: (holds, problem) => {
      if (!holds) problems.push(problem);
    },
    check: (read) => {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        problems.push(error.message);
        return null;
      }
    },
    end: () => {
      if (problems.length > 0) throw new CommandError(problems.join('\n'), exitStatus.usage);
    },
  };
}
