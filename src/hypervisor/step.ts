/**
 * A step of a runbook: a check of its effect, a command, and an undo.
 *
 * The state of the host decides, never a memory of what was run: a command that failed or was killed may have had its
 * effect all the same, and an undo runs only where the effect is there.
 */

export interface Step {
  /** "fdb-tap": names a script's functions. */
  readonly id: string;
  /** What it does: "send frames for the guest's MAC to its tap". */
  readonly title: string;
  /** What is run; null for a step that only waits. */
  readonly command: HostCommand | null;
  /** Is the effect there? `unknown` where the host does not say. */
  readonly effect: () => Effect;
  /** How long the effect may take to show after the command, in milliseconds. */
  readonly patience: number;
  /** Reverts the effect; null where there is nothing to revert. */
  readonly undo: HostCommand | null;
  /** The undo in terms of what is there by then, where that says more than what was asked for. */
  readonly undoAs?: () => HostCommand | null;
  /**
   * Ends what the command has begun elsewhere, a job that continues without its client: at Ctrl-C while the command runs,
   * and before the undo. Its failure does not matter.
   */
  readonly abort?: HostCommand;
  /** What a failure may leave behind though the effect is not there. */
  readonly mend?: Mend;
  /** How far the command has come, while it runs: "412 MiB sent". */
  readonly describeProgress?: () => string | null;
  /** Why the effect may not come, and what to do then: for a person, when the wait for it runs out. */
  readonly ifLate?: string;
  /** A wait that may run out: the next step is taken all the same, with a warning. */
  readonly mayTimeOut?: true;
  /** Once its effect is there, nothing before it is undone any more, and the steps after it run in any case. */
  readonly pointOfNoReturn?: true;
}

export interface Mend {
  /** "let 'vm-01' run on". */
  readonly title: string;
  /** It is needed where the command's standard output is this one word. */
  readonly neededIf: { readonly command: HostCommand; readonly says: string };
  readonly command: HostCommand;
  /** Why only a person can tell whether it may be run; null: it may. */
  readonly whyNot: () => string | null;
}

export type Effect = 'present' | 'absent' | 'unknown';

export interface HostCommand {
  readonly argv: readonly string[];
  /** The text of a file that the command reads; its name is the word `inputFile` among the arguments. */
  readonly input?: string;
}

export interface Runbook {
  readonly steps: readonly Step[];
  /** What was found out, for the top of the plan. */
  readonly facts: readonly string[];
  /** What is left out and why. */
  readonly notes: readonly string[];
}

/** In a printed command: a pipe. When run: a temporary file, since a program cannot open a socket by this name. */
export const inputFile = '/dev/stdin';
