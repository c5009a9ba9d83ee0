/** What is wrong with a profile. */
import type { Place } from '../../text/source.ts';

export interface ProfileFault {
  readonly place: Place;
  readonly message: string;
}
