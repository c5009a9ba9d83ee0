import type { Span } from '../text/source.ts';

/** A place that is overwritten. */
export interface Found extends Span {
  /** The setting's name, or what it is. */
  readonly what: string;
}
