/**
 * udev's rules files, read as udev_rules_parse_file() reads them (src/udev/udev-rules.c), with the place of every token.
 *
 * A backslash at the very end of a line joins the next one to it, without its indentation; `#` begins a comment at the
 * start of a line only, also between joined lines. A line with one bad token is ignored as a whole.
 */
import { keptWith } from '../../text/kept-with.ts';
import { type AccountNames, type Accounts, unknownAccounts } from './accounts.ts';
import { checkLine } from './check-line.ts';
import { planLine } from './plan.ts';
import type { RuleFault, RuleLine, RulesFile, RuleToken } from './rule-model.ts';
import { countBytes, type Segment, spanOfSegments, splitLines } from '../../text/lines.ts';
import type { Source, Span } from '../../text/source.ts';
import { checkToken } from './rule-keys.ts';
import { readToken, shorten, skip } from './rule-token.ts';

/** UDEV_LINE_SIZE: a physical line as long ends the reading, a joined one is ignored. */
const longLineBytes = 16384;

interface LogicalLine {
  text: string;
  segments: Segment[];
  tooLong: boolean;
}

interface Parsed {
  readonly version: number | undefined;
  /** Null: no line asks for a name. */
  readonly names: AccountNames | null;
  readonly file: RulesFile;
}

/**
 * A source does not change, and is read by several: by .link files, by network managers, by the rules about rules, for each
 * guest that has it. Few: versions and accounts are those of images.
 */
const parsedBefore = keptWith<Source, readonly Parsed[]>();
const mostParsed = 4;

/**
 * `version`: systemd's; undefined takes what any version takes. `accounts`: undefined for whoever does not ask what they
 * say of it, and takes what was read before.
 */
export function parseRules(source: Source, version?: number, accounts?: Accounts): RulesFile {
  const before = parsedBefore.get(source) ?? [];
  const same =
    before.find(
      (one) =>
        one.version === version && (accounts === undefined || one.names === null || one.names === accounts.names),
    ) ?? parseAnew(source, version, accounts ?? unknownAccounts);
  // the last that was asked for comes first: who does not say whose accounts means those of the guest at hand
  if (same !== before[0])
    parsedBefore.set(source, [same, ...before.filter((one) => one !== same)].slice(0, mostParsed));
  return same.file;
}

function parseAnew(source: Source, version: number | undefined, accounts: Accounts): Parsed {
  const asked: AccountNames[] = [];
  const watched: Accounts = {
    get names() {
      return (asked[0] ??= accounts.names);
    },
  };
  const file = readRules(source, version, watched);
  return { version, names: asked[0] ?? null, file };
}

function readRules(source: Source, version: number | undefined, accounts: Accounts): RulesFile {
  const { text } = source;
  const lines: RuleLine[] = [];
  const faults: RuleFault[] = [];
  let pending: LogicalLine | null = null;
  const fault: ReportFault = (span, line, message, ignores, consequence) =>
    void faults.push({ span, line, message, ignores, ...(consequence === undefined ? {} : { consequence }) });

  for (const { number, content } of splitLines(text)) {
    const raw = text.slice(content.start, content.end);
    if (countBytes(raw) >= longLineBytes) {
      fault(content, number, `line ${number}: too long, expected less than 16 KiB`, 'rest');
      pending = null;
      break;
    }
    const stripped = raw.replace(/^[ \t\n\r]+/, '');
    if (stripped.startsWith('#')) continue;
    const joined: LogicalLine = pending ?? { text: '', segments: [], tooLong: false };
    joined.segments.push({ at: joined.text.length, span: { start: content.end - stripped.length, end: content.end } });
    if (pending !== null && !joined.tooLong && countBytes(joined.text) + countBytes(stripped) >= longLineBytes)
      joined.tooLong = true;
    const continues = stripped.endsWith('\\');
    if (!joined.tooLong) joined.text += continues ? stripped.slice(0, -1) : stripped;
    if (continues) {
      pending = joined;
      continue;
    }
    pending = null;
    const span = { start: joined.segments[0]?.span.start ?? content.start, end: content.end };
    if (joined.tooLong) fault(span, number, `line ${number}: too long once joined, expected less than 16 KiB`, 'line');
    else if (joined.text !== '') {
      const line = parseRuleLine(joined, span, number, { version, accounts }, fault);
      if (line !== null) lines.push(line);
    }
  }
  if (pending !== null) {
    const [first] = pending.segments;
    const number = splitLines(text).length;
    const message = `line ${number}: the file ends after a '\\' that joins lines, expected another line`;
    fault(first?.span ?? { start: 0, end: 0 }, number, message, 'line');
  }
  return resolveGotos(source, lines, faults);
}

type ReportFault = (
  span: Span,
  line: number,
  message: string,
  ignores: RuleFault['ignores'],
  consequence?: string,
) => void;

interface Reader {
  readonly version: number | undefined;
  readonly accounts: Accounts;
}

function parseRuleLine(
  { text, segments }: LogicalLine,
  span: Span,
  number: number,
  { version, accounts }: Reader,
  fault: ReportFault,
): RuleLine | null {
  const tokens: RuleToken[] = [];
  let target: string | null = null;
  let label: string | null = null;
  let at = 0;
  for (;;) {
    at = skip(text, at, ' \t\n\r,');
    if (at >= text.length) break;
    const read = readToken(text, at, segments, version);
    if (read === null) {
      fault(
        spanOfSegments(segments, at, text.length),
        number,
        `'${shorten(text.slice(at))}': not a token, expected KEY=="value"`,
        'line',
      );
      return null;
    }
    const { token, next } = read;
    at = next;
    const complaints = checkToken(token, version, accounts);
    for (const { message, ignores, consequence } of complaints)
      fault(token.span, number, message, ignores, consequence);
    if (complaints.some(({ ignores }) => ignores === 'line')) return null;
    if (complaints.some(({ ignores }) => ignores === 'token')) continue;
    if (token.key === 'LABEL') {
      if (label !== null) fault(token.span, number, `LABEL: written twice, expected one: '${label}' is lost`, 'token');
      label = token.value;
    } else if (token.key !== 'GOTO') tokens.push(token);
    else if (target === null) target = token.value;
    else fault(token.span, number, `GOTO: written twice, expected one`, 'token');
  }
  const plan = planLine(tokens);
  const runs = plan.late.some(({ key }) => key === 'PROGRAM' || key === 'IMPORT');
  if (plan.assignments.length === 0 && !runs && target === null && label === null) {
    fault(span, number, `line ${number}: only compares, expected an assignment or GOTO`, 'line');
    return null;
  }
  for (const { token, message, consequence } of checkLine(tokens))
    fault(token.span, number, message, 'nothing', consequence);
  return { tokens, goto: target, label, span, line: number, plan };
}

/** A GOTO leads to the first such LABEL after it in the same file; one that leads nowhere is ignored. */
function resolveGotos(source: Source, given: readonly RuleLine[], faults: RuleFault[]): RulesFile {
  const targets = new Map<RuleLine, number>();
  const labels = new Map<string, number>();
  const lines = [...given];
  const lost: RuleFault[] = [];
  for (let index = given.length - 1; index >= 0; index -= 1) {
    const line = given[index];
    if (line === undefined) continue;
    if (line.goto !== null) {
      const target = labels.get(line.goto);
      if (target !== undefined) targets.set(line, target);
      else {
        const message = `GOTO="${line.goto}": no LABEL of that name comes after it, expected one in this file`;
        lost.push({ span: line.span, line: line.line, message, ignores: 'token' });
        lines[index] = { ...line, goto: null };
      }
    }
    if (line.label !== null) labels.set(line.label, index);
  }
  return { source, lines, targets, faults: [...faults, ...lost.reverse()] };
}
