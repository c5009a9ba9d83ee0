/**
 * What `udevadm verify` has against a line as a whole: expressions that are written twice, that contradict each other, or that
 * udev takes in another order (udev_check_conflicts_duplicates() and check_tokens_order() of src/udev/udev-rules.c).
 */
import { hasGlob, isComparison } from './plan.ts';
import type { RuleToken } from './rule-model.ts';

export interface LineComplaint {
  /** The later of the two. */
  readonly token: RuleToken;
  readonly message: string;
  readonly consequence: string;
}

export function checkLine(tokens: readonly RuleToken[]): readonly LineComplaint[] {
  const complaints: LineComplaint[] = [];
  const result = tokens.findIndex(({ key }) => key === 'RESULT');
  const program = result < 0 ? undefined : tokens.slice(result).find(({ key }) => key === 'PROGRAM');
  if (program !== undefined)
    complaints.push({
      token: program,
      message: 'PROGRAM: comes after RESULT, expected before it',
      consequence: 'runs PROGRAM first',
    });
  const traits = tokens.map(traitsOf);
  let twice = false;
  let contradicts = false;
  for (const [index, one] of traits.entries())
    for (const other of traits.slice(index + 1)) {
      if (one.type !== other.type || one.data !== other.data || one.match !== other.match) continue;
      const isSame = one.value === other.value;
      if (isSame && !twice && one.operator === other.operator) {
        twice = true;
        complaints.push({
          token: other.token,
          message: `${describe(other.token)}: written twice, expected once`,
          consequence: 'does the same thing twice',
        });
      }
      const opposed = isSame && isOpposite(one.operator, other.operator);
      if (!contradicts && (opposed || (!isSame && excludes(one, other)))) {
        contradicts = true;
        complaints.push({
          token: other.token,
          message: `${describe(other.token)}: contradicts ${describe(one.token)}, expected one of them`,
          consequence: 'never runs the line',
        });
      }
    }
  return complaints;
}

function describe({ key, attribute, operator, value }: RuleToken): string {
  return `'${key}${attribute === null ? '' : `{${attribute}}`}${operator}"${value}"'`;
}

/** What two tokens are compared by. */
interface Traits {
  readonly token: RuleToken;
  readonly type: string;
  readonly operator: string;
  readonly data: string;
  /** How it is matched: exactly, by globs, against nothing. */
  readonly match: string;
  /** Alternatives in any order, or the value. */
  readonly value: string;
  readonly alternatives: readonly string[];
}

/** Their values are not split at bars. */
const wholeValues = new Set(['TEST', 'PROGRAM', 'IMPORT']);

function traitsOf(token: RuleToken): Traits {
  const { key, attribute, value } = token;
  if (!isComparison(token)) return traitsOfAssignment(token);
  const written = key === 'PROGRAM' || key === 'IMPORT' ? (token.operator === '!=' ? '!=' : '==') : token.operator;
  const operator = value === '?*' ? (written === '==' ? '!=' : '==') : written;
  const split = !wholeValues.has(key);
  const alternatives = split ? [...new Set(value.split('|').filter((one) => one !== ''))] : [];
  const withEmpty = split && (value === '' || value.split('|').includes(''));
  const isOldWord = key === 'SUBSYSTEM' && /^(?:subsystem|bus|class)$/.test(value);
  const kind = isOldWord ? 'subsystem' : value === '' || value === '?*' ? 'empty' : hasGlob(value) ? 'glob' : 'plain';
  // trailing blanks of an attribute are dropped unless the value has some
  const first = alternatives[0] ?? '';
  const trims = (key === 'ATTR' || key === 'ATTRS') && first !== '' && !/\s$/.test(first);
  const match = [
    kind,
    withEmpty && (kind === 'plain' || kind === 'glob') ? 'or empty' : '',
    trims ? 'trimmed' : '',
    token.ignoresCase ? 'any case' : '',
  ].join(' ');
  const isMode = key === 'TEST' && (attribute ?? '') !== '';
  return {
    token,
    type: key === 'IMPORT' ? `IMPORT{${attribute}}` : key,
    operator,
    data: isMode ? String(Number.parseInt(attribute ?? '', 8)) : key === 'IMPORT' ? '' : (attribute ?? ''),
    match,
    value: kind === 'subsystem' || kind === 'empty' ? '' : split ? [...alternatives].sort().join('|') : value,
    alternatives,
  };
}

function traitsOfAssignment(token: RuleToken): Traits {
  const { key, attribute, operator, value } = token;
  const same = { token, match: '', alternatives: [], data: attribute ?? '' };
  if (key === 'OPTIONS') {
    const [, name = value, argument = ''] = /^([a-z_]+=)(.*)$/s.exec(value) ?? [];
    const type = name === 'string_escape=' ? value : name;
    const number = name === 'link_priority=' ? String(Number(argument.trim())) : argument;
    return { ...same, type, operator: operator === '+=' ? '=' : operator, value: number };
  }
  if (key === 'RUN')
    return { ...same, type: attribute === 'builtin' ? 'RUN builtin' : 'RUN', data: '', operator, value };
  const assumed = ['NAME', 'ATTR', 'SYSCTL', 'OWNER', 'GROUP', 'MODE'].includes(key) && operator === '+=';
  const asFinal = ['ENV', 'TAG', 'ATTR', 'SYSCTL', 'SECLABEL'].includes(key) && operator === ':=';
  const mode = key === 'MODE' && /^[0-7]+$/.test(value) ? String(Number.parseInt(value, 8)) : value;
  return { ...same, type: `${key}=`, operator: assumed || asFinal ? '=' : operator, value: mode };
}

function isOpposite(a: string, b: string): boolean {
  return (a === '==' && b === '!=') || (a === '!=' && b === '==');
}

/**
 * Can no text match both? `udevadm verify` says so of TAG, TAGS and SYMLINK too, of which a device has several: a line
 * that asks for two of them can be true, since udevd looks for each by itself, and it is not complained of here.
 */
function excludes(a: Traits, b: Traits): boolean {
  if (a.operator !== '==' || b.operator !== '==') return false;
  if (wholeValues.has(a.token.key) || ['TAG', 'TAGS', 'SYMLINK'].includes(a.token.key)) return false;
  if (a.match.trim() === 'plain') return !a.alternatives.some((one) => b.alternatives.includes(one));
  if (a.match.trim() !== 'glob') return false;
  const heads = b.alternatives.map(headOf);
  return a.alternatives.every((one) => {
    const head = headOf(one);
    return head !== '' && heads.every((other) => other !== '' && !other.startsWith(head) && !head.startsWith(other));
  });
}

/** What stands before the first wildcard. */
function headOf(pattern: string): string {
  return pattern.slice(0, pattern.search(/[*?[]|$/));
}
