/** Flow collections on one line. */
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts';
import { give, placeAt, plainScalar, type PlainText, unquote } from './yaml-plain-scalar.ts';

export interface Flow {
  readonly reader: PlainText;
  at: number;
  readonly end: number;
  depth: number;
}

const flowScalar = /"[^"\\\n]*"|'[^'\n]*'|[A-Za-z0-9_/.](?:[A-Za-z0-9_/.*+@%=-]|:(?=[A-Za-z0-9_/.]))*/y;

export function readFlow(flow: Flow): YamlNode {
  const { reader } = flow;
  const start = flow.at;
  const first = reader.text[start];
  if (first !== '[' && first !== '{') return readFlowScalar(flow);
  flow.depth += 1;
  if (flow.depth > 10) give();
  flow.at += 1;
  const close = first === '[' ? ']' : '}';
  const items: YamlNode[] = [];
  const entries: YamlEntry[] = [];
  skipBlanks(flow);
  let isFirst = true;
  while (reader.text[flow.at] !== close) {
    if (!isFirst) {
      if (reader.text[flow.at] !== ',') give();
      flow.at += 1;
      skipBlanks(flow);
    }
    isFirst = false;
    if (first === '[') items.push(readFlow(flow));
    else {
      const key = readFlowScalar(flow);
      if (key.text === '<<' || reader.text[flow.at] !== ':' || reader.text[flow.at + 1] !== ' ') give();
      flow.at += 1;
      skipBlanks(flow);
      entries.push({ key: key.text, keyPlace: key.place, value: readFlow(flow) });
    }
    skipBlanks(flow);
  }
  flow.at += 1;
  flow.depth -= 1;
  const place = placeAt(reader, start, flow.at);
  return first === '[' ? { kind: 'sequence', items, place } : { kind: 'map', entries, place };
}

function readFlowScalar(flow: Flow): YamlScalar {
  const { reader, at } = flow;
  flowScalar.lastIndex = at;
  const [found = ''] = flowScalar.exec(reader.text) ?? [];
  if (found === '' || at + found.length > flow.end) give();
  flow.at += found.length;
  const isQuoted = found.startsWith('"') || found.startsWith("'");
  if (!isQuoted) return plainScalar(reader, found, at);
  const content = unquote(found);
  return { kind: 'scalar', value: content, text: content, place: placeAt(reader, at, flow.at) };
}

function skipBlanks(flow: Flow): void {
  while (flow.reader.text[flow.at] === ' ') flow.at += 1;
  if (flow.at >= flow.end) give();
}
