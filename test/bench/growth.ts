/** How `detect` grows with the links: veth pairs in the namespace that the benchmark runs in. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { countSystemCalls, formatMarkdown, milliseconds, ratio, timeAll, type Contestant } from './measure.ts';

const contestants: readonly Contestant[] = [
  { name: 'ip', argv: ['ip', '-j', 'link'] },
  { name: 'executable', argv: [resolve('dist/failoverctl-linux-x64'), 'detect'] },
  { name: 'node', argv: [process.execPath, resolve('dist/failoverctl.cjs'), 'detect'] },
];

function addPairs(from: number, to: number): void {
  const lines = Array.from(
    { length: to - from },
    (_, index) => `link add va${from + index} type veth peer name vb${from + index}\n`,
  );
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input: lines.join(''), encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip: ${stderr.trim()}`);
}

/** The namespace has `lo` and one pair already. */
export function compareGrowth(): string {
  let pairs = 1;
  const rows = [3, 101, 1001, 4001].map((links) => {
    addPairs(pairs, (links - 1) / 2);
    pairs = (links - 1) / 2;
    process.stderr.write(`${links} links\n`);
    const timings = timeAll(contestants, 20);
    const wall = (name: string) => timings.get(name)?.wall ?? Number.NaN;
    const [ofIp = '', ofDetect = ''] = contestants.map((contestant) => String(countSystemCalls(contestant)));
    const [ip, detect, onNode] = [wall('ip'), wall('executable'), wall('node')];
    const times = [milliseconds(ip), milliseconds(detect), milliseconds(onNode), ratio(detect, ip)];
    return [String(links)].concat(times, ofIp, ofDetect);
  });
  return formatMarkdown(
    ['links', '`ip -j link` ms', '`detect` ms', 'on Node ms', '× `ip -j link`', 'calls of ip', 'calls of detect'],
    rows,
  );
}
