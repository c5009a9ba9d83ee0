/** Pictures for tests of what prints them. */
import type { Finding } from '../../src/findings/finding.ts';
import type { Picture, PrintedCell } from '../../src/report/map-words.ts';

/** What a name or a file can hold of markup, terminals and XML. */
export const nasty = `<script>alert(1)</script>"'&<!--\u001b[31m\u0000\ud800]]>`;

export function finding(at: number, text = 'dhcp4: true'): Finding {
  return {
    rule: 'FO101',
    name: 'dhcp-on-slave',
    severity: 'error',
    message: `${text} is wrong (${at})`,
    place: { source: { path: `/etc/${text}`, text: `${text}\nnext` }, span: { start: 0, end: 3 } },
    related: [],
    help: text,
    fix: null,
  };
}

export function picture(name: string, findings: readonly Finding[] = [finding(0, name)], triples = 1): Picture {
  const cell = (wrong: PrintedCell['wrong']): PrintedCell => ({
    answers: [0],
    wrong,
    findings: wrong === null ? [] : [0],
  });
  const row = (role: string, depth: number, wrong: PrintedCell['wrong']) => ({
    names: [name, 'other'],
    role,
    depth,
    cells: [cell(wrong), null, cell(wrong), { answers: [], wrong: null, findings: [] }, cell(null)],
  });
  return {
    columns: ['boot', 'away', 'back', 'early', 'first'].map((head) => ({ head, title: `when ${head}` })),
    groups: Array.from({ length: triples }, () => ({
      title: `net_failover ${name}`,
      rows: [
        { names: [name], role: 'bridge', depth: 0, cells: [null, null, null, null, null] },
        row('master', 1, null),
        row('standby', 2, 'error'),
        row('primary', 2, 'error'),
      ],
    })),
    answers: [{ manager: 'networkd', does: `makes it a port of '${name}'`, kind: 'port', place: null, reason: name }],
    findings,
    others: 2,
  };
}
