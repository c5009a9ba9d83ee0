/** SARIF 2.1.0 (OASIS), as code scanning services read it. */
import type { Finding, Severity } from '../findings/finding.ts';
import { positionAt, type Place } from '../text/source.ts';

export interface RuleDescription {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
}

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

/** `unfinished`: why not all was judged; an empty list of results is then no clean one. */
export function renderSarif(
  findings: readonly Finding[],
  rules: readonly RuleDescription[],
  version: string,
  unfinished: readonly string[] = [],
): string {
  const used = rules.filter(({ id }) => findings.some(({ rule }) => rule === id));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'failoverctl',
            version,
            rules: used.map(({ id, name, severity, what, why }) => ({
              id,
              name,
              shortDescription: { text: what },
              fullDescription: { text: why },
              defaultConfiguration: { level: levels[severity] },
            })),
          },
        },
        ...(unfinished.length === 0 ? {} : { invocations: [describeFailure(unfinished)] }),
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => describe(finding, used)),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function describeFailure(unfinished: readonly string[]) {
  return {
    executionSuccessful: false,
    toolExecutionNotifications: unfinished.map((text) => ({ level: 'error', message: { text: wellFormed(text) } })),
  };
}

function describe(finding: Finding, rules: readonly RuleDescription[]) {
  const { rule, severity, message, place, related, help, fix } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: levels[severity],
    message: { text: help === undefined ? message : `${message}\n${help}` },
    locations: [describeLocation(place)],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other, id) =>
            Object.assign({ id, message: { text: other.label } }, describeLocation(other.place)),
          ),
        }),
    ...(fix === null || fix.edits.length === 0 || fix.holdsSecret === true ? {} : { fixes: [describeFix(fix)] }),
  };
}

function describeFix({ description, edits }: NonNullable<Finding['fix']>) {
  const paths = [...new Set(edits.map(({ place }) => place.source.path))];
  return {
    description: { text: description },
    artifactChanges: paths.map((path) => ({
      artifactLocation: { uri: uriOf(path) },
      replacements: edits
        .filter(({ place }) => place.source.path === path)
        .map(({ place, text }) => ({ deletedRegion: region(place), insertedContent: { text: wellFormed(text) } })),
    })),
  };
}

/** A default is in no file: it has a name and no place. */
function describeLocation(place: Place) {
  const { builtIn } = place.source;
  return builtIn === undefined
    ? { physicalLocation: locate(place) }
    : { logicalLocations: [{ fullyQualifiedName: builtIn }] };
}

function locate(place: Place) {
  return { artifactLocation: { uri: uriOf(place.source.path) }, region: region(place) };
}

function region({ source, span }: Place) {
  const start = positionAt(source, span.start);
  const end = positionAt(source, span.end);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** RFC 3986: an absolute path is a file URI, a relative one a reference. */
function uriOf(path: string): string {
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(wellFormed(part)))
    .join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}

/** Bytes that are no UTF-8 are lone surrogates in our texts, which neither a URI nor JSON can hold. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
