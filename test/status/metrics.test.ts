import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderMetrics } from '../../src/status/render-metrics.ts';
import { decodeBytes, encodeText } from '../../src/system/bytes.ts';
import { guest, healthyTree, statusOf } from './guest.ts';

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** A strict reader of the text format, written from its description: anything else is thrown. */
function parseMetrics(text: string): readonly Sample[] {
  assert.ok(text === '' || text.endsWith('\n'), 'the last line must end in a newline');
  const samples: Sample[] = [];
  const closed = new Set<string>();
  let current = '';
  let typed = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      if (what === 'HELP') {
        assert.ok(!closed.has(name), `${name} comes twice`);
        closed.add(name);
        current = name;
      } else {
        assert.equal(name, current, 'TYPE after its HELP');
        assert.match(rest, /^(gauge|counter)$/);
        assert.equal(rest === 'counter', name.endsWith('_total'));
        typed = name;
      }
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\d+)$/.exec(line);
    assert.ok(sample !== null, `no sample: ${line}`);
    const [, name = '', inside = '', value = ''] = sample;
    assert.equal(name, typed, 'all samples of a metric together');
    samples.push({ name, labels: parseLabels(inside), value: Number(value) });
  }
  const keys = samples.map(({ name, labels }) => `${name}${JSON.stringify([...labels])}`);
  assert.equal(new Set(keys).size, keys.length, 'a sample comes twice');
  return samples;
}

function parseLabels(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const match = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/.exec(rest);
    assert.ok(match !== null, `no label: ${rest}`);
    const [whole, name = '', value = ''] = match;
    assert.ok(!labels.has(name));
    labels.set(
      name,
      value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    );
    rest = rest.slice(whole.length);
  }
  return labels;
}

const readByClient = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as read
families = read(sys.stdin.buffer.read().decode())
json.dump([[s.name, sorted(s.labels.items()), s.value] for f in families for s in f.samples], sys.stdout)
`;
/** Debian's, which its packages are for: another may come first in PATH. */
const python = '/usr/bin/python3';
const hasClient = spawnSync(python, ['-c', 'import prometheus_client']).status === 0;
if (!hasClient && process.env['CI'] === 'true') throw new Error('python3-prometheus-client is missing');

/** Prometheus' own reader of the format, which must find what ours does; and promtool, of the package prometheus, if it is there. */
function askPrometheus(text: string, samples: readonly Sample[]): void {
  const input = encodeText(text);
  if (hasClient) {
    const { status, stdout, stderr } = spawnSync(python, ['-c', readByClient], { input, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const sorted = (labels: Sample['labels']) => [...labels].sort(([one], [other]) => (one < other ? -1 : 1));
    assert.deepEqual(
      JSON.parse(stdout),
      samples.map(({ name, labels, value }) => [name, sorted(labels), value]),
    );
  }
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  if (promtool.error === undefined) assert.equal(`${promtool.status} ${promtool.stdout}${promtool.stderr}`, '0 ');
}

test('a healthy guest', () => {
  const text = renderMetrics(statusOf(guest(healthyTree())));
  const samples = parseMetrics(text);
  askPrometheus(text, samples);
  const of = (name: string, label: string, value: string) =>
    samples.find((sample) => sample.name === name && sample.labels.get(label) === value)?.value;
  assert.equal(samples.find(({ name }) => name === 'failover_healthy')?.value, 1);
  assert.equal(of('failover_datapath', 'path', 'primary'), 1);
  assert.equal(of('failover_datapath', 'path', 'standby'), 0);
  assert.equal(of('failover_link_addresses', 'link', 'ens10'), 2);
  assert.equal(of('failover_link_leases', 'link', 'ens10'), 1);
  assert.equal(of('failover_link_default_routes', 'link', 'ens10'), 1);
  assert.equal(of('failover_link_carrier_changes_total', 'link', 'ens11'), 3);
  assert.equal(of('failover_problems', 'problem', 'receive-black-hole'), 0);
});

test('a guest that is not well, and one without a group', () => {
  const text = renderMetrics(statusOf(guest(healthyTree(), { nmcli: 'ens11:connected:x\n' })));
  const samples = parseMetrics(text);
  askPrometheus(text, samples);
  assert.equal(samples.find(({ name }) => name === 'failover_healthy')?.value, 0);
  assert.equal(samples.find(({ labels }) => labels.get('problem') === 'slave-managed')?.value, 1);
  assert.equal(samples.find(({ labels }) => labels.get('manager') === 'networkmanager')?.value, 1);
  const none = renderMetrics(statusOf(guest({ '/sys/class/net/lo': { link: '../../devices/virtual/net/lo' } })));
  askPrometheus(none, parseMetrics(none));
  assert.equal(parseMetrics(none).find(({ name }) => name === 'failover_healthy')?.value, 1);
});

test('names with any byte that the kernel allows: dev_valid_name() in net/core/dev.c', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 15 }).map((name) => {
    const allowed = name.filter(
      (byte) => byte !== 0 && !'/: \t\n\v\f\r'.includes(String.fromCharCode(byte)) && byte !== 0xa0,
    );
    return decodeBytes(allowed);
  });
  const names = bytes.filter((name) => !['', '.', '..', 'lo', 'ens10', 'ens10nsby'].includes(name));
  fc.assert(
    fc.property(names, (name) => {
      const text = renderMetrics(statusOf(guest(healthyTree(name))));
      const links = parseMetrics(text).flatMap(({ labels }) => labels.get('link') ?? []);
      assert.equal(new Set(links).size, 3);
      // only UTF-8 is left
      assert.equal(new TextDecoder('utf-8', { fatal: true }).decode(encodeText(text)), text);
    }),
    { numRuns: 300 },
  );
  const text = renderMetrics(statusOf(guest(healthyTree('a"b\\c\u0001\udcff'))));
  assert.ok(text.includes('link="a\\"b\\\\\\\\c\\\\x01\\\\xff"'), text);
  askPrometheus(text, parseMetrics(text));
});
