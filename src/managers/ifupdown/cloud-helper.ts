/**
 * Debian's cloud images: a udev rule starts /etc/network/cloud-ifupdown-helper for every new link, which writes a stanza
 * from a template to /run/network/interfaces.d and starts `ifup@`, unless ifup knows the name already. As shipped it asks
 * nobody whether the link is a failover slave.
 */
import { baseName } from '../../text/base-name.ts';
import { fnmatch } from '../../text/fnmatch.ts';
import { isSlaveByThen, testsForMaster } from './guard.ts';
import type { ConfigFile, Verdict } from '../claim.ts';
import type { LinkFacts, Phase } from '../../topology/guest.ts';
import type { Place, Source, Span } from '../../text/source.ts';

export const helperPath = '/etc/network/cloud-ifupdown-helper';
export const templatePath = '/etc/network/cloud-interfaces-template';
export const generatedDirectory = '/run/network/interfaces.d';

export interface CloudHelper {
  /** The script's first line. */
  readonly place: Place;
  readonly template: ConfigFile;
  /** The rule that runs it; its keys decide for which links. */
  readonly rule: Place;
  readonly conditions: readonly RuleCondition[];
  /** It leaves enslaved links alone. */
  readonly patched: boolean;
}

interface RuleCondition {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
}

/** Null: not all of rule, helper and template are there. */
export function findCloudHelper(files: readonly ConfigFile[]): CloudHelper | null {
  const helper = files.find(({ path }) => path === helperPath);
  const template = files.find(({ path }) => path === templatePath);
  if (helper === undefined || template === undefined) return null;
  if (helper.mode !== undefined && (helper.mode & 0o111) === 0) return null;
  const rules = files.filter(({ path, linkTarget }) => isRuleFile(path) && linkTarget !== '/dev/null');
  for (const name of new Set(rules.map(({ path }) => baseName(path)))) {
    const file = ruleDirectories.flatMap(
      (directory) => rules.find(({ path }) => path === `${directory}/${name}`) ?? [],
    )[0];
    const line =
      file === undefined
        ? null
        : /^[ \t]*[^#\n]*cloud-ifupdown-helper.*$/m.exec(file.source.text.replace(/\\\n/g, '  '));
    if (file === undefined || line === null) continue;
    const conditions = [...line[0].matchAll(/([A-Z]+(?:\{[^}]*\})?)\s*(==|!=)\s*"([^"]*)"/g)].map(
      ([, key = '', operator = '', value = '']) => ({ key, operator, value }),
    );
    const rule = { source: file.source, span: { start: line.index, end: line.index + line[0].length } };
    const text = helper.source.text;
    const place = { source: helper.source, span: { start: 0, end: text.search(/\n|$/) } };
    return { place, template, rule, conditions, patched: testsForMaster(text) };
  }
  return null;
}

/** In the order of precedence. */
const ruleDirectories = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => `${root}/udev/rules.d`);

function isRuleFile(path: string): boolean {
  return ruleDirectories.some((directory) => path.startsWith(`${directory}/`)) && path.endsWith('.rules');
}

/** Would udev start it for this link? At the event the link still has the kernel's name. */
export function runsFor({ conditions }: CloudHelper, link: LinkFacts): Verdict {
  let verdict: Verdict = 'yes';
  for (const { key, operator, value } of conditions) {
    const known = conditionValues[key];
    const actual = known === undefined ? undefined : known(link);
    if (actual === undefined) {
      verdict = 'maybe';
      continue;
    }
    const hit = value.split('|').some((glob) => actual.some((text) => fnmatch(glob, text)));
    if (hit !== (operator === '==')) return 'no';
  }
  return verdict;
}

const conditionValues: Readonly<Record<string, (link: LinkFacts) => readonly string[] | undefined>> = {
  SUBSYSTEM: () => ['net'],
  ACTION: () => ['add'],
  'ENV{INTERFACE}': kernelName,
  KERNEL: kernelName,
  DRIVERS: ({ parentDriver }) => (parentDriver === undefined ? undefined : parentDriver === null ? [] : [parentDriver]),
  'ATTR{address}': ({ mac }) => (mac === undefined ? undefined : [mac]),
};

function kernelName(link: LinkFacts): readonly string[] | undefined {
  // Not known: the kernel calls an Ethernet link ethN, and udev's names for it begin with en.
  return [link.kernelName ?? link.name];
}

/** The patched helper leaves a link alone that has a master when it runs. */
export function leavesAlone({ patched }: CloudHelper, link: LinkFacts, phase: Phase): boolean {
  return patched && isSlaveByThen(link, phase);
}

/** The file that the helper would write for a link; its places are the template's. */
export function fillTemplate({ template }: CloudHelper, name: string): ConfigFile {
  const { text } = template.source;
  const marker = '$INTERFACE';
  let filled = '';
  /** Ends of what is copied or put in, in both texts. */
  const marks: { readonly to: number; readonly from: number; readonly exact: boolean }[] = [];
  for (let at = 0; at < text.length;) {
    const next = text.indexOf(marker, at);
    const end = next < 0 ? text.length : next;
    filled += text.slice(at, end);
    marks.push({ to: filled.length, from: end, exact: true });
    if (next >= 0) {
      filled += name;
      marks.push({ to: filled.length, from: end + marker.length, exact: false });
    }
    at = next < 0 ? text.length : end + marker.length;
  }
  const originOf = (offset: number): number => {
    const mark = marks.find(({ to }) => offset <= to);
    if (mark === undefined) return text.length;
    return mark.exact || offset === mark.to ? mark.from - (mark.to - offset) : mark.from - marker.length;
  };
  const placeOf = ({ start, end }: Span): Place => ({
    source: template.source,
    span: { start: originOf(start), end: originOf(end) },
  });
  const path = `${generatedDirectory}/${name}`;
  const source: Source = { path, text: filled, origin: { manager: 'ifupdown', placeOf } };
  return { source, path, mode: 0o644, uid: 0, linkTarget: undefined };
}
