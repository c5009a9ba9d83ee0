import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPaint } from '../../src/report/frame.ts';
import { renderMapHtml } from '../../src/report/map-html.ts';
import { renderMapSvg } from '../../src/report/map-svg.ts';
import { renderMapText, wrap } from '../../src/report/map-text.ts';
import { letterOf, markOf, type Picture } from '../../src/report/map-words.ts';
import { parseXml } from '../../src/text/xml.ts';
import { finding, nasty, picture } from './drawn.ts';

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
