/**
 * Ubuntu's installer (subiquity): `network:` below `autoinstall:` is netplan's, with another `network:` in it or without, and goes into the
 * installed system as /etc/netplan/50-cloud-init.yaml. Source: subiquity's reference of autoinstall, and its network controller.
 */
import { entryOf, valueOf, type YamlEntry, type YamlNode } from '../../text/yaml-tree.ts';
import type { Load } from './carrier.ts';

const path = '/etc/netplan/50-cloud-init.yaml';

export function isAutoinstall(text: string): boolean {
  return /^autoinstall[ \t]*:/m.test(text);
}

export function readAutoinstall(root: YamlNode): readonly Load[] {
  const outer = entryOf(valueOf(root, 'autoinstall'), 'network');
  const entry = entryOf(outer?.value, 'network') ?? outer;
  if (entry === undefined || entry.value.kind !== 'map') return [];
  return [{ path, place: entry.keyPlace, contents: cutOut(entry), mode: 0o600, uid: 0 }];
}

/** The lines of the entry, moved to the left. */
function cutOut({ keyPlace }: YamlEntry): Load['contents'] {
  const { text: all } = keyPlace.source;
  const start = keyPlace.span.start;
  const indentation = start - (all.lastIndexOf('\n', start - 1) + 1);
  let text = '';
  const offsets: number[] = [];
  let at = start;
  while (at < all.length) {
    const newline = all.indexOf('\n', at);
    const end = newline < 0 ? all.length : newline + 1;
    text += all.slice(at, end);
    for (let offset = at; offset < end; offset += 1) offsets.push(offset);
    at = end;
    const [blanks = ''] = /^ */.exec(all.slice(at, at + indentation + 1)) ?? [];
    const isBlank = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/.test(all.slice(at));
    if (!isBlank && blanks.length <= indentation) break;
    at += Math.min(blanks.length, indentation);
  }
  return { text, offsets: [...offsets, at] };
}
