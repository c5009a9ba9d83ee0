/** Three-valued logic (Kleene's): `maybe` is what turns on a fact that is not known. */
import type { Verdict } from './claim.ts';

export function allOf(verdicts: Iterable<Verdict>): Verdict {
  let result: Verdict = 'yes';
  for (const verdict of verdicts) {
    if (verdict === 'no') return 'no';
    if (verdict === 'maybe') result = 'maybe';
  }
  return result;
}

export function anyOf(verdicts: Iterable<Verdict>): Verdict {
  let result: Verdict = 'no';
  for (const verdict of verdicts) {
    if (verdict === 'yes') return 'yes';
    if (verdict === 'maybe') result = 'maybe';
  }
  return result;
}

export function not(verdict: Verdict): Verdict {
  return verdict === 'yes' ? 'no' : verdict === 'no' ? 'yes' : 'maybe';
}

export function known(truth: boolean): Verdict {
  return truth ? 'yes' : 'no';
}
