/** What a udev rules file is once it is read: lines of tokens, and what udev would reject. */
import type { Source, Span } from '../../text/source.ts';

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
}

export interface RuleLine {
  readonly tokens: readonly RuleToken[];
  readonly goto: string | null;
  readonly label: string | null;
  readonly span: Span;
  /** As udev counts: a joined line has the number of its last physical line. */
  readonly line: number;
}

export interface RuleFault {
  readonly span: Span;
  readonly line: number;
  readonly message: string;
  /** The whole line is ignored, a single token, or all the rest of the file. */
  readonly ignores: 'line' | 'token' | 'rest';
}

export interface RulesFile {
  readonly source: Source;
  /** Those that udev takes. */
  readonly lines: readonly RuleLine[];
  readonly faults: readonly RuleFault[];
}
