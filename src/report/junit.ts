/**
 * JUnit's XML, as Jenkins, GitLab and Azure read it: a test case a finding, an error where something was not judged, and one
 * that passed where there is neither.
 */
import { positionAt } from '../text/source.ts';
import type { Finding } from '../findings/finding.ts';

/** `unfinished`: why not all was judged. */
export function renderJunit(findings: readonly Finding[], unfinished: readonly string[] = []): string {
  const told = [...findings.map(describe), ...unfinished.map(describeFailure)];
  const cases = told.length === 0 ? ['    <testcase classname="failoverctl" name="lint"/>\n'] : told;
  const counts = `tests="${cases.length}" failures="${findings.length}" errors="${unfinished.length}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="failoverctl" ${counts}>
  <testsuite name="failoverctl lint" ${counts}>
${cases.join('')}  </testsuite>
</testsuites>
`;
}

function describeFailure(text: string): string {
  return `    <testcase classname="failoverctl" name="lint">
      <error message="${escape(text)}"/>
    </testcase>
`;
}

function describe({ rule, name, severity, message, place, help }: Finding): string {
  const { line, column } = positionAt(place.source, place.span.start);
  const { path } = place.source;
  const text = `${path}:${line}:${column}: ${severity}[${rule}] ${message}${help === undefined ? '' : `\nhelp: ${help}`}`;
  return `    <testcase classname="${escape(path)}" name="${escape(`${rule} ${name}, line ${line}`)}" file="${escape(path)}" line="${line}">
      <failure type="${severity}" message="${escape(message)}">${escape(text)}</failure>
    </testcase>
`;
}

const names: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML 1.0 cannot hold (most control characters, lone surrogates) becomes U+FFFD; a line end in an attribute is kept. */
function escape(text: string): string {
  return text
    .replace(
      /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    )
    .replace(/[&<>"']/g, (letter) => names[letter] ?? letter)
    .replace(/[\t\n\r]/g, (letter) => `&#${letter.codePointAt(0) ?? 10};`);
}
