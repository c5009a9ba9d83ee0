/**
 * The keys that netplan's parser knows, read from its source (the tables of mapping_entry_handler in src/parse.c): which
 * key stands where, and whether its value is a scalar, a list, a mapping or any of them.
 */

/** Of a path such as "ethernets/ID/match/name": ID stands for a name of the user's own, and for an item of a list. */
export type Shape = 'scalar' | 'sequence' | 'map' | 'any';

interface Entry {
  readonly key: string;
  readonly shape: Shape;
  readonly handler: string;
}

const shapes: Readonly<Record<string, Shape>> = {
  YAML_SCALAR_NODE: 'scalar',
  YAML_SEQUENCE_NODE: 'sequence',
  YAML_MAPPING_NODE: 'map',
  YAML_NO_NODE: 'any',
};

/** `source`: the text of parse.c. */
export function readKeyTables(source: string): ReadonlyMap<string, Shape> {
  const text = source.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const macros = new Map(
    [...text.matchAll(/^#define (\w+HANDLERS)(?:\(\w+\))?\s*\\\n((?:.*\\\n)*.*)$/gm)].map(
      ([, name = '', body = '']) => [name, entriesOf(body)] as const,
    ),
  );
  const tables = new Map<string, readonly Entry[]>();
  for (const [, name = '', body = ''] of text.matchAll(/mapping_entry_handler (\w+)\[\] = \{[ \t]*\n([^]*?)^\};/gm)) {
    const included = [...body.matchAll(/^\s*(\w+HANDLERS)/gm)].flatMap(([, macro = '']) => macros.get(macro) ?? []);
    tables.set(name, [...included, ...entriesOf(body)]);
  }
  const kinds = new Map(
    [...text.matchAll(/case NETPLAN_DEF_TYPE_(\w+):[^;]*?handlers = (\w+);/g)].map(
      ([, kind = '', table = '']) => [kind, table] as const,
    ),
  );
  const found = new Map<string, Shape>();
  const walk = (table: string, at: string): void => {
    for (const { key, shape, handler } of tables.get(table) ?? []) {
      const path = at === '' ? key : `${at}/${key}`;
      const known = found.get(path);
      if (known !== undefined && known === shape) continue;
      found.set(path, shape);
      const kind = /GUINT_TO_POINTER\(NETPLAN_DEF_TYPE_(\w+)\)/.exec(handler)?.[1];
      if (kind !== undefined) walk(kinds.get(kind) ?? (kind === 'NM' ? 'ethernet_def_handlers' : ''), `${path}/ID`);
      else for (const { table: inner, item } of tablesOf(handler, text, tables)) walk(inner, `${path}${item}`);
    }
  };
  walk('root_handlers', '');
  return found;
}

function entriesOf(body: string): readonly Entry[] {
  return [...body.matchAll(/\{"([^"]+)", (YAML_\w+), ([^\n]*)/g)].map(([, key = '', shape = '', handler = '']) => ({
    key,
    shape: shapes[shape] ?? 'any',
    handler,
  }));
}

/** Tables that a handler goes on with: its own, or those that its function hands to process_mapping(). */
function tablesOf(
  handler: string,
  text: string,
  tables: ReadonlyMap<string, unknown>,
): readonly { readonly table: string; readonly item: string }[] {
  const direct = /handlers=(\w+)/.exec(handler)?.[1];
  if (direct !== undefined) return [{ table: direct, item: '' }];
  const name = /(?:generic|variable|custom)=(\w+)/.exec(handler)?.[1] ?? '';
  const body = new RegExp(`^${name}\\(NetplanParser\\b[^]*?^\\}`, 'm').exec(text)?.[0] ?? '';
  // A list of mappings, or a mapping with keys of the user's own: the loop says so.
  const item = /for \(yaml_node_(?:item_t|pair_t)/.test(body) ? '/ID' : '';
  return [...body.matchAll(/process_mapping\(npp, \w+, \w+, (\w+),/g)].flatMap(([, table = '']) =>
    tables.has(table) ? [{ table, item }] : [],
  );
}
