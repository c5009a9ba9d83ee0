/**
 * Three programs read /etc/network/interfaces. The linter judges as classic ifupdown (0.8), and takes from the installed
 * version which of the others it is; what they do differently where it decides who claims a link:
 *
 * - ifupdown2 (1 and later): no patterns, mapping, rename or no-scripts; an iface line needs no family or method; a script
 *   of if-pre-up.d that fails is only logged, so a guard there guards nothing.
 * - ifupdown-ng (0.9 to 0.99): knows auto, iface, template, use, source and source-directory; allow-CLASS, mapping, rename
 *   and no-scripts are kept as attributes that nothing reads, so there is no hot-plug by class; exit statuses of scripts
 *   are ignored as well.
 */
import type { Configuration } from './configuration.ts';

export type Dialect = 'classic' | 'ifupdown2' | 'ifupdown-ng';

export function dialectOf(version: string | undefined): Dialect {
  const [, major, minor] = /^(?:\d+:)?(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? [];
  if (major === undefined || (major === '0' && Number(minor ?? 0) <= 8)) return 'classic';
  return major === '0' ? 'ifupdown-ng' : 'ifupdown2';
}

/** Takes away what the dialect does not know. */
export function narrow(configuration: Configuration, dialect: Dialect): Configuration {
  if (dialect === 'classic') return configuration;
  const lists = { 'no-auto-down': configuration.lists['no-auto-down'], 'no-scripts': [], rename: [] };
  const classes = new Map(
    [...configuration.classes]
      .filter(([name]) => dialect === 'ifupdown2' || name === 'auto')
      .map(([name, entries]) => [name, entries.filter(({ value }) => !value.includes('/'))]),
  );
  return { ...configuration, classes, lists, mappings: [] };
}
