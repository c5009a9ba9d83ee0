/**
 * Runs rules over one event of one link, in three-valued logic: what is known to match is done, and what may match makes
 * what it would set unknown (udev_rules_apply_to_event() of src/udev/udev-rules.c).
 *
 * udev sorts the tokens of a line: comparisons come before programs and imports, those before assignments.
 */
import { baseName } from '../../text/base-name.ts';
import type { RuleLine, RulesFile, RuleToken } from './rule-model.ts';
import type { Verdict } from '../claim.ts';
import { countBytes } from '../../text/lines.ts';
import { compareNames } from '../systemd/files.ts';
import { allOf, anyOf, known, not } from '../verdict.ts';
import { compareAttribute, compareDevicePath, compareFact } from './compare-fact.ts';
import { longPath, longValue, propertyOf, substitute, type EventState } from './event-state.ts';
import type { Device } from './device.ts';
import type { DeviceLevel, Fact } from './device-facts.ts';

/** A line that was reached, and sets what managers see or would have. */
export interface LineOutcome {
  readonly file: RulesFile;
  readonly line: RuleLine;
  readonly verdict: Verdict;
  /** Each comparison's own verdict; those after one that failed are missing. */
  readonly comparisons: readonly { readonly token: RuleToken; readonly verdict: Verdict }[];
  /** What was set, with `$…` replaced; undefined where that is not known. */
  readonly assignments: readonly { readonly token: RuleToken; readonly value: string | undefined }[];
}

/** What the rules come to at `setup`, which is the moment before the first file of that name or a later one. */
export interface EventOutcome {
  readonly lines: readonly LineOutcome[];
  /** What the rules set; undefined: perhaps, or to an unknown value; null: taken away. */
  readonly properties: ReadonlyMap<string, Fact>;
  /** The same, as it was before `setup`. */
  readonly early: ReadonlyMap<string, Fact>;
  /** The name that rules gave; null: none did. */
  readonly name: Fact;
}

/** The file of udev's own that applies .link files. */
const setup = '80-net-setup-link.rules';

/** `assigned`: assignedProperties() of the same files, which are in the order in which udev reads them. */
export function evaluateRules(
  files: readonly RulesFile[],
  device: Device,
  assigned: ReadonlySet<string> = assignedProperties(files),
): EventOutcome {
  const outcomes: LineOutcome[] = [];
  const state: EventState = {
    device,
    properties: new Map(),
    tags: new Map(),
    name: null,
    nameFinal: false,
    fileName: '',
    assigned,
  };
  let early: ReadonlyMap<string, Fact> | null = null;
  for (const file of files) {
    state.fileName = baseName(file.source.path);
    if (early === null && compareNames(state.fileName, setup) >= 0) early = new Map(state.properties);
    /** From which line on the rules run for certain, and how sure it is before. */
    let resumesAt = 0;
    let reached: Verdict = 'yes';
    for (const [index, line] of file.lines.entries()) {
      if (index >= resumesAt) reached = 'yes';
      if (reached === 'no' || line.plan.isForOthers || (line.plan.isIdle && line.goto === null)) continue;
      const outcome = evaluateLine(state, file, line, reached);
      if (line.plan.setsLink) outcomes.push(outcome);
      const target = file.targets.get(line);
      if (target === undefined || outcome.verdict === 'no') continue;
      if (outcome.verdict === 'yes') {
        resumesAt = target;
        reached = 'no';
      } else if (target > resumesAt) {
        resumesAt = target;
        reached = 'maybe';
      }
    }
  }
  return { lines: outcomes, properties: state.properties, early: early ?? state.properties, name: state.name };
}

/** Keys of ENV that any line assigns. */
export function assignedProperties(files: readonly RulesFile[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { lines } of files)
    for (const { plan } of lines)
      for (const { key, attribute } of plan.assignments) if (key === 'ENV') names.add(attribute ?? '');
  return names;
}

function evaluateLine(state: EventState, file: RulesFile, line: RuleLine, reached: Verdict): LineOutcome {
  const { plan } = line;
  const comparisons: { token: RuleToken; verdict: Verdict }[] = [];
  let verdict = reached;
  const run = (tokens: readonly RuleToken[]) => {
    for (const token of tokens) {
      if (verdict === 'no') return;
      const own = compare(state, token, verdict);
      comparisons.push({ token, verdict: own });
      verdict = both(verdict, own);
    }
  };
  run(plan.comparisons);
  if (plan.parents.length > 0 && verdict !== 'no') {
    const together = compareParents(state, plan.parents);
    for (const token of plan.parents) comparisons.push({ token, verdict: together });
    verdict = both(verdict, together);
  }
  run(plan.late);
  const assignments = verdict === 'no' ? [] : plan.assignments.map((token) => assign(state, token, verdict));
  return { file, line, verdict, comparisons, assignments };
}

function both(a: Verdict, b: Verdict): Verdict {
  return a === 'no' || b === 'no' ? 'no' : a === 'maybe' ? 'maybe' : b;
}

/** `reached`: how sure it is that the token is come to. */
function compare(state: EventState, token: RuleToken, reached: Verdict): Verdict {
  const { device } = state;
  const { host, action, kernelName } = device.facts;
  switch (token.key) {
    case 'ACTION':
      return compareFact(token, action);
    case 'DEVPATH':
      return compareDevicePath(token, device.facts);
    case 'KERNEL':
      return compareFact(token, kernelName);
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
      return device.compares(token);
    case 'TEST': {
      const path = substitute(state, token, longPath);
      if (path === null) return 'no';
      const exists = device.exists(path ?? token.value);
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
  { device, properties }: EventState,
  { attribute, value, operator }: RuleToken,
  reached: Verdict,
): Verdict {
  if (attribute === 'parent') return known(operator !== '!=');
  const { kernelCommandLine } = device.facts.host;
  if (attribute !== 'cmdline' || kernelCommandLine === undefined) return 'maybe';
  const word = kernelCommandLine.split(/\s+/).find((one) => one === value || one.startsWith(`${value}=`));
  if (word !== undefined) properties.set(value, reached === 'yes' ? word.slice(value.length + 1) || '1' : undefined);
  return known((word !== undefined) === (operator !== '!='));
}

/** All parents' keys of a line have to hold on the same device, the link itself included. */
function compareParents({ device, tags }: EventState, tokens: readonly RuleToken[]): Verdict {
  return anyOf(
    device.facts.levels.map((level, depth) => allOf(tokens.map((token) => compareLevel(token, level, depth === 0)))),
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
        return isLink ? device.compares(token) : compareAttribute(token, [undefined]);
      default: // TAGS
        return isLink && tags.size === 0 ? known(token.operator === '!=') : 'maybe';
    }
  }
}

function assign(
  state: EventState,
  token: RuleToken,
  verdict: Verdict,
): { token: RuleToken; value: string | undefined } {
  const { key, attribute, operator } = token;
  if (key === 'ENV' && attribute !== null) return { token, value: assignProperty(state, token, attribute, verdict) };
  const value = substitute(state, token, key === 'NAME' ? longValue : longPath);
  if (value === null) return { token, value: undefined };
  if (key === 'TAG' && value !== undefined) assignTag(state, operator, value, verdict);
  else if (key === 'NAME' && !state.nameFinal) {
    state.name = verdict === 'yes' || value === state.name ? value : undefined;
    if (operator === ':=' && verdict === 'yes') state.nameFinal = true;
  }
  return { token, value };
}

/**
 * A value that is written empty takes the property away; one that comes out empty stays, and "+=" adds to it, after a space: in
 * 252, not in 257 (asked of both). What does not fit into udev's buffer is not set.
 */
function assignProperty(state: EventState, token: RuleToken, name: string, verdict: Verdict): string | undefined {
  const adds = token.operator === '+=';
  if (token.value === '' && adds) return '';
  const before = propertyOf(state, name);
  const isNothing = before === '' && (state.device.facts.host.systemdVersion ?? 0) >= 256;
  const front = adds && before !== null && !isNothing ? before : null;
  const room = longValue - (typeof front === 'string' ? countBytes(front) + 1 : 0);
  const value = substitute(state, token, room);
  if (value === null) return undefined;
  const added = front === undefined || value === undefined ? undefined : front === null ? value : `${front} ${value}`;
  const result: Fact = token.value === '' ? null : added;
  state.properties.set(name, verdict === 'yes' || result === before ? result : undefined);
  return value;
}

/** Asked of 247, 252, 257 and 262: a tag that was taken away is matched all the same, in the last one no longer. */
function assignTag({ device, tags }: EventState, operator: string, tag: string, verdict: Verdict): void {
  const before = tags.get(tag) ?? 'no';
  if (operator === '-=') {
    const version = device.facts.host.systemdVersion;
    if (before === 'no' || verdict === 'no' || (version !== undefined && version <= 257)) return;
    tags.set(tag, version !== undefined && version >= 262 && verdict === 'yes' ? 'no' : 'maybe');
    return;
  }
  if (operator === '=' && verdict === 'yes') tags.clear();
  if (operator === '=' && verdict === 'maybe')
    for (const [other, was] of tags) tags.set(other, was === 'no' ? 'no' : 'maybe');
  tags.set(tag, anyOf([tags.get(tag) ?? 'no', verdict]));
}
