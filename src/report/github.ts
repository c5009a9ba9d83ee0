/** Workflow commands of GitHub Actions: annotations on the files of a pull request. */
import type { Finding } from '../findings/finding.ts';
import { positionAt } from '../text/source.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** `unfinished`: why not all was judged. */
export function renderGithub(findings: readonly Finding[], unfinished: readonly string[] = []): string {
  const failures = unfinished.map((text) => `::error title=failoverctl::${escapeData(text)}\n`);
  const annotations = findings.map(({ severity, rule, name, message, place, help }) => {
    const start = positionAt(place.source, place.span.start);
    const end = positionAt(place.source, place.span.end);
    const where = {
      file: place.source.path,
      line: String(start.line),
      col: String(start.column),
      endLine: String(end.line),
      ...(end.line === start.line ? { endColumn: String(end.column) } : {}),
    };
    const { builtIn } = place.source;
    // a default is in no file
    const properties = { ...(builtIn === undefined ? where : {}), title: `${rule} ${name}` };
    const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
    const text = [message, ...(builtIn === undefined ? [] : [builtIn]), ...(help === undefined ? [] : [help])].join(
      '\n',
    );
    return `::${commands[severity]} ${list.join(',')}::${escapeData(text)}\n`;
  });
  return [...annotations, ...failures].join('');
}

/** As the runner's own toolkit escapes: actions/toolkit, command.ts. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
