/** What a later file says of an ID over what an earlier one said (the handlers of src/parse.c). */
import { isAtLeast } from './version.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../../text/yaml-tree.ts';

/** Lists that a later one replaces (handle_link_local(), handle_match_driver()). */
const replaced: ReadonlySet<string> = new Set(['link-local', 'driver']);

/** Lists that hold every item once for each time that it is read, until 0.107. */
const repeated: ReadonlySet<string> = new Set(['addresses of nameservers', 'search', 'routing-policy']);

/** Mappings merge, lists grow by what is new, single values are replaced; so does a key over the same key before it. */
export function mergeMaps(before: YamlMap, after: YamlMap, version: string | undefined, within = ''): YamlMap {
  if (before.entries.length === 0 && isPlain(after.entries)) return after;
  const entries: YamlEntry[] = [...before.entries];
  const places = new Map(entries.map(({ key }, index) => [key, index] as const));
  for (const entry of after.entries) {
    const at = places.get(entry.key);
    const known = at === undefined ? undefined : entries[at];
    const merged = { ...entry, value: mergeNodes(entry.key, known?.value, entry.value, version, within) };
    if (at !== undefined) entries[at] = merged;
    else {
      places.set(entry.key, entries.length);
      entries.push(merged);
    }
  }
  return { ...after, entries };
}

/** Is there nothing to merge in it: no key twice, no item of a list? */
function isPlain(entries: readonly YamlEntry[]): boolean {
  const seen = new Set<string>();
  for (const { key, value } of entries) {
    if (seen.has(key)) return false;
    seen.add(key);
    if (value.kind === 'map' ? !isPlain(value.entries) : value.kind === 'sequence' && value.items.length > 1)
      return false;
  }
  return true;
}

function mergeNodes(
  key: string,
  before: YamlNode | undefined,
  after: YamlNode,
  version: string | undefined,
  within: string,
): YamlNode {
  if (after.kind === 'map')
    return mergeMaps(before?.kind === 'map' ? before : { ...after, entries: [] }, after, version, key);
  if (after.kind !== 'sequence' || replaced.has(key)) return after;
  const items = [...(before?.kind === 'sequence' ? before.items : [])];
  if (repeated.has(within === 'nameservers' && key === 'addresses' ? 'addresses of nameservers' : key))
    if (!isAtLeast(version, '0.107')) return { ...after, items: [...items, ...after.items] };
  const known = new Set(items.map(identityOf));
  for (const item of after.items) {
    const identity = identityOf(item);
    const isKnown = identity !== null && known.has(identity);
    // At options that an address has already, netplan stops reading the list.
    if (isKnown && item.kind === 'map') break;
    if (isKnown) continue;
    known.add(identity);
    items.push(item);
  }
  return { ...after, items };
}

/** Of a scalar, or an address with options. */
function identityOf(item: YamlNode): string | null {
  if (item.kind === 'scalar') return item.text;
  const [first] = item.kind === 'map' ? item.entries : [];
  return first?.value.kind === 'map' ? `${first.key}:` : null;
}
