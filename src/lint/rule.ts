/** What a rule is: its documentation, examples that are its tests, and a check. Each is one file in rules/. */
import type { ConfigFile, ManagerName } from '../managers/claim.ts';
import type { Place } from '../text/source.ts';
import type { HostFacts } from '../topology/guest.ts';
import type { Finding, Severity } from './finding.ts';
import type { JudgedConfiguration } from './judge.ts';

export interface Rule {
  /** FO101. Never reused. */
  readonly id: string;
  /** What it forbids. */
  readonly name: string;
  readonly severity: Severity;
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
  readonly check: (view: LintView) => readonly RuleFinding[];
}

/** Files by the path where the daemon finds them, in a guest with one triple: enp1s0, enp1s0nsby, enp2s0. */
export interface Example {
  readonly files: Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>;
  readonly host?: Partial<HostFacts>;
  /** All there is of the guest's configuration, so that what is missing is missing. */
  readonly complete?: true;
}

/** The configuration as judged, and what is known of how it came to be linted. */
export interface LintView extends JudgedConfiguration {
  /** The whole configuration of a system: a fix may add files to it. Else single files, which may be anywhere. */
  readonly complete: boolean;
  /** The guest's links are not real ones. */
  readonly assumed: boolean;
  /** Kernel command lines and the initramfs's settings. */
  readonly bootFiles: readonly ConfigFile[];
  /** What is there already, so that a fix does not write it again; single files have nothing beside them. */
  readonly fileAt: (path: string) => ConfigFile | null;
  /** For the header of files that a fix adds. */
  readonly command: string;
}

/** What a rule says; the rest of the finding is the rule's own. */
export interface RuleFinding {
  readonly message: string;
  readonly place: Place;
  readonly severity?: Severity | undefined;
  readonly related?: Finding['related'];
  readonly link?: string | undefined;
  readonly phase?: string | undefined;
  readonly help?: string;
  readonly fix?: Finding['fix'];
}

/** Those that configure links; the others name, mark and lower. */
export const configuring: ReadonlySet<ManagerName> = new Set(['networkd', 'networkmanager', 'ifupdown']);
