/** What every linter's rule says of itself, whatever it looks at. */
import type { Place } from '../text/source.ts';
import type { HostFacts } from '../topology/guest.ts';
import type { Finding, Severity } from './finding.ts';

/** What a rule is called. */
export interface RuleIdentity {
  /** FO101. Never reused. */
  readonly id: string;
  /** What it forbids. */
  readonly name: string;
}

export interface RuleHeader extends RuleIdentity {
  readonly severity: Severity;
}

/** A rule's documentation, and examples that are its tests. */
export interface RuleDocs extends RuleHeader {
  /** What it looks for, in a sentence or two. */
  readonly what: string;
  /** What happens in the field. */
  readonly why: string;
  /** Where that is known from. */
  readonly source: string;
  /** Each yields this rule and no other. */
  readonly bad: readonly Example[];
  /** Each yields nothing. */
  readonly good: readonly Example[];
}

/** Files by the path where the daemon finds them, in a guest with one triple: enp1s0, enp1s0nsby, enp2s0. */
export interface Example {
  readonly files: Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>;
  readonly host?: Partial<HostFacts>;
  /** All there is of the guest's configuration, so that what is missing is missing. */
  readonly complete?: true;
}

/** What a rule says; the rest of the finding is the rule's own. */
export interface RuleFinding {
  readonly message: string;
  readonly place: Place;
  readonly severity?: Severity | undefined;
  readonly related?: Finding['related'];
  readonly link?: string | undefined;
  readonly phase?: string | undefined;
  readonly concerns?: Finding['concerns'];
  readonly help?: string;
  readonly fix?: Finding['fix'];
}
