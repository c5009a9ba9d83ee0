/** What a rule is: its documentation, examples that are its tests, and a check. Each is one file in rules/. */
import type { RuleDocs, RuleFinding } from '../findings/rule.ts';
import type { ConfigFile, ManagerName } from '../managers/claim.ts';
import type { JudgedConfiguration } from '../judgement/judge.ts';

export interface Rule extends RuleDocs {
  readonly check: (view: LintView) => readonly RuleFinding[];
}

/** The configuration as judged, and what is known of how it came to be linted. */
export interface LintView extends JudgedConfiguration {
  /** The whole configuration of a system: a fix may add files to it. Else single files, which may be anywhere. */
  readonly complete: boolean;
  /** A whole system with its programs, so that what is missing is missing; else a part of one. */
  readonly whole: boolean;
  /** Managers that will not act, why, and a file that was written for them. `acts`: it does, but is not judged. */
  readonly idle: readonly {
    readonly manager: ManagerName;
    readonly why: string;
    readonly file: ConfigFile | null;
    readonly acts?: true;
  }[];
  /** The guest's links are not real ones. */
  readonly assumed: boolean;
  /** Kernel command lines and the initramfs's settings. */
  readonly bootFiles: readonly ConfigFile[];
  /** Rulesets of nftables. */
  readonly filterFiles: readonly ConfigFile[];
  /** What is there already, so that a fix does not write it again; single files have nothing beside them. */
  readonly fileAt: (path: string) => ConfigFile | null;
  /** For the header of files that a fix adds. */
  readonly command: string;
}
