/** What lint reports: one mistake, where it is, what it does to the guest, and how to mend it. */
import type { Place } from '../text/source.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  /** FO101. Never reused. */
  readonly rule: string;
  /** dhcp-on-slave. */
  readonly name: string;
  readonly severity: Severity;
  /** Lower case, quotes the offender, says what was expected. */
  readonly message: string;
  readonly place: Place;
  /** Other places that explain it: "loses to this", "the guard". */
  readonly related: readonly { readonly place: Place; readonly label: string }[];
  /** The link and the phase it concerns, when it is about one. */
  readonly link?: string;
  readonly phase?: string;
  /** All links it is about, by phase, where it is about more than that one: for pictures. */
  readonly concerns?: readonly { readonly link: string; readonly phase: string }[];
  /** Whose configuration it is in, where a run looks at several guests. */
  readonly guest?: string;
  /** What to do, in a sentence. */
  readonly help?: string;
  readonly fix: Fix | null;
}

export interface Fix {
  readonly description: string;
  /** What is to be done beside, so that it lasts: said once it is made. */
  readonly note?: string;
  /** Unsafe: it may change what a working guest does, and is applied only when asked for. */
  readonly safe: boolean;
  readonly edits: readonly Edit[];
  /** The text of an edit holds a secret of the file: it is applied, and not shown. */
  readonly holdsSecret?: true;
}

/** Replaces a place's text; an empty span inserts. A file that does not exist yet has an empty source. */
export interface Edit {
  readonly place: Place;
  readonly text: string;
  /** Permission bits of a file that does not exist yet; 0644 if not said. */
  readonly mode?: number;
}
