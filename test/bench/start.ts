/** How long `--version` and `detect` take beside what else answers such a question, on a guest with three links. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  formatMarkdown,
  milliseconds,
  peakMemory,
  ratio,
  timeAll,
  countSystemCalls,
  type Contestant,
} from './measure.ts';

const bundle = resolve('dist/failoverctl.cjs');
const executable = resolve('dist/failoverctl-linux-x64');
const python = ['/usr/bin/python3', '/usr/local/bin/python3'].find((path) => existsSync(path)) ?? 'python3';
const cloudInit = resolve('build/oracles/cloud-init/root/usr/lib/python3/dist-packages');
const shellLoop = 'for m in /sys/class/net/*/master; do [ -e "$m" ] && readlink "$m"; done';
const askCloudInit = 'from cloudinit import net\nfor d in net.get_devicelist(): net.is_netfailover(d)';
const askSystemInformation = "require('systeminformation').networkInterfaces()";

export const contestants: readonly Contestant[] = [
  { name: '/bin/true', argv: ['/bin/true'] },
  { name: 'failoverctl --version', argv: [executable, '--version'] },
  { name: '**failoverctl detect**', argv: [executable, 'detect'] },
  { name: 'ip -j link', argv: ['ip', '-j', 'link'] },
  { name: 'shell loop over /sys/class/net/\\*/master', argv: ['sh', '-c', shellLoop] },
  { name: 'networkctl list', argv: ['networkctl', 'list', '--no-pager'] },
  { name: 'python3 -c pass', argv: [python, '-c', 'pass'] },
  {
    name: "cloud-init's is_netfailover, all links",
    argv: [python, '-c', askCloudInit],
    env: { PYTHONPATH: cloudInit },
  },
  { name: 'node -e 0', argv: [process.execPath, '-e', '0'] },
  { name: 'failoverctl.cjs --version, on Node', argv: [process.execPath, bundle, '--version'] },
  { name: 'failoverctl.cjs detect, on Node', argv: [process.execPath, bundle, 'detect'] },
  { name: 'systeminformation.networkInterfaces()', argv: [process.execPath, '-e', askSystemInformation] },
];

export function compareStart(): string {
  const timings = timeAll(contestants);
  const base = timings.get('ip -j link')?.wall ?? Number.NaN;
  const rows = contestants.map((contestant) => {
    const { wall, cpu } = timings.get(contestant.name) ?? { wall: Number.NaN, cpu: Number.NaN };
    return [
      contestant.name,
      milliseconds(wall),
      ratio(wall, base),
      milliseconds(cpu),
      (peakMemory(contestant) / 1024).toFixed(1),
      String(countSystemCalls(contestant)),
    ];
  });
  return formatMarkdown(['3 links', 'ms', '× `ip -j link`', 'CPU ms', 'peak MiB', 'system calls'], rows);
}
