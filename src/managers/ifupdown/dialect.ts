/**
 * Four programs read /etc/network/interfaces, each otherwise. A table of what decides about links, each cell tried with
 * Debian's packages in a network namespace: ifupdown 0.8.44, ifupdown2 3.0.0, ifupdown-ng 0.11.4 and 0.12.1, busybox 1.35 and 1.37
 * (test/managers/ifupdown/dialect.test.ts asks them again).
 */
import type { HostFacts } from '../../topology/guest.ts';

export interface Dialect {
  readonly name: 'classic' | 'ifupdown2' | 'ifupdown-ng' | 'busybox';
  /** `auto a b` takes both; else only a. */
  readonly manyNames: boolean;
  readonly patterns: boolean;
  /** `auto eth0=home`. */
  readonly logicalNames: boolean;
  /** Classes beside auto; `fatal`: such a line ends the reading of everything. */
  readonly classes: 'read' | 'ignored' | 'fatal';
  /** no-scripts and rename. */
  readonly lists: 'read' | 'ignored' | 'fatal';
  /** Which files of a directory; null: the line is an error, and the reading goes on. */
  readonly sourceDirectory: 'plain names' | 'regular files' | 'all files' | null;
  /** `source d/*` finds files; else it ends the reading of everything. */
  readonly globs: boolean;
  /** A stanza without family and method is a static one. */
  readonly bareStanzas: boolean;
  /** What a script of if-pre-up.d that fails keeps from a link. */
  readonly failingHook: 'all' | 'all but a static address' | 'nothing';
}

const classic: Dialect = {
  name: 'classic',
  manyNames: true,
  patterns: true,
  logicalNames: true,
  classes: 'read',
  lists: 'read',
  sourceDirectory: 'plain names',
  globs: true,
  bareStanzas: false,
  failingHook: 'all',
};

const others = { patterns: false, lists: 'ignored', globs: true, bareStanzas: true } as const;

export const dialects: Readonly<Record<Dialect['name'], Dialect>> = {
  classic,
  ifupdown2: {
    ...others,
    name: 'ifupdown2',
    manyNames: true,
    logicalNames: false,
    classes: 'read',
    sourceDirectory: null,
    failingHook: 'all but a static address',
  },
  'ifupdown-ng': {
    ...others,
    name: 'ifupdown-ng',
    manyNames: false,
    logicalNames: false,
    classes: 'ignored',
    sourceDirectory: 'regular files',
    failingHook: 'nothing',
  },
  busybox: {
    ...others,
    name: 'busybox',
    manyNames: true,
    logicalNames: true,
    classes: 'fatal',
    lists: 'fatal',
    sourceDirectory: 'all files',
    globs: false,
    bareStanzas: false,
    failingHook: 'all',
  },
};

/** By the program that is installed; where that is not known, by its version. */
export function dialectOf(host: Pick<HostFacts, 'ifup' | 'ifupdownVersion'>): Dialect {
  // before 0.12 a pattern behind `source` ends the reading of everything
  if (host.ifup === 'ifupdown-ng' && /^(?:\d+:)?0\.(?:9|1[01])\./.test(host.ifupdownVersion ?? ''))
    return { ...dialects['ifupdown-ng'], globs: false };
  if (host.ifup === 'ifupdown2' || host.ifup === 'ifupdown-ng' || host.ifup === 'busybox') return dialects[host.ifup];
  const [, major, minor] = /^(?:\d+:)?(\d+)(?:\.(\d+))?/.exec(host.ifupdownVersion ?? '') ?? [];
  if (major === undefined || (major === '0' && Number(minor ?? 0) <= 8)) return classic;
  return major === '0' ? dialects['ifupdown-ng'] : dialects.ifupdown2;
}
