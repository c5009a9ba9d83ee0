/**
 * How to keep a claim off slaves. In a whole system: by a guard in /etc, as `install` writes it, which leaves every file
 * as it is. In a file that is linted alone: by having its match name the master's driver.
 */
import { patchCloudHelper } from '../managers/ifupdown/render-cloud-helper.ts';
import { findManager } from '../managers/all.ts';
import { isListOfExceptions, listGuardPath } from '../managers/networkmanager/list-guard.ts';
import { renderUdev } from '../managers/udev/render.ts';
import type { Claim, MatchKey } from '../managers/claim.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';
import type { MasterConfig } from '../managers/master-config.ts';
import type { Place } from '../text/source.ts';
import type { LinkFacts } from '../topology/guest.ts';
import type { Edit, Fix } from '../findings/finding.ts';
import type { LintView } from './rule.ts';
import type { ClaimHits } from './slave-claims.ts';

export function fixSlaveClaim(view: LintView, { claim, hits }: ClaimHits): Fix | null {
  if (view.complete) return guardSlaves(view, claim);
  if (findManager(claim.manager)?.matchesByDriver !== true) return null;
  return narrowToMaster(claim, driverOf(view, hits[0]?.link), false);
}

/**
 * A match by the standby's driver, which was meant for the master. It is safe in a guest that is there, if it takes no NIC
 * beside the group.
 */
export function fixStandbyDriver(view: LintView, { claim, hits }: ClaimHits): Fix | null {
  const { source, span } = claim.place;
  const takesOthers = view.decisions.some(
    ({ link, winners }) =>
      link.role === 'none' && winners.some(({ place }) => place.source === source && place.span.start === span.start),
  );
  return narrowToMaster(claim, driverOf(view, hits[0]?.link), !view.assumed && !takesOthers);
}

/** What ethtool calls the driver of a link's master. */
export function driverOf({ guest }: LintView, link: LinkFacts | undefined): string {
  return guest.groups[link?.group ?? 0]?.kind === 'netvsc' ? 'hv_netvsc' : 'net_failover';
}

/**
 * A name that all links of a group are to have goes to the master alone. In netplan's YAML and .link files that is a
 * match by driver; udev's rules have no such key in time, and cloud-init reads another driver. It is safe where the match
 * is by the MAC of a group that is there: it can have meant no other NIC.
 */
export function fixContendedName(view: LintView, claim: Claim, link: LinkFacts): Fix | null {
  const { source } = claim.place;
  const isNetplan = view.files.get('netplan')?.some((file) => file.source === source) === true;
  if (claim.manager !== 'udev' || !(isNetplan || source.path.endsWith('.link'))) return null;
  const isByMac = claim.keys.some(({ on }) => on === 'mac' || on === 'permanent-mac');
  return narrowToMaster(claim, driverOf(view, link), isByMac && !view.assumed);
}

/** Files that are there already as they should be are no fix. */
function guardSlaves(view: LintView, claim: Claim): Fix | null {
  const config: Pick<MasterConfig, 'masters' | 'command'> = { masters: mastersOf(view), command: view.command };
  const guard = view.renderings.get(claim.manager)?.guard(config) ?? null;
  // nothing of ours keeps it off
  if (guard?.length === 0 || findManager(claim.manager)?.loadRendering === undefined) return null;
  const isLeftOut = (path: string) =>
    path === listGuardPath &&
    isListOfExceptions(view.files.get('networkmanager') ?? [], view.guest.host.networkManagerVersion);
  const files = [...renderUdev(config), ...(guard ?? [])].filter(({ path }) => !isLeftOut(path));
  const edits = files.flatMap((file) => writeFile(view, file) ?? []);
  const helper = claim.keys.some(({ value }) => value === 'cloud-ifupdown-helper') ? patchHelper(view) : null;
  if (helper !== null) edits.push(helper);
  if (edits.length === 0) return null;
  return { description: `keep ${claim.manager} off the slaves of failover masters`, safe: true, edits };
}

function mastersOf({ guest, assumed }: LintView): MasterConfig['masters'] {
  if (assumed) return null;
  const links = guest.phases[0]?.links ?? [];
  return links.flatMap(({ role, group, name, permanentMac }) => {
    const kind = group === null ? undefined : guest.groups[group]?.kind;
    return role === 'master' && kind !== undefined && permanentMac !== undefined
      ? [{ kind, name, mac: permanentMac }]
      : [];
  });
}

function writeFile({ fileAt }: LintView, { path, text, mode }: GeneratedFile): Edit | null {
  const there = fileAt(path);
  if (there === null) return { place: { source: { path, text: '' }, span: { start: 0, end: 0 } }, text, mode };
  // the header names the command that wrote it, which need not be this one
  if (withoutComments(there.source.text) === withoutComments(text)) return null;
  return { place: { source: there.source, span: { start: 0, end: there.source.text.length } }, text, mode };
}

function withoutComments(text: string): string {
  return text.replace(/^#.*\n/gm, '').trim();
}

/** Debian's helper for cloud images, with a check for a failover master put in. */
export function patchHelper({ files }: LintView): Edit | null {
  const helper = files.get('ifupdown')?.find(({ path }) => path === '/etc/network/cloud-ifupdown-helper');
  const patched = helper === undefined ? null : patchCloudHelper(helper.source.text);
  if (helper === undefined || patched === null || !('text' in patched)) return null;
  // the shortest edit: what is put in, where it is put
  const { text } = helper.source;
  let start = 0;
  while (start < text.length && text[start] === patched.text[start]) start += 1;
  const inserted = patched.text.length - text.length;
  return {
    place: { source: helper.source, span: { start, end: start } },
    text: patched.text.slice(start, start + inserted),
  };
}

/** The same match with the master's driver. Unless it says so, unsafe: NICs of other drivers that it took are taken no more. */
function narrowToMaster(claim: Claim, driver: string, safe: boolean): Fix | null {
  const keys = claim.keys.filter(({ place }) => isEditable(place));
  const old = keys.find(({ on, value }) => on === 'driver' || (on === 'parent-driver' && value !== '?*'));
  const edit =
    old !== undefined
      ? replaceWord(old, driver)
      : keys.map(({ place }) => addDriver(place, driver)).findLast((added) => added !== null);
  if (edit === null || edit === undefined) return null;
  return { description: `match the master alone, by its driver ${driver}`, safe, edits: [edit] };
}

function addDriver(place: Place, driver: string): Edit | null {
  return isIni(place) ? addIniKey(place, `Driver=${driver}`) : addYamlKey(place, `driver: ${driver}`);
}

/** Files of the distribution and of this boot are not for editing. */
export function isEditable({ source: { path, origin, carries } }: Place): boolean {
  return origin === undefined && carries === undefined && !/^\/(?:usr\/lib|usr\/local\/lib|lib|run)\//.test(path);
}

function isIni({ source }: Place): boolean {
  return /^\s*\[Match\]/m.test(source.text);
}

function replaceWord({ place, value }: MatchKey, driver: string): Edit | null {
  if (value.trim().startsWith('!')) return null;
  const { text } = place.source;
  const at = text.indexOf(value, place.span.start);
  if (at < 0 || at > place.span.end) return null;
  return { place: { source: place.source, span: { start: at, end: at + value.length } }, text: driver };
}

/** On a line of its own, below the line of `place` and what continues it. */
function addIniKey({ source, span }: Place, line: string): Edit {
  let end = lineEnd(source.text, span.end);
  while (source.text[end - 1] === '\\' && end < source.text.length) end = lineEnd(source.text, end + 1);
  return { place: { source, span: { start: end, end } }, text: `\n${line}` };
}

/** Beside the entry at `place`, in its own style: in braces, or on the next line. Null: it is no entry of a `match`. */
function addYamlKey({ source, span }: Place, entry: string): Edit | null {
  const { text } = source;
  const start = text.lastIndexOf('\n', span.start - 1) + 1;
  const before = text.slice(start, span.start);
  if (before.lastIndexOf('{') > before.lastIndexOf('}')) {
    const match = /^(?:"[^"]*"|'[^']*'|[^,}"'\n])*(?=[,}])/.exec(text.slice(span.start));
    if (match === null) return null;
    const end = span.start + match[0].trimEnd().length;
    return { place: { source, span: { start: end, end } }, text: `, ${entry}` };
  }
  const line = text.slice(start, lineEnd(text, start));
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  if (!/^\s*(?:name|macaddress|driver)\s*:/.test(line)) return null;
  const end = start + line.length;
  return { place: { source, span: { start: end, end } }, text: `\n${indent}${entry}` };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
