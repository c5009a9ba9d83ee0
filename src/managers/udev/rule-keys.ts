/**
 * What udev has against a single token, by version: parse_token() of src/udev/udev-rules.c. Where a version is not known, what
 * any version takes is taken. The
 * versions are from systemd's NEWS and pull requests, and from udevd 247, 252, 257 and 262, which were asked.
 */
import type { Accounts } from './accounts.ts';
import { parseFormat } from './format.ts';
import type { RuleOperator, RuleToken } from './rule-model.ts';
import { brokenValue, ignoreLine, keep, valueChecks, type Complaint, type IsKnown } from './rule-values.ts';

interface RuleKey {
  /** The part in braces; a choice has the version that it came with. */
  readonly attribute: 'none' | 'needed' | 'path' | 'mode' | Readonly<Record<string, number>>;
  readonly takes: 'comparison' | 'assignment' | 'both';
  /** Takes `-=` too, since this version. */
  readonly removes?: number;
  /** Operators that udev takes for `=`, with a warning. */
  readonly asEquals?: readonly RuleOperator[];
  /** `$…` is replaced in the value, always (PROGRAM is no comparison of its value) or where it is assigned. */
  readonly format?: 'always' | 'assigned';
  /** An empty value is complained of. */
  readonly wantsValue?: true;
}

const compares: RuleKey = { attribute: 'none', takes: 'comparison' };
const owns: RuleKey = { attribute: 'none', takes: 'assignment', asEquals: ['+='] };

const ruleKeys: Readonly<Record<string, RuleKey>> = {
  ACTION: compares,
  DEVPATH: compares,
  KERNEL: compares,
  KERNELS: compares,
  SUBSYSTEM: compares,
  SUBSYSTEMS: compares,
  DRIVER: compares,
  DRIVERS: compares,
  TAGS: compares,
  RESULT: compares,
  SYMLINK: { attribute: 'none', takes: 'both', removes: 253, format: 'assigned' },
  NAME: { attribute: 'none', takes: 'both', asEquals: ['+='], format: 'assigned' },
  ENV: { attribute: 'needed', takes: 'both', asEquals: [':='], format: 'assigned' },
  CONST: { attribute: { arch: 0, virt: 0, cvm: 258 }, takes: 'comparison' },
  TAG: { attribute: 'none', takes: 'both', removes: 0, asEquals: [':='], format: 'assigned', wantsValue: true },
  ATTR: { attribute: 'path', takes: 'both', asEquals: ['+=', ':='], format: 'assigned' },
  ATTRS: { attribute: 'path', takes: 'comparison' },
  SYSCTL: { attribute: 'path', takes: 'both', asEquals: ['+=', ':='], format: 'assigned' },
  TEST: { attribute: 'mode', takes: 'comparison', format: 'always', wantsValue: true },
  PROGRAM: { attribute: 'none', takes: 'both', format: 'always', wantsValue: true },
  IMPORT: {
    attribute: { file: 0, program: 0, builtin: 0, db: 0, cmdline: 0, parent: 0 },
    takes: 'both',
    format: 'always',
    wantsValue: true,
  },
  OPTIONS: { attribute: 'none', takes: 'assignment' },
  OWNER: owns,
  GROUP: owns,
  MODE: owns,
  SECLABEL: { attribute: 'needed', takes: 'assignment', asEquals: [':='], format: 'always', wantsValue: true },
  RUN: { attribute: { program: 0, builtin: 0 }, takes: 'assignment', format: 'always', wantsValue: true },
  GOTO: { attribute: 'none', takes: 'assignment' },
  LABEL: { attribute: 'none', takes: 'assignment' },
};

/** What udev has against a token; after a complaint that ignores the line there are no others. */
export function checkToken(token: RuleToken, version: number | undefined, accounts: Accounts): readonly Complaint[] {
  const { key, operator, value } = token;
  const isKnown = (since: number | undefined) => since !== undefined && (version === undefined || version >= since);
  const facts = ruleKeys[key];
  if (facts === undefined) return [ignoreLine(describeUnknownKey(key))];
  const isComparison = operator === '==' || operator === '!=';
  const attribute = checkAttribute(token, facts.attribute, isKnown);
  if (attribute !== null && attribute.ignores === 'line') return [attribute];
  const complaints: Complaint[] = attribute === null ? [] : [attribute];

  const wrongOperator =
    (isComparison && facts.takes === 'assignment') ||
    (!isComparison && facts.takes === 'comparison') ||
    (operator === '-=' && !isKnown(facts.removes)) ||
    ((key === 'GOTO' || key === 'LABEL') && operator !== '=');
  if (wrongOperator) return [...complaints, ignoreLine(`${key}: ${refuse(operator, facts, isKnown)}`)];
  if (token.ignoresCase && (!isComparison || ['PROGRAM', 'IMPORT', 'TEST'].includes(key)))
    return [...complaints, ignoreLine(`${key}: i"…" is for comparisons only, expected "…"`)];
  if (facts.asEquals?.includes(operator) === true)
    complaints.push(keep(`${key}: ${refuse(operator, facts, isKnown)}`, "reads it as '='"));

  if (facts.format === 'always' || (facts.format === 'assigned' && !isComparison)) {
    const empty = facts.wantsValue === true && value === '';
    const wrong = empty ? `${key}: empty value, expected one` : describeFormat(key, token);
    if (wrong !== null) complaints.push(keep(wrong, brokenValue));
  }
  const special = valueChecks[key]?.(token, isKnown, accounts, version) ?? [];
  return [...complaints, ...special];
}

function refuse(operator: RuleOperator, facts: RuleKey, isKnown: IsKnown): string {
  const since = operator === '-=' ? facts.removes : undefined;
  const why = since === undefined ? 'is not allowed' : `needs systemd ${since}`;
  return `'${operator}' ${why}, expected ${operatorsOf(facts, isKnown)}`;
}

function operatorsOf({ takes, removes, asEquals }: RuleKey, isKnown: IsKnown): string {
  const assigns = ['=', '+=', ':='].filter((operator) => asEquals?.includes(operator as RuleOperator) !== true);
  const all = [
    ...(takes === 'assignment' ? [] : ['==', '!=']),
    ...(takes === 'comparison' ? [] : assigns),
    ...(isKnown(removes) ? ['-='] : []),
  ].map((operator) => `'${operator}'`);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1) ?? ''}`;
}

function describeFormat(key: string, { format }: RuleToken): string | null {
  return format?.fault == null ? null : `${key}: ${format.fault}`;
}

function checkAttribute(
  { key, attribute, operator }: RuleToken,
  wanted: RuleKey['attribute'],
  isKnown: IsKnown,
): Complaint | null {
  const text = attribute ?? '';
  if (wanted === 'none')
    return attribute === null ? null : ignoreLine(`${key}: '{${text}}' is not allowed, expected no braces`);
  if (wanted === 'mode') {
    const isMode = text === '' || (/^[ \t\n\r]*[0-7]+$/.test(text) && Number.parseInt(text, 8) <= 0o7777);
    return isMode ? null : ignoreLine(`${key}: '${text}' is not a mode, expected an octal number up to 7777`);
  }
  if (wanted === 'needed' || wanted === 'path') {
    if (text === '') return ignoreLine(`${key}: no name in braces, expected ${key}{NAME}`);
    const wrong = wanted === 'path' ? (parseFormat(text)?.fault ?? null) : null;
    if (wrong !== null) return keep(`${key}{${text}}: ${wrong}`, brokenValue);
    if (key === 'ATTRS' && (operator === '==' || operator === '!=')) {
      const place = text.startsWith('device/')
        ? "the link 'device'"
        : text.includes('../')
          ? "'../' for the parent"
          : null;
      if (place !== null)
        return keep(
          `ATTRS{${text}}: uses ${place}, expected the attribute's own name`,
          'warns that it may stop working',
        );
    }
    return null;
  }
  if (isKnown(wanted[text]) || (key === 'RUN' && attribute === null)) return null;
  const since = wanted[text];
  const known = Object.keys(wanted).filter((name) => isKnown(wanted[name]));
  const expected = `expected one of ${known.join(', ')}`;
  return ignoreLine(
    `${key}: '{${text}}' ${since === undefined ? 'is not allowed' : `needs systemd ${since}`}, ${expected}`,
  );
}

function describeUnknownKey(key: string): string {
  const like = Object.keys(ruleKeys).find(
    (name) => name === key.toUpperCase() || `${name}S` === key || name === `${key}S`,
  );
  return `'${key}': unknown key, expected ${like ?? 'one of udev(7)'}`;
}
