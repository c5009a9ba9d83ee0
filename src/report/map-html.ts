/** Pictures of guests as one HTML file: tables, lists and links between them; no script, nothing from the network. */
import type { Finding } from '../findings/finding.ts';
import {
  describeAnswer,
  escapeMarkup as esc,
  letterOf,
  lineOf,
  mapColours,
  noteOf,
  placeOf,
  type NamedPicture,
  type Picture,
  type PrintedCell,
  type PrintedRow,
} from './map-words.ts';

const style = `${mapColours}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
body.beside { max-width: 120rem; } .beside main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 0 2rem; }
.beside h1 { grid-column: 1 / -1; } section { min-width: 0; }
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
td { text-align: center; background: var(--plain); }
td.none { background: none; color: var(--faint); }
td.error, .error > b { color: var(--error); } td.error { background: var(--errorback); }
td.warning, .warning > b { color: var(--warning); } td.warning { background: var(--warningback); }
td.info, .info > b { color: var(--info); } td.info { background: var(--infoback); }
th small { font-weight: 400; color: var(--faint); }
.d2 { padding-left: 2rem; }
a { color: inherit; } td a { display: inline-block; min-width: 24px; min-height: 24px; }
a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--info); outline-offset: 2px; }
:target { outline: 2px solid var(--info); outline-offset: 4px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
mark { color: inherit; background: none; font-weight: 700; text-decoration: underline; }
pre { background: var(--plain); padding: .5rem; white-space: pre-wrap; }
code, pre { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
footer { color: var(--faint); border-top: 1px solid var(--line); margin-top: 2rem; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } tr, li, dd { break-inside: avoid; } td, pre { print-color-adjust: exact; } .scroll { overflow: visible; } }
`;

/** `judged`: what was judged, as lint says it. `beside`: the pictures stand side by side where there is room. */
export function renderMapHtml(
  pictures: readonly NamedPicture[],
  judged: string,
  {
    beside = false,
    subject = 'Who configures which link',
  }: { readonly beside?: boolean; readonly subject?: string } = {},
): string {
  const body = pictures.map(({ title, picture }, at) => renderGuest(picture, title, `g${at + 1}`)).join('');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>failoverctl: ${esc(subject)}</title>
<style>${style}</style>
</head>
<body${beside ? ' class="beside"' : ''}>
<main>
<h1>${esc(subject)}</h1>
${body}</main>
<footer><p>failoverctl: ${esc(judged)}</p></footer>
</body>
</html>
`;
}

function renderGuest(
  { columns, groups, answers, findings, others }: Picture,
  title: string | null,
  id: string,
): string {
  const heading = title === null ? '' : `<h2>${esc(title)}</h2>\n`;
  // no level of headings is left out
  const h = title === null ? 'h2' : 'h3';
  const region = (group: string) => esc(title === null ? group : `${title}: ${group}`);
  const head = columns.map((column) => `<th scope="col">${esc(column.head)}</th>`);
  const phases = columns.map((column) => `<dt>${esc(column.head)}</dt><dd>${esc(column.title)}</dd>\n`);
  const tables = groups.map(
    (group) => `<div class="scroll" tabindex="0" role="region" aria-label="${region(group.title)}"><table>
<caption>${esc(group.title)}</caption>
<thead><tr><th scope="col">link</th>${head.join('')}</tr></thead>
<tbody>
${group.rows.map((row) => renderRow(row, findings, columns.length, id)).join('')}</tbody>
</table></div>
`,
  );
  const none = groups.length === 0 ? '<p>No failover group.</p>\n' : '';
  const more = others === 0 ? '' : `<p>${others} other ${others === 1 ? 'link is' : 'links are'} not drawn.</p>\n`;
  const legend = answers.map(
    (answer, at) => `<dt id="${id}-${letterOf(at)}">${letterOf(at)}</dt><dd>${esc(describeAnswer(answer))}</dd>\n`,
  );
  const wrong = findings.map((finding, at) => renderFinding(finding, `${id}-f${at + 1}`));
  return `<section>
${heading}${tables.join('')}${none}${more}<${h}>When</${h}>
<dl>
${phases.join('')}</dl>
${legend.length === 0 ? '' : `<${h}>Who configures what</${h}>\n<dl>\n${legend.join('')}</dl>\n`}<${h}>What is wrong</${h}>
${wrong.length === 0 ? '<p>Nothing was found.</p>\n' : `<ol>\n${wrong.join('')}</ol>\n`}</section>
`;
}

function renderRow(
  { names, role, depth, cells }: PrintedRow,
  findings: readonly Finding[],
  span: number,
  id: string,
): string {
  const label = `<th scope="row" class="d${depth}">${esc(names.join(' → '))} <small>${esc(role)}</small></th>`;
  const shown =
    depth === 0
      ? `<td class="none" colspan="${span}">stands on the master</td>`
      : cells.map((cell) => renderCell(cell, findings, id)).join('');
  return `<tr>${label}${shown}</tr>\n`;
}

/** What the letters stand for is a link away; what is wrong is said, not only coloured. */
function renderCell(cell: PrintedCell | null, findings: readonly Finding[], id: string): string {
  if (cell === null) return `<td class="none">·<span class="hidden"> not there</span></td>`;
  const { answers, wrong } = cell;
  const letters = answers.map((at) => `<a href="#${id}-${letterOf(at)}">${letterOf(at)}</a>`).join(' + ');
  const who = answers.length === 0 ? '-<span class="hidden"> nobody configures it</span>' : letters;
  if (wrong === null) return `<td${answers.length === 0 ? ' class="none"' : ''}>${who}</td>`;
  const links = cell.findings.map(
    (at) =>
      `<a href="#${id}-f${at + 1}">${noteOf(findings[at]?.severity ?? 'info')}<span class="hidden"> ${esc(findings[at]?.rule ?? '')}</span></a>`,
  );
  return `<td class="${wrong}">${who} ${links.join('')}</td>`;
}

function renderFinding({ rule, name, severity, message, place, help }: Finding, id: string): string {
  const line = lineOf(place);
  return `<li id="${id}" class="${severity}"><b>${esc(`${severity} ${rule} ${name}`.trim())}</b>: ${esc(message)}
<br><code>${esc(placeOf(place))}</code>${line === null ? '' : `<pre>${esc(line[0])}<mark>${esc(line[1])}</mark>${esc(line[2])}</pre>`}${help === undefined ? '' : `\n<p>${esc(help)}</p>`}</li>
`;
}
