/** In which order udev goes through a line's tokens (sort_tokens(), enum UdevRuleTokenType of src/udev/udev-rules.c). */
import { known } from '../verdict.ts';
import { compareFact } from './compare-fact.ts';
import type { RulePlan, RuleToken } from './rule-model.ts';

const comparisonOrder = 'ACTION DEVPATH KERNEL SYMLINK NAME ENV CONST TAG SUBSYSTEM DRIVER ATTR SYSCTL'.split(' ');
/** Compared together, on one device. */
const parentKeys = 'KERNELS SUBSYSTEMS DRIVERS ATTRS TAGS'.split(' ');
const lateOrder = 'TEST PROGRAM IMPORT RESULT'.split(' ');
/** In one line, `$name` in ENV is the name before NAME=. */
const assignmentOrder = 'OPTIONS OWNER GROUP MODE TAG SECLABEL ENV NAME SYMLINK ATTR SYSCTL RUN'.split(' ');

export function isComparison({ key, operator }: RuleToken): boolean {
  return operator === '==' || operator === '!=' || key === 'PROGRAM' || key === 'IMPORT';
}

/** Is the value taken for globs? Backslashes alone make none: string_is_glob(). */
export function hasGlob(value: string): boolean {
  return /[*?[]/.test(value);
}

export function planLine(tokens: readonly RuleToken[]): RulePlan {
  const comparisons: RuleToken[] = [];
  const assignments: RuleToken[] = [];
  for (const token of tokens) (isComparison(token) ? comparisons : assignments).push(token);
  const parents = inOrder(parentKeys, comparisons);
  const late = inOrder(lateOrder, comparisons);
  const sets = assignments.some(setsLink);
  return {
    comparisons: inOrder(comparisonOrder, comparisons),
    parents,
    late,
    assignments: inOrder(assignmentOrder, assignments),
    setsLink: sets,
    isIdle: !sets && !assignments.some(({ key }) => key === 'TAG') && !late.some(({ key }) => key === 'IMPORT'),
    isForOthers:
      !sets && comparisons.some((token) => token.key === 'SUBSYSTEM' && compareFact(token, 'net') === known(false)),
  };
}

function setsLink({ key, attribute }: RuleToken): boolean {
  return key === 'NAME' || key === 'ENV' || (key === 'ATTR' && (attribute === 'address' || attribute === 'mtu'));
}

function inOrder(keys: readonly string[], tokens: readonly RuleToken[]): readonly RuleToken[] {
  const own = tokens.filter(({ key }) => keys.includes(key));
  return own.length < 2 ? own : [...own].sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
}
