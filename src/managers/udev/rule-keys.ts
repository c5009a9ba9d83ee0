import type { RuleFault, RuleOperator, RuleToken } from './rule-model.ts';
/** Which keys udev's rules have, with which operators (parse_token() of src/udev/udev-rules.c). */

interface RuleKey {
  /** The part in braces. */
  readonly attribute: 'none' | 'needed' | 'optional' | readonly string[];
  readonly takes: 'comparison' | 'assignment' | 'both';
  /** `-=` too. */
  readonly removes?: boolean;
  /** Operators that udev takes for `=`, with a warning. */
  readonly asEquals?: readonly RuleOperator[];
}

const compares: RuleKey = { attribute: 'none', takes: 'comparison' };
const assigns: RuleKey = { attribute: 'none', takes: 'assignment', asEquals: ['+='] };

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
  SYMLINK: { attribute: 'none', takes: 'both' },
  NAME: { attribute: 'none', takes: 'both', asEquals: ['+='] },
  ENV: { attribute: 'needed', takes: 'both', asEquals: [':='] },
  CONST: { attribute: ['arch', 'virt'], takes: 'comparison' },
  TAG: { attribute: 'none', takes: 'both', removes: true, asEquals: [':='] },
  ATTR: { attribute: 'needed', takes: 'both', asEquals: ['+=', ':='] },
  ATTRS: { attribute: 'needed', takes: 'comparison' },
  SYSCTL: { attribute: 'needed', takes: 'both', asEquals: ['+=', ':='] },
  TEST: { attribute: 'optional', takes: 'comparison' },
  PROGRAM: { attribute: 'none', takes: 'both' },
  IMPORT: { attribute: ['file', 'program', 'builtin', 'db', 'cmdline', 'parent'], takes: 'both' },
  OPTIONS: assigns,
  OWNER: assigns,
  GROUP: assigns,
  MODE: assigns,
  SECLABEL: { attribute: 'needed', takes: 'assignment', asEquals: [':='] },
  RUN: { attribute: ['', 'program', 'builtin'], takes: 'assignment' },
  GOTO: { attribute: 'none', takes: 'assignment' },
  LABEL: { attribute: 'none', takes: 'assignment' },
};

/** Keys of the event that no rule may set. */
const fixedProperties =
  /^(?:ACTION|DEVLINKS|DEVNAME|DEVPATH|DEVTYPE|DRIVER|IFINDEX|MAJOR|MINOR|SEQNUM|SUBSYSTEM|TAGS)$/;

const builtins = /^(?:blkid|btrfs|hwdb|input_id|keyboard|kmod|net_id|net_setup_link|path_id|usb_id|uaccess)(?:[ \t]|$)/;

const options = /^(?:string_escape=(?:none|replace)|db_persist|watch|nowatch|static_node=.*|link_priority=[-+]?\d+)$/s;
const logLevels = /^log_level=(?:reset|[0-7]|emerg|alert|crit|err|warning|notice|info|debug)$/;
/** safe_atoi() and log_level_from_string() fail the line, anything else only the token. */
const strictOptions = /^(?:link_priority|log_level)=/;

type Complaint = Pick<RuleFault, 'message' | 'ignores'>;

/** What udev has against a token, or null. */
export function checkToken(token: RuleToken, version: number | undefined): Complaint | null {
  const { key, attribute, operator, value } = token;
  const facts = ruleKeys[key];
  const bad = (message: string): Complaint => ({ message, ignores: 'line' });
  if (facts === undefined) return bad(describeUnknownKey(key));
  const attributeFault = checkAttribute(key, attribute, facts.attribute);
  if (attributeFault !== null) return bad(attributeFault);

  const isComparison = operator === '==' || operator === '!=';
  const wrongOperator =
    (isComparison && facts.takes === 'assignment') ||
    (!isComparison && facts.takes === 'comparison') ||
    (operator === '-=' && facts.removes !== true) ||
    ((key === 'GOTO' || key === 'LABEL') && operator !== '=');
  if (wrongOperator) {
    const expected = facts.takes === 'comparison' ? "'==' or '!='" : facts.takes === 'both' ? "'==' or '='" : "'='";
    return bad(`${key} does not take '${operator}': expected ${expected}`);
  }
  if (token.ignoresCase && (!isComparison || key === 'PROGRAM' || key === 'IMPORT'))
    return bad(`i"…" is for comparisons: ${key} takes "…"`);
  if ((key === 'IMPORT' || key === 'RUN') && attribute === 'builtin' && !isBuiltin(value, version))
    return bad(`unknown builtin command '${value}'`);
  if (isComparison) return null;
  if (key === 'NAME' && value === '%k') return bad('NAME="%k" has no effect');
  if (key === 'NAME' && value === '') return bad('NAME="" has no effect: udev deletes no interfaces');
  if (key === 'ENV' && fixedProperties.test(attribute ?? '')) return bad(`ENV{${attribute}} cannot be set`);
  if (key === 'OPTIONS' && !options.test(value) && !logLevels.test(value))
    return { message: `invalid value of OPTIONS: '${value}'`, ignores: strictOptions.test(value) ? 'line' : 'token' };
  return null;
}

function checkAttribute(key: string, attribute: string | null, wanted: RuleKey['attribute']): string | null {
  if (wanted === 'none') return attribute === null ? null : `${key} takes nothing in braces: '{${attribute}}'`;
  if (wanted === 'needed')
    return (attribute ?? '') === '' ? `${key} needs a name in braces: expected ${key}{NAME}` : null;
  if (wanted === 'optional')
    return (attribute ?? '') === '' || /^[0-7]{1,5}$/.test(attribute ?? '') ? null : `'${attribute}' is no octal mode`;
  if (wanted.includes(attribute ?? '') && !(key === 'RUN' && attribute === '')) return null;
  const choices = wanted.filter((name) => name !== '').join(', ');
  return `${key} does not take '{${attribute ?? ''}}': expected one of ${choices}`;
}

function isBuiltin(value: string, version: number | undefined): boolean {
  return builtins.test(value) || (/^net_driver(?:[ \t]|$)/.test(value) && (version === undefined || version >= 255));
}

function describeUnknownKey(key: string): string {
  const like = Object.keys(ruleKeys).find(
    (name) => name === key.toUpperCase() || `${name}S` === key || name === `${key}S`,
  );
  return `unknown key '${key}'${like === undefined ? '' : `: expected ${like}`}`;
}
