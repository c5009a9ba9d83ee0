/** One line of a diagnosis: what was looked at, what was found, and what is to be done. */

/** ok: as it should be · note: to know · todo: something has to be done · unknown: it could not be told. */
export type CheckState = 'ok' | 'note' | 'todo' | 'unknown';

export interface Check {
  readonly subject: string;
  readonly state: CheckState;
  readonly found: string;
  /** What to do; null: nothing. */
  readonly advice: string | null;
}

export function check(subject: string, state: CheckState, found: string, advice: string | null = null): Check {
  return { subject, state, found, advice };
}
