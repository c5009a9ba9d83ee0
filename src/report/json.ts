/**
 * Findings for programs. A field may be added, never changed: version 2 has all of version 1, and says what was judged; a command
 * that does not say that writes version 1.
 */
import type { describeChanges } from './changes.ts';
import type { Edit, Finding } from '../findings/finding.ts';
import { positionAt, type Place } from '../text/source.ts';

export interface LintSummary {
  /** Files that were read. */
  readonly files: number;
  readonly fixed: number;
}

export function renderJson(
  findings: readonly Finding[],
  summary: LintSummary,
  coverage?: JsonCoverage,
  more: JsonAdditions = {},
): string {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  const document = {
    version: coverage === undefined ? 1 : 2,
    findings: findings.map(describe),
    summary: {
      files: summary.files,
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      fixable: findings.filter(({ fix }) => fix !== null).length,
      fixed: summary.fixed,
    },
    ...(coverage === undefined ? {} : describeCoverage(coverage)),
    ...more,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What a run has that not every run has. */
interface JsonAdditions {
  readonly configuration?: JsonConfiguration;
  readonly changes?: ReturnType<typeof describeChanges>;
  readonly unpaired?: readonly JsonUnpaired[];
}

/** A domain without a failover pair, as src/hypervisor/lint-domain.ts has it. */
interface JsonUnpaired {
  readonly file: string;
  readonly domain: string | null;
  readonly networkDevices: number;
  readonly hostDevices: number;
  readonly teamedDevices: number;
}

/** A guest of many, as one line. */
export function renderJsonLine(
  guest: string,
  findings: readonly Finding[],
  troubles: readonly string[],
  coverage?: JsonCoverage,
): string {
  const judged = coverage?.judged.flatMap(({ managers }) => managers) ?? [];
  return `${JSON.stringify({ version: 1, guest, findings: findings.map(describe), judged, troubles })}\n`;
}

/** The failoverctl.yaml that was read, and what it kept out, as src/lint/configured-findings.ts has it. */
interface JsonConfiguration {
  readonly file: string;
  readonly leftOut: readonly (
    | { readonly by: string; readonly files: number }
    | { readonly by: string; readonly rule: string; readonly findings: number }
  )[];
}

/** What was judged, as src/lint/coverage.ts has it. */
interface JsonCoverage {
  readonly judged: readonly {
    readonly name: string;
    readonly managers: readonly { readonly manager: string; readonly version: string | null; readonly files: number }[];
  }[];
  readonly assumed: readonly string[];
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
  readonly passedOver: number;
}

function describeCoverage({ judged, assumed, skipped, passedOver }: JsonCoverage) {
  return {
    judged: {
      managers: judged.flatMap(({ name, managers }) => managers.map((manager) => ({ ...manager, guest: name }))),
      guests: judged.map(({ name }) => name),
    },
    assumed,
    skipped,
    passedOver,
  };
}

function describe({ rule, name, severity, message, place, related, link, phase, guest, help, fix }: Finding) {
  return {
    rule,
    name,
    severity,
    message,
    ...where(place),
    link: link ?? null,
    phase: phase ?? null,
    ...(guest === undefined ? {} : { guest }),
    help: help ?? null,
    related: related.map((other) => ({ label: other.label, ...where(other.place) })),
    fix:
      fix === null
        ? null
        : {
            description: fix.description,
            safe: fix.safe,
            edits: fix.holdsSecret === true ? [] : fix.edits.map((edit) => change(edit)),
            ...(fix.holdsSecret === true ? { holdsSecret: true } : {}),
          },
  };
}

function change({ place, text }: Edit) {
  return { ...where(place), text };
}

/** Lines and columns from 1, offsets from 0, in UTF-16 code units; the end is exclusive. */
function where({ source, span }: Place) {
  const at = (offset: number) => ({ ...positionAt(source, offset), offset });
  const byDefault = source.builtIn === undefined ? {} : { default: source.builtIn };
  return { file: source.path, start: at(span.start), end: at(span.end), ...byDefault };
}
