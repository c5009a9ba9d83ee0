/** A guest to heal, whose ip(8) answers with given texts. */
import assert from 'node:assert/strict';
import { observe, planHeal } from '../../src/install/heal.ts';
import { printStep } from '../../src/install/step.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { isFailure, type ProcessResult } from '../../src/system/system.ts';
import { readTopology } from '../../src/topology/failover-group.ts';
import { loopback, triple } from '../topology/sysfs.ts';
import type { ManagerName } from '../../src/managers/claim.ts';

const said = (stdout: string): ProcessResult => ({ status: 0, signal: null, stdout, stderr: '' });

/** A guest whose ip(8) answers with these texts: addresses by link, and IPv4 routes by link. */
export function guest(
  addresses: Readonly<Record<string, string>>,
  routes: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, MemoryEntry>> = {},
) {
  return memorySystem(
    { ...loopback, ...triple(), ...files },
    {
      run: (argv) => {
        const [program, ...args] = argv;
        if (program !== 'ip') return { errno: 'ENOENT', path: program ?? '' };
        const link = args.at(-1) ?? '';
        if (args.includes('address')) return said(addresses[link] ?? '');
        return said(args[0] === '-4' ? (routes[link] ?? '') : '');
      },
    },
  );
}

export function heal(system: ReturnType<typeof guest>, manager: ManagerName | null = 'networkd') {
  const topology = readTopology(system);
  assert.ok(!isFailure(topology));
  const seen = observe(system, topology);
  assert.ok(!isFailure(seen));
  const { steps, problems } = planHeal(seen, manager === null ? null : { manager, startedAs: new Map() });
  return { steps: steps.map(printStep), problems };
}

export const address = (link: string, text: string, rest = '') =>
  `3: ${link}    inet ${text} metric 1024 brd 10.66.0.255 scope global dynamic ${link}${rest}\\       valid_lft 595sec preferred_lft 595sec\n`;
export const linkLocal = (link: string, flags = '') =>
  `3: ${link}    inet6 fe80::5054:ff:fe00:1253/64 scope link ${flags}\\       valid_lft forever preferred_lft forever\n`;
export const cmdline = (...words: readonly string[]) => words.map((word) => `${word}\0`).join('');
