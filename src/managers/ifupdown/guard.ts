/**
 * What keeps ifupdown off a slave from outside interfaces(5): scripts in if-pre-up.d that fail for a failover slave,
 * `no-scripts` that switches them off, and EXCLUDE_INTERFACES of networking.service.
 */
import { fnmatch } from '../../text/fnmatch.ts';
import { plainName } from './configuration.ts';
import type { Entry } from './stanza.ts';
import type { ConfigFile, Problem } from '../claim.ts';
import type { LinkFacts, Phase } from '../../topology/guest.ts';
import type { Place } from '../../text/source.ts';

export const hookDirectory = '/etc/network/if-pre-up.d';

export interface Guard {
  readonly path: string;
  readonly place: Place;
}

/** A script that asks whether its link has a master, and can fail. */
export function testsForMaster(text: string): boolean {
  const code = text.replace(/^[ \t]*#.*$/gm, '');
  return (
    /\/sys\/class\/net\/["']?\$\{?\w+\}?["']?\/(?:master|device\/features|phys_port_name)\b/.test(code) ||
    /\bfailoverctl\b/.test(code)
  );
}

/** Guards that run-parts would run, and those that it would not. */
export function findGuards(files: readonly ConfigFile[]): {
  readonly guards: readonly Guard[];
  readonly problems: readonly Problem[];
} {
  const guards: Guard[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    if (!file.path.startsWith(`${hookDirectory}/`) || !testsForMaster(file.source.text)) continue;
    if (!/\bexit[ \t]+["']?[1-9$]|\bfalse\b|\bexec\b|\bset -e/.test(file.source.text)) continue;
    const place = { source: file.source, span: { start: 0, end: firstLineEnd(file.source.text) } };
    const name = file.path.slice(hookDirectory.length + 1);
    const consequence = 'it guards nothing: ifup runs for slaves too';
    if (!plainName.test(name)) {
      const message = `run-parts skips "${name}"; expected a name of letters, digits, "_" and "-" only`;
      problems.push({ kind: 'ignored', place, message, consequence });
    } else if (file.mode !== undefined && (file.mode & 0o111) === 0) {
      const message = `"${name}" has mode ${file.mode.toString(8).padStart(4, '0')}; expected it to be executable`;
      problems.push({ kind: 'permissions', place, message, consequence });
    } else guards.push({ path: file.path, place });
  }
  return { guards, problems };
}

function firstLineEnd(text: string): number {
  const newline = text.indexOf('\n');
  return newline < 0 ? text.length : newline;
}

/**
 * Is the link enslaved when ifup's scripts and udev's RUN programs look? In a hot-plug they run after the rules, which
 * have waited for RTNL by then, so the VF's master is there although the uevent came before it. A VF that is there before
 * its master has none.
 */
export function isSlaveByThen(link: LinkFacts, phase: Phase): boolean {
  if (link.role !== 'standby' && link.role !== 'primary' && link.role !== 'pending') return false;
  if (link.master !== null) return true;
  return (
    phase.name !== 'vf-first' && phase.links.some((other) => other.role === 'master' && other.group === link.group)
  );
}

/** no-scripts compares its patterns with the logical name (execute_scripts in execute.c). */
export function scriptsAreOff(noScripts: readonly Entry[], logical: string): Entry | undefined {
  return noScripts.find(({ value }) => fnmatch(value, logical));
}

/** The patterns of EXCLUDE_INTERFACES in a file of shell-like assignments (systemd.exec(5), EnvironmentFile=). */
export function readExcluded(file: ConfigFile | undefined): readonly Entry[] {
  if (file === undefined) return [];
  const { source } = file;
  let excluded: readonly Entry[] = [];
  for (const line of source.text.matchAll(/^[ \t]*EXCLUDE_INTERFACES=(.*)$/gm)) {
    const value = line[1] ?? '';
    const start = line.index + line[0].length - value.length;
    excluded = [...value.matchAll(/[^\s"']+/g)].map((word) => ({
      value: word[0],
      place: { source, span: { start: start + word.index, end: start + word.index + word[0].length } },
    }));
  }
  return excluded;
}
