import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPaint } from '../../src/report/frame.ts';
import { renderMapHtml } from '../../src/report/map-html.ts';
import { renderMapSvg } from '../../src/report/map-svg.ts';
import { renderMapText, wrap } from '../../src/report/map-text.ts';
import { letterOf, markOf, type Picture, type PrintedCell } from '../../src/report/map-words.ts';
import { parseXml } from '../../src/text/xml.ts';
import type { Finding } from '../../src/findings/finding.ts';

/** What a name or a file can hold of markup, terminals and XML. */
const nasty = `<script>alert(1)</script>"'&<!--\u001b[31m\u0000\ud800]]>`;

function finding(at: number, text = 'dhcp4: true'): Finding {
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

function picture(name: string, findings: readonly Finding[] = [finding(0, name)], triples = 1): Picture {
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

const named = (one: Picture) => [{ title: 'guest', picture: one }];

test('text: 80 columns, whatever the names, with and without colour', () => {
  for (const name of ['enp1s0', 'a-name-of-15-ch', 'x'.repeat(300), nasty]) {
    const plain = renderMapText(picture(name), null, createPaint(false));
    for (const line of plain.split('\n')) assert.ok([...line].length <= 80, `${line.length}: ${line}`);
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(plain, /[\u0000-\u0009\u000b-\u001f]/);
    const coloured = renderMapText(picture(name), null, createPaint(true));
    // oxlint-disable-next-line no-control-regex
    assert.equal(coloured.replaceAll(/\u001b\[[\d;]*m/g, ''), plain);
    assert.notEqual(coloured, plain);
  }
});

test('text: the grid, what the letters stand for, the frame of what is wrong', () => {
  const text = renderMapText(picture('enp1s0'), 'web', createPaint(false));
  assert.match(text, /^web\n\nnet_failover enp1s0 +boot {3}away {3}back {3}early {2}first\n/);
  assert.match(text, /^ {3}├─ enp1s0 → other {2}standby +a! +· +a! +- +a$/m);
  assert.match(text, /^· +the link is not there$/m);
  assert.match(text, /^a +networkd makes it a port of 'enp1s0': enp1s0$/m);
  assert.match(text, /^error\[FO101\] enp1s0 is wrong \(0\)\n {2}--> \/etc\/enp1s0:1:1\n 1 \| enp1s0\n {3}\| \^\^\^$/m);
  assert.match(text, /^ +2 other links are not drawn$/m);
  const none = { ...picture('x'), groups: [], findings: [], answers: [] };
  assert.match(renderMapText(none, null, createPaint(false)), /^no failover group\n/);
});

test('letters and marks', () => {
  assert.deepEqual([0, 25, 26, 27, 701, 702].map(letterOf), ['a', 'z', 'aa', 'ab', 'zz', 'aaa']);
  assert.equal(markOf({ answers: [0, 1], wrong: 'warning', findings: [0] }), 'a+b!');
  assert.equal(markOf({ answers: [0], wrong: 'info', findings: [0] }), 'a*');
  assert.equal(markOf({ answers: [0, 1, 2, 3, 4], wrong: null, findings: [] }).length, 5);
  assert.deepEqual(wrap('one two', 'a  ', 3), ['a  one two']);
  assert.deepEqual(wrap('y'.repeat(100), '', 2), ['y'.repeat(80), `  ${'y'.repeat(20)}`]);
});

test('HTML: names are text and never markup; no script, nothing from the network, every link inside leads somewhere', () => {
  const html = renderMapHtml([...named(picture(nasty)), ...named(picture('enp1s0'))], nasty);
  assert.doesNotMatch(html, /<script|<!--|<img|javascript:|https?:|url\(|\son\w+=/i);
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(html, /[\u0000-\u0009\u000b-\u001f\ud800-\udfff]/);
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, 'each id once');
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target), target);
  for (const needed of [
    /<html lang="en">/,
    /prefers-color-scheme: dark/,
    /@media print/,
    /<th scope="row"/,
    /:focus-visible/,
  ])
    assert.match(html, needed);
});

test('HTML: what a colour says is said in words too', () => {
  const html = renderMapHtml(named(picture('enp1s0')), '');
  assert.match(html, /<td class="error">.*!<span class="hidden"> FO101<\/span>/);
  assert.match(html, /·<span class="hidden"> not there<\/span>/);
  assert.match(html, /-<span class="hidden"> nobody configures it<\/span>/);
  assert.match(renderMapHtml(named(picture('enp1s0', [])), ''), /Nothing was found\./);
});

test('SVG: well-formed XML, whatever the names, with a title for those who do not see it', () => {
  for (const name of ['enp1s0', nasty]) {
    const svg = renderMapSvg(named(picture(name)), name);
    const { faults, root } = parseXml({ path: 'map.svg', text: svg });
    assert.deepEqual(faults, []);
    assert.equal(root?.name, 'svg');
    assert.doesNotMatch(svg, /<script|href|url\(/i);
    assert.match(svg, /role="img">\n<title>/);
  }
});

test('10,000 findings and sixteen triples stay what they are', () => {
  const many = picture(
    'enp1s0',
    Array.from({ length: 10_000 }, (_, at) => finding(at)),
    16,
  );
  assert.equal(renderMapHtml(named(many), '').match(/<li /g)?.length, 10_000);
  assert.equal(renderMapText(many, null, createPaint(false)).match(/^error\[/gm)?.length, 10_000);
  assert.equal(renderMapSvg(named(many), '').match(/^<text [^>]*class="strong"/gm)?.length, 17);
});

const chromium = spawnSync('chromium', ['--version']).status === 0;

test(
  'Chromium shows it, in light, in dark and on paper, and runs nothing',
  { skip: !chromium && 'needs chromium' },
  (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'failoverctl-map-'));
    context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
    const page = join(folder, 'map.html');
    writeFileSync(page, renderMapHtml(named(picture(nasty)), nasty));
    const show = (...args: readonly string[]) => {
      const common = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(folder, 'profile')}`];
      return spawnSync('chromium', [...common, ...args, `file://${page}`], { encoding: 'utf8', timeout: 120_000 })
        .stdout;
    };
    const dom = show('--dump-dom');
    assert.match(dom, /<h1>Who configures which link<\/h1>/);
    assert.doesNotMatch(dom, /<script/);
    assert.equal(dom.match(/<table>/g)?.length, 1);
    const picturesOf = (scheme: string, setting: number) => {
      const file = join(folder, `${scheme}.png`);
      show(`--screenshot=${file}`, `--blink-settings=preferredColorScheme=${setting}`);
      return readFileSync(file);
    };
    const [dark, light] = [picturesOf('dark', 0), picturesOf('light', 1)];
    assert.ok(light.length > 5000 && !light.equals(dark), `${light.length} and ${dark.length} bytes`);
    show(`--print-to-pdf=${join(folder, 'map.pdf')}`);
    assert.equal(readFileSync(join(folder, 'map.pdf'), 'latin1').slice(0, 5), '%PDF-');
  },
);
