/** What a udev rules file is once it is read: lines of tokens, and what udev would reject. */
import type { Source, Span } from '../../text/source.ts';
import type { Format } from './format.ts';

export type RuleOperator = '==' | '!=' | '=' | '+=' | '-=' | ':=';

export interface RuleToken {
  /** ATTR of ATTR{address}. */
  readonly key: string;
  /** address of ATTR{address}. */
  readonly attribute: string | null;
  readonly operator: RuleOperator;
  readonly value: string;
  /** i"…", since 257. */
  readonly ignoresCase: boolean;
  /** From the key to the closing quote. */
  readonly span: Span;
  readonly valueSpan: Span;
  /** `$…` and `%…` in the value; null: there are none. */
  readonly format: Format | null;
  /** The value's alternatives, in lower case if case is ignored, and whether they are globs. */
  readonly alternatives: readonly string[];
  readonly isGlob: boolean;
}

export interface RuleLine {
  readonly tokens: readonly RuleToken[];
  readonly goto: string | null;
  readonly label: string | null;
  readonly span: Span;
  /** As udev counts: a joined line has the number of its last physical line. */
  readonly line: number;
  readonly plan: RulePlan;
}

/** A line's tokens as udev goes through them: it sorts them by their kinds. */
export interface RulePlan {
  readonly comparisons: readonly RuleToken[];
  /** Those that one and the same parent has to pass. */
  readonly parents: readonly RuleToken[];
  readonly late: readonly RuleToken[];
  readonly assignments: readonly RuleToken[];
  /** It would do to a link something that managers see. Such a line is told of also where it fails. */
  readonly setsLink: boolean;
  /** It cannot match a network link, or but for a GOTO it would change nothing that other lines ask for. */
  readonly isForOthers: boolean;
  readonly isIdle: boolean;
}

export interface RuleFault {
  readonly span: Span;
  readonly line: number;
  readonly message: string;
  /** The whole line is ignored, a single token, all the rest of the file, or nothing. */
  readonly ignores: 'line' | 'token' | 'rest' | 'nothing';
  /** What udev does; left out where `ignores` says it all. */
  readonly consequence?: string;
}

export interface RulesFile {
  readonly source: Source;
  /** Those that udev takes. */
  readonly lines: readonly RuleLine[];
  /** For each line with a GOTO the index of the line that it leads to. */
  readonly targets: ReadonlyMap<RuleLine, number>;
  readonly faults: readonly RuleFault[];
}
