/**
 * Runs rules over one event of one link, in three-valued logic: what is known to match is done, and what may match makes
 * what it would set unknown (udev_rules_apply_to_event() of src/udev/udev-rules.c).
 *
 * udev sorts the tokens of a line: comparisons come before programs and imports, those before assignments.
 */
import { fnmatch } from '../../text/fnmatch.ts';
import type { Verdict } from '../claim.ts';
import { compareNames, baseName } from '../systemd-files.ts';
import { allOf, anyOf, known, not } from '../verdict.ts';
import type { Device, DeviceLevel, Fact } from './device.ts';
import type { RuleLine, RulesFile, RuleToken } from './rules.ts';

/** A line that was reached and did not fail. */
export interface LineOutcome {
  readonly file: RulesFile;
  readonly line: RuleLine;
  readonly verdict: Verdict;
  /** Each comparison's own verdict; those after one that failed are missing. */
  readonly comparisons: readonly { readonly token: RuleToken; readonly verdict: Verdict }[];
  /** What was set, with `$…` replaced; undefined where that is not known. */
  readonly assignments: readonly { readonly token: RuleToken; readonly value: string | undefined }[];
}

export interface EventOutcome {
  readonly lines: readonly LineOutcome[];
  /** What the rules set; undefined: perhaps, or to an unknown value; null: taken away. */
  readonly properties: ReadonlyMap<string, Fact>;
  /** The name that rules gave; null: none did. */
  readonly name: Fact;
}

interface State {
  readonly device: Device;
  readonly properties: Map<string, Fact>;
  readonly tags: Map<string, Verdict>;
  name: Fact;
  nameFinal: boolean;
  /** The file whose rules are at work, for what udev's builtins have found out by then. */
  fileName: string;
  /** Properties that some rule sets: absent until it does. */
  readonly assigned: ReadonlySet<string>;
}

/** `files`: in the order in which udev reads them. */
export function evaluateRules(files: readonly RulesFile[], device: Device): EventOutcome {
  const outcomes: LineOutcome[] = [];
  const state: State = {
    device,
    properties: new Map(),
    tags: new Map(),
    name: null,
    nameFinal: false,
    fileName: '',
    assigned: assignedProperties(files),
  };
  for (const file of files) {
    state.fileName = baseName(file.source.path);
    /** From which line on the rules run for certain, and how sure it is before. */
    let resumesAt = 0;
    let reached: Verdict = 'yes';
    file.lines.forEach((line, index) => {
      if (index >= resumesAt) reached = 'yes';
      if (reached === 'no') return;
      const outcome = evaluateLine(state, file, line, reached);
      outcomes.push(outcome);
      if (line.goto === null || outcome.verdict === 'no') return;
      const target = file.lines.findIndex((other, place) => place > index && other.label === line.goto);
      if (outcome.verdict === 'yes') {
        resumesAt = target;
        reached = 'no';
      } else if (target > resumesAt) {
        resumesAt = target;
        reached = 'maybe';
      }
    });
  }
  return { lines: outcomes, properties: state.properties, name: state.name };
}

/** Keys of ENV that any line assigns. */
export function assignedProperties(files: readonly RulesFile[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { lines } of files)
    for (const { tokens } of lines)
      for (const token of tokens) if (token.key === 'ENV' && !isComparison(token)) names.add(token.attribute ?? '');
  return names;
}

/** Comparisons in udev's order: enum UdevRuleTokenType. Parents' keys are compared together, on one device. */
const comparisonOrder = 'ACTION DEVPATH KERNEL SYMLINK NAME ENV CONST TAG SUBSYSTEM DRIVER ATTR SYSCTL'.split(' ');
const parentKeys = 'KERNELS SUBSYSTEMS DRIVERS ATTRS TAGS'.split(' ');
const lateOrder = 'TEST PROGRAM IMPORT RESULT'.split(' ');
/** Assignments in udev's order: in one line, `$name` in ENV is the name before NAME=. */
const assignmentOrder = 'OPTIONS OWNER GROUP MODE TAG SECLABEL ENV NAME SYMLINK ATTR SYSCTL RUN'.split(' ');

function isComparison({ key, operator }: RuleToken): boolean {
  return operator === '==' || operator === '!=' || key === 'PROGRAM' || key === 'IMPORT';
}

function evaluateLine(state: State, file: RulesFile, line: RuleLine, reached: Verdict): LineOutcome {
  const comparisons: { token: RuleToken; verdict: Verdict }[] = [];
  let verdict = reached;
  const run = (tokens: readonly RuleToken[]) => {
    for (const token of tokens) {
      if (verdict === 'no') return;
      const own = compare(state, token, verdict);
      comparisons.push({ token, verdict: own });
      verdict = allOf([verdict, own]);
    }
  };
  const ofKeys = (keys: readonly string[]) =>
    keys.flatMap((key) => line.tokens.filter((token) => token.key === key && isComparison(token)));
  run(ofKeys(comparisonOrder));
  const parents = ofKeys(parentKeys);
  if (parents.length > 0 && verdict !== 'no') {
    const together = compareParents(state, parents);
    for (const token of parents) comparisons.push({ token, verdict: together });
    verdict = allOf([verdict, together]);
  }
  run(ofKeys(lateOrder));
  const actions = line.tokens.filter((token) => !isComparison(token));
  const rank = ({ key }: RuleToken) => assignmentOrder.indexOf(key);
  const assignments =
    verdict === 'no' ? [] : actions.sort((a, b) => rank(a) - rank(b)).map((token) => assign(state, token, verdict));
  return { file, line, verdict, comparisons, assignments };
}

/** `reached`: how sure it is that the token is come to. */
function compare(state: State, token: RuleToken, reached: Verdict): Verdict {
  const { device } = state;
  const { host } = device.guest;
  switch (token.key) {
    case 'ACTION':
      return compareFact(token, device.action);
    case 'DEVPATH':
      return compareDevicePath(token, device);
    case 'KERNEL':
      return compareFact(token, device.kernelName);
    case 'NAME':
      return compareFact(token, state.name);
    case 'ENV':
      return compareFact(token, propertyOf(state, token.attribute ?? ''));
    case 'CONST':
      return compareFact(token, token.attribute === 'arch' ? host.architecture : host.virtualization);
    case 'TAG': {
      const hits = [...state.tags].map(([tag, verdict]) =>
        allOf([verdict, compareFact({ ...token, operator: '==' }, tag)]),
      );
      return token.operator === '==' ? anyOf(hits) : not(anyOf(hits));
    }
    case 'SUBSYSTEM':
      return compareFact(token, 'net');
    case 'SYMLINK':
      return known(token.operator === '!=');
    case 'DRIVER':
      return compareFact(token, null);
    case 'ATTR':
      return compareAttribute(token, device.attribute(token.attribute ?? ''));
    case 'TEST': {
      const path = substitute(state, token.value);
      const exists = path === undefined ? undefined : device.exists(path);
      return exists === undefined ? 'maybe' : known(exists === (token.operator === '=='));
    }
    case 'IMPORT':
      return importProperty(state, token, reached);
    default: // SYSCTL, PROGRAM, RESULT
      return 'maybe';
  }
}

/** IMPORT{cmdline}: a word of the kernel's command line becomes a property, "1" where it has no value. The rest is not known. */
function importProperty(
  { device, properties }: State,
  { attribute, value, operator }: RuleToken,
  reached: Verdict,
): Verdict {
  if (attribute === 'parent') return known(operator !== '!=');
  const { kernelCommandLine } = device.guest.host;
  if (attribute !== 'cmdline' || kernelCommandLine === undefined) return 'maybe';
  const word = kernelCommandLine.split(/\s+/).find((one) => one === value || one.startsWith(`${value}=`));
  if (word !== undefined) properties.set(value, reached === 'yes' ? word.slice(value.length + 1) || '1' : undefined);
  return known((word !== undefined) === (operator !== '!='));
}

/** A value that is missing compares as "". Alternatives are separated by bars, and are globs if one of them is. */
export function compareFact(token: RuleToken, fact: Fact): Verdict {
  if (fact === undefined) {
    // "*" takes anything.
    return token.value === '*' ? known(token.operator === '==') : 'maybe';
  }
  const fold = (text: string) => (token.ignoresCase ? text.toLowerCase() : text);
  const value = fold(fact ?? '');
  const alternatives = fold(token.value).split('|');
  const matches = /[*?[]/.test(token.value)
    ? alternatives.some((pattern) => fnmatch(pattern, value))
    : alternatives.includes(value);
  return known(matches === (token.operator === '=='));
}

/** An attribute that is missing fails, whatever the operator (token_match_attr()). */
function compareAttribute(token: RuleToken, values: readonly Fact[]): Verdict {
  const verdicts = values.map((value) => (value === null ? 'no' : compareFact(token, value)));
  const [first = 'maybe'] = verdicts;
  return verdicts.every((verdict) => verdict === first) ? first : 'maybe';
}

function compareDevicePath(token: RuleToken, { link, kernelName }: Device): Verdict {
  const isVirtual = link.parentDriver === null;
  if (isVirtual && kernelName !== undefined) return compareFact(token, `/devices/virtual/net/${kernelName}`);
  if (link.parentDriver !== undefined && !isVirtual && token.value.includes('/virtual/'))
    return known(token.operator === '!=');
  return 'maybe';
}

/** All parents' keys of a line have to hold on the same device, the link itself included. */
function compareParents({ device, tags }: State, tokens: readonly RuleToken[]): Verdict {
  return anyOf(
    device.levels.map((level, depth) => allOf(tokens.map((token) => compareLevel(token, level, depth === 0)))),
  );

  function compareLevel(token: RuleToken, level: DeviceLevel, isLink: boolean): Verdict {
    switch (token.key) {
      case 'KERNELS':
        return compareFact(token, level.kernel);
      case 'SUBSYSTEMS':
        return compareFact(token, level.subsystem);
      case 'DRIVERS':
        return compareFact(token, level.driver);
      case 'ATTRS':
        return compareAttribute(token, isLink ? device.attribute(token.attribute ?? '') : [undefined]);
      default: // TAGS
        return isLink && tags.size === 0 ? known(token.operator === '!=') : 'maybe';
    }
  }
}

/** Properties that udev's builtins and the kernel give, and from which of the standard files on. */
function propertyOf(state: State, name: string): Fact {
  const set = state.properties.get(name);
  if (state.properties.has(name)) return set;
  const { link, action, kernelName, guest } = state.device;
  const version = guest.host.systemdVersion;
  switch (name) {
    case 'ACTION':
      return action;
    case 'SUBSYSTEM':
      return 'net';
    case 'INTERFACE':
      return kernelName;
    case 'ID_NET_DRIVER':
      // net_driver in 50- since 255, net_setup_link in 80- before.
      if (version === undefined) return after(state, '80-net-setup-link.rules') ? link.driver : undefined;
      return after(state, version >= 255 ? '50-udev-default.rules' : '80-net-setup-link.rules') ? link.driver : null;
    case 'ID_PATH':
      return after(state, '75-net-description.rules') ? link.idPath : null;
    case 'ID_NET_NAME_MAC':
      if (!after(state, '75-net-description.rules')) return null;
      return link.mac === undefined ? undefined : `enx${link.mac.replaceAll(':', '')}`;
  }
  if (state.assigned.has(name)) return null;
  // Builtins and hwdb set names with ID_ only; what the database holds was found out by one of them.
  if (link.properties !== undefined) return link.properties.get(name) ?? null;
  return name.startsWith('ID_') || name === 'DEVTYPE' ? undefined : null;
}

function after({ fileName }: State, standard: string): boolean {
  return compareNames(fileName, standard) > 0;
}

function assign(state: State, token: RuleToken, verdict: Verdict): { token: RuleToken; value: string | undefined } {
  const value = substitute(state, token.value);
  const { key, attribute, operator } = token;
  if (key === 'ENV' && attribute !== null) {
    const before = propertyOf(state, attribute);
    if (token.value === '' && operator === '+=') return { token, value };
    // A value that is written empty takes the property away; one that comes out empty stays, and "+=" adds to it, after a
    // space: in 252, not in 257 (asked of both).
    let result: Fact = token.value === '' ? null : value;
    const isNothing = before === '' && (state.device.guest.host.systemdVersion ?? 0) >= 256;
    if (operator === '+=' && before !== null && !isNothing)
      result = before === undefined || value === undefined ? undefined : `${before} ${value}`;
    state.properties.set(attribute, verdict === 'yes' || result === before ? result : undefined);
  } else if (key === 'TAG' && value !== undefined) {
    if (operator === '=') state.tags.clear();
    if (operator === '-=') state.tags.set(value, 'no');
    else state.tags.set(value, verdict);
  } else if (key === 'NAME' && !state.nameFinal) {
    state.name = verdict === 'yes' || value === state.name ? value : undefined;
    if (operator === ':=' && verdict === 'yes') state.nameFinal = true;
  }
  return { token, value };
}

/** The short forms of `$…`, with the long names' first letters as udev tries them. */
const substitutions: readonly (readonly [long: string, short: string])[] = [
  ['attr', 's'],
  ['sysfs', 's'],
  ['env', 'E'],
  ['kernel', 'k'],
  ['name', 'D'],
  ['result', 'c'],
  ['driver', 'd'],
  ['number', 'n'],
  ['devpath', 'p'],
  ['id', 'b'],
];

/** Replaces $attr{…}, $env{…}, $kernel, $name and their short forms; undefined where one is not known. */
function substitute(state: State, value: string): string | undefined {
  let unknown = false;
  const pattern =
    /\$(\$|attr|sysfs|env|kernel|name|result|driver|number|devpath|id)(?:\{([^}]*)\})?|%([%sEkDcdnpbPrSNL])(?:\{([^}]*)\})?/g;
  const text = value.replace(
    pattern,
    (whole, long?: string, longArgument?: string, short?: string, shortArgument?: string) => {
      if (long === '$' || short === '%') return long ?? short ?? '';
      const letter = short ?? substitutions.find(([name]) => name === long)?.[1] ?? '';
      const argument = longArgument ?? shortArgument ?? '';
      const fact = valueOf(state, letter, argument);
      if (fact === undefined) unknown = true;
      const takesArgument = 'sEc'.includes(letter);
      return (fact ?? '') + (takesArgument || argument === '' ? '' : whole.slice(whole.indexOf('{')));
    },
  );
  return unknown ? undefined : text;
}

function valueOf(state: State, letter: string, argument: string): Fact {
  switch (letter) {
    case 's': {
      const values = state.device.attribute(argument);
      return values.length === 1 ? values[0] : undefined;
    }
    case 'E':
      return propertyOf(state, argument);
    case 'k':
      return state.device.kernelName;
    case 'D':
      return state.name === null ? state.device.kernelName : state.name;
    case 'n':
      return state.device.kernelName === undefined ? undefined : (/\d*$/.exec(state.device.kernelName)?.[0] ?? '');
    default:
      return undefined;
  }
}
