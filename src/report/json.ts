/** Findings for programs: version 1 of the contract. A field may be added, never changed. */
import type { Edit, Finding } from '../findings/finding.ts';
import { positionAt, type Place } from '../text/source.ts';

export interface LintSummary {
  /** Files that were read. */
  readonly files: number;
  readonly fixed: number;
}

export function renderJson(findings: readonly Finding[], summary: LintSummary): string {
  const count = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  const document = {
    version: 1,
    findings: findings.map(describe),
    summary: {
      files: summary.files,
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      fixable: findings.filter(({ fix }) => fix !== null).length,
      fixed: summary.fixed,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function describe({ rule, name, severity, message, place, related, link, phase, help, fix }: Finding) {
  return {
    rule,
    name,
    severity,
    message,
    ...where(place),
    link: link ?? null,
    phase: phase ?? null,
    help: help ?? null,
    related: related.map((other) => ({ label: other.label, ...where(other.place) })),
    fix:
      fix === null
        ? null
        : { description: fix.description, safe: fix.safe, edits: fix.edits.map((edit) => change(edit)) },
  };
}

function change({ place, text }: Edit) {
  return { ...where(place), text };
}

/** Lines and columns from 1, offsets from 0, in UTF-16 code units; the end is exclusive. */
function where({ source, span }: Place) {
  const at = (offset: number) => ({ ...positionAt(source, offset), offset });
  return { file: source.path, start: at(span.start), end: at(span.end) };
}
