import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inFewWords, stackTable } from './stack-table.ts';

const untouched =
  "master enp1s0 10.66.0.209, standby enp1s0nsby 10.66.0.207, primary enp2s0 10.66.0.208; 3 default routes; master's fe80 dadfailed; 100 % loss to 10.66.0.209; 0 % loss to 10.66.0.207";
const step = (name: string, seen: string, ok = true) => ({ step: name, ok, seen, seconds: 1 });

test('what is broken is told in numbers', () => {
  assert.equal(inFewWords(untouched), "3 leases on 3 links, 3 default routes, 100 % lost, the master's fe80 fails DAD");
  assert.equal(
    inFewWords('addresses: master enp1s0 -, standby enp1s0nsby 10.0.0.7; 1 default routes; 100 % loss to 10.0.0.7'),
    '1 lease on the standby, 1 default route, 100 % lost',
  );
  const atFirst = 'right: master ens10 10.0.0.7; 1 default routes; 0 % loss to 10.0.0.7';
  assert.equal(inFewWords(atFirst), 'right');
  assert.match(
    inFewWords(`${atFirst}; at the second boot broken: master ens10 10.0.0.7; 9 % loss to 10.0.0.7`),
    /9 % lost/,
  );
  assert.equal(inFewWords('right: one lease, on the master; 0 of 60 pings lost'), 'right');
});

test('a row for each stack and release, with what was not measured and the step that went wrong', () => {
  const row = { release: 'bookworm', stack: 'networkd' };
  const lines = stackTable([
    { ...row, way: 'install --now', result: { ok: true, steps: [step('untouched', untouched)] } },
    { ...row, way: 'install --root', result: { ok: false, steps: [step('boot', ''), step('re-plugs', 'x', false)] } },
    { release: 'bookworm', way: 'check', result: { ok: true, steps: [] } },
  ]);
  assert.equal(lines.length, 4);
  assert.equal(
    lines[3],
    "| networkd, the image's own | bookworm | 3 leases on 3 links, 3 default routes, 100 % lost, the master's fe80 fails DAD | **wrong**: re-plugs | not measured | right |",
  );
  const again = { ...row, way: 'install --root', result: { ok: true, steps: [] } };
  assert.match(stackTable([{ ...again, result: { ok: false, steps: [] } }, again])[3] ?? '', /\| right \|/);
  assert.deepEqual(stackTable([]), []);
});
