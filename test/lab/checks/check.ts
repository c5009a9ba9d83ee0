/** A check: something to be shown in one guest that is no network configuration. */
import type { Image } from '../image.ts';

export interface CheckOptions {
  readonly image: Image;
  readonly accelerator: string;
  readonly long: boolean;
}

export interface Check {
  readonly name: string;
  /** The row of the table, in a line. */
  readonly title: string;
  /** Left to --long. */
  readonly longOnly?: boolean;
  /** What was seen; throws if it is not what was to be seen. */
  readonly run: (options: CheckOptions) => Promise<string>;
}
