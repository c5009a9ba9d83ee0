/** A check: something to be shown in one guest that is no network configuration. */
import type { Image } from '../image.ts';
import type { StepResult } from '../steps.ts';

export interface CheckOptions {
  readonly image: Image;
  readonly accelerator: string;
  readonly long: boolean;
  /** Told at the start of each step. */
  readonly onStep: (step: string) => void;
}

export interface Check {
  readonly name: string;
  /** The row of the table, in a line. */
  readonly title: string;
  /** Left to --long. */
  readonly longOnly?: boolean;
  /** Only these, not all. */
  readonly releases?: readonly string[];
  /** The cell of the table of stacks that it fills. */
  readonly cell?: { readonly stack: string; readonly way: string };
  /** What was seen, at once or step by step; throws if it is not what was to be seen. */
  readonly run: (options: CheckOptions) => Promise<string | readonly StepResult[]>;
}
