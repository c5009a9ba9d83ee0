/** Many guests in one report: each cause once, with the guests that have it. Its size is that of the causes, not of the guests. */
import { positionAt } from '../text/source.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { renderFinding } from './human.ts';
import type { Paint } from './frame.ts';
import { printable } from './table.ts';

/** What is kept of one cause: its frame as text, since a finding holds the files that it is about. */
interface Cause {
  readonly shown: string;
  readonly rule: string;
  readonly place: string;
  count: number;
  readonly names: string[];
}

export interface Fleet {
  readonly causes: Map<string, Cause>;
  /** Guests by rule. */
  readonly rules: Map<string, number>;
  /** What kept guests from being judged whole, and how many. */
  readonly troubles: Map<string, { count: number; readonly names: string[] }>;
  guests: number;
  clean: number;
  /** Those that were not judged, or not whole. */
  failed: number;
  /** Guests whose worst finding is that. */
  readonly worst: { error: number; warning: number; info: number };
  /** Findings of causes beyond those that are kept. */
  beyond: number;
}

/** A fleet with more causes than this has no report that anybody reads. */
const mostCauses = 500;
const mostNames = 4;

export function newFleet(): Fleet {
  const worst = { error: 0, warning: 0, info: 0 };
  return { causes: new Map(), rules: new Map(), troubles: new Map(), guests: 0, clean: 0, failed: 0, worst, beyond: 0 };
}

/** What the report of a fleet takes of a guest: plain data, which a worker hands over, and a later run takes up. */
export interface GuestReport {
  readonly guest: string;
  readonly worst: Severity | null;
  readonly rules: readonly string[];
  readonly causes: readonly {
    readonly key: string;
    readonly rule: string;
    readonly place: string;
    /** Its frame, where nobody has it yet. */
    readonly shown?: string;
  }[];
  /** What kept it from being judged, or whole: then it is never clean. */
  readonly troubles: readonly string[];
}

/** `fleet`: those before it, whose causes need no frame any more. */
export function reportGuest(
  fleet: Fleet,
  guest: string,
  { findings, troubles }: { readonly findings: readonly Finding[]; readonly troubles: readonly string[] },
  paint: Paint,
): GuestReport {
  const causes = new Map<string, GuestReport['causes'][number]>();
  for (const finding of findings) {
    const { source, span } = finding.place;
    const { rule } = finding;
    const { line } = positionAt(source, span.start);
    const place = source.builtIn ?? `${source.path}:${line}`;
    const key = [rule, place, source.text.split('\n', line)[line - 1] ?? ''].join('\0');
    if (causes.has(key)) continue;
    const shown = wantsFrame(fleet, key) ? { shown: renderFinding(finding, paint) } : {};
    causes.set(key, { key, rule, place, ...shown });
  }
  return {
    guest,
    worst: severities.find((one) => findings.some(({ severity }) => severity === one)) ?? null,
    rules: [...new Set(findings.map(({ rule }) => rule))],
    causes: [...causes.values()],
    troubles,
  };
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** A report without it is of no use to such a fleet. */
export function wantsFrame({ causes }: Fleet, key: string): boolean {
  return !causes.has(key) && causes.size < mostCauses;
}

export function addGuest(fleet: Fleet, { guest, worst, rules, causes, troubles }: GuestReport): void {
  fleet.guests += 1;
  if (troubles.length > 0) fleet.failed += 1;
  for (const trouble of troubles) {
    const known = fleet.troubles.get(trouble) ?? { count: 0, names: [] };
    if (fleet.troubles.size < mostCauses) fleet.troubles.set(trouble, known);
    known.count += 1;
    if (known.names.length < mostNames) known.names.push(guest);
  }
  if (worst !== null) fleet.worst[worst] += 1;
  else if (troubles.length === 0) fleet.clean += 1;
  for (const rule of rules) fleet.rules.set(rule, (fleet.rules.get(rule) ?? 0) + 1);
  for (const { key, shown = '', rule, place } of causes) {
    const cause = fleet.causes.get(key) ?? { shown, rule, place, count: 0, names: [] };
    if (wantsFrame(fleet, key)) fleet.causes.set(key, cause);
    else if (cause.count === 0) fleet.beyond += 1;
    cause.count += 1;
    if (cause.names.length < mostNames) cause.names.push(guest);
  }
}

export function renderFleet(fleet: Fleet, paint: Paint): string {
  const causes = [...fleet.causes.values()].sort((a, b) => b.count - a.count);
  const frames = causes.map(
    ({ shown, count, names }) => `${shown}  ${paint.strong('on:')} ${nameGuests(count, names)}\n\n`,
  );
  const beyond = fleet.beyond === 0 ? '' : `${fleet.beyond} more findings of other causes are only counted\n`;
  const { error, warning, info } = fleet.worst;
  const { clean } = fleet;
  const troubles = [...fleet.troubles].map(
    ([trouble, { count, names }]) =>
      `not judged: ${printable(trouble)}\n  ${paint.strong('on:')} ${nameGuests(count, names)}\n`,
  );
  const rules = [...fleet.rules].sort(([, a], [, b]) => b - a).map(([rule, count]) => `${rule} on ${count}`);
  return [
    ...frames,
    beyond,
    ...troubles,
    `${plural(fleet.guests, 'guest')}: ${error} with errors, ${warning} with warnings, ${info} with info alone, ${clean} clean, ${fleet.failed} not judged or not whole\n`,
    rules.length === 0 ? '' : `by rule: ${rules.join(', ')}\n`,
    ...causes
      .filter(({ count }) => count > 1)
      .slice(0, 20)
      .map(({ rule, place, count }) => `by cause: ${rule} on ${plural(count, 'guest')}: ${printable(place)}\n`),
  ].join('');
}

function nameGuests(count: number, names: readonly string[]): string {
  const more = count - names.length;
  return `${plural(count, 'guest')} (${printable(names.join(', '))}${more > 0 ? ` and ${more} more` : ''})`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** The last of the JSON lines. */
export function summariseFleet({ guests, clean, failed, worst, rules, causes }: Fleet) {
  return {
    version: 1,
    summary: {
      guests,
      errors: worst.error,
      warnings: worst.warning,
      infos: worst.info,
      clean,
      failed,
      rules: Object.fromEntries([...rules].sort(([a], [b]) => (a < b ? -1 : 1))),
      causes: [...causes.values()].map(({ rule, place, count }) => ({ rule, place, guests: count })),
    },
  };
}
